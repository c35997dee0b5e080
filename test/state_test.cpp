// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include <spool/detail/attempt.hpp>

#include "state.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace spool::detail {

namespace {

constexpr std::uint64_t unknown = unknown_size;

const state open_empty{status::open, 0, 0, unknown};
const state open_ten{status::open, 0, 10, unknown};
const state open_declared{status::open, 0, 10, 20};
const state open_from_four{status::open, 4, 10, unknown};
const state open_huge{status::open, 0, max_offset - 2, unknown};
const state closed_empty{status::closed, 0, 0, 0};
const state closed_ten{status::closed, 0, 10, 10};
const state closed_from_four{status::closed, 4, 10, 10};
const state failed_empty{status::failed, 0, 0, unknown};
const state failed_ten{status::failed, 0, 10, unknown};
const state failed_from_four{status::failed, 4, 10, unknown};
const state discarded_ten{status::discarded, 4, 10, unknown};

std::string text(const state& s)
{
    return "{status " + std::to_string(int(s.is)) + ", base " + std::to_string(s.base) + ", size " +
           std::to_string(s.size) + ", final " + std::to_string(s.final_size) + '}';
}

struct read_row
{
    state in;
    std::uint64_t offset;
    std::uint64_t min_bytes;
    read_decision expected;
};

struct write_row
{
    state in;
    std::uint64_t bytes;
    bool waits;
    write_outcome expected;
};

void check(const std::vector<read_row>& rows)
{
    for (const read_row& r : rows)
    {
        const read_decision d = decide_read(r.in, r.offset, r.min_bytes);
        BOOST_TEST(
            (d == r.expected),
            text(r.in) << " at " << r.offset << " for " << r.min_bytes << " gives "
                       << int(d.outcome) << ", " << d.available);
    }
}

void check(const std::vector<write_row>& rows)
{
    for (const write_row& r : rows)
        BOOST_TEST(
            (decide_write(r.in, r.bytes, r.waits) == r.expected),
            text(r.in) << " write of " << r.bytes << (r.waits ? " that waits" : ""));
}

BOOST_AUTO_TEST_SUITE(state_rules)

// C33
BOOST_AUTO_TEST_CASE(a_read_of_an_open_stream_gets_what_is_there_or_waits)
{
    check({
        {open_empty, 0, 1, {read_outcome::wait, 0}},
        {open_ten, 0, 1, {read_outcome::ready, 10}},
        {open_ten, 9, 1, {read_outcome::ready, 1}},
        {open_ten, 10, 1, {read_outcome::wait, 0}},
        {open_ten, 11, 1, {read_outcome::wait, 0}},
        {open_ten, max_offset, 1, {read_outcome::wait, 0}},
        {open_declared, 10, 1, {read_outcome::wait, 0}},
        {open_declared, 20, 1, {read_outcome::wait, 0}},
    });
}

// C2 C33
BOOST_AUTO_TEST_CASE(a_closed_stream_ends_at_its_final_size)
{
    check({
        {closed_empty, 0, 1, {read_outcome::end, 0}},
        {closed_ten, 9, 1, {read_outcome::ready, 1}},
        {closed_ten, 10, 1, {read_outcome::end, 0}},
        {closed_ten, 11, 1, {read_outcome::end, 0}},
        {closed_ten, max_offset, 1, {read_outcome::end, 0}},
    });
}

// C2 C5 C33
BOOST_AUTO_TEST_CASE(a_failed_stream_gives_its_bytes_and_then_the_cause)
{
    check({
        {failed_empty, 0, 1, {read_outcome::cause, 0}},
        {failed_ten, 0, 1, {read_outcome::ready, 10}},
        {failed_ten, 9, 1, {read_outcome::ready, 1}},
        {failed_ten, 10, 1, {read_outcome::cause, 0}},
        {failed_ten, max_offset, 1, {read_outcome::cause, 0}},
    });
}

// C5
BOOST_AUTO_TEST_CASE(a_discarded_stream_gives_the_cause_everywhere)
{
    for (const std::uint64_t offset :
         {std::uint64_t{0}, std::uint64_t{5}, std::uint64_t{10}, max_offset})
        for (const std::uint64_t bytes : {std::uint64_t{0}, std::uint64_t{1}, max_offset})
            check({{discarded_ten, offset, bytes, {read_outcome::cause, 0}}});
}

// C33 C39
BOOST_AUTO_TEST_CASE(below_the_base_there_is_a_gap_until_the_stream_is_discarded)
{
    check({
        {open_from_four, 0, 1, {read_outcome::gap, 0}},
        {open_from_four, 3, 1, {read_outcome::gap, 0}},
        {open_from_four, 4, 1, {read_outcome::ready, 6}},
        {closed_from_four, 3, 1, {read_outcome::gap, 0}},
        {closed_from_four, 4, 1, {read_outcome::ready, 6}},
        {failed_from_four, 3, 1, {read_outcome::gap, 0}},
    });
}

// C34 C36
BOOST_AUTO_TEST_CASE(a_wait_for_many_bytes_says_how_many_there_are)
{
    check({
        {open_ten, 4, 6, {read_outcome::ready, 6}},
        {open_ten, 4, 7, {read_outcome::wait, 6}},
        {open_ten, 4, 0, {read_outcome::ready, 6}},
        {open_ten, 12, 0, {read_outcome::ready, 0}},
        {closed_ten, 4, 7, {read_outcome::end, 6}},
        {closed_ten, 10, 0, {read_outcome::ready, 0}},
        {failed_ten, 4, 7, {read_outcome::cause, 6}},
        {open_ten, 4, max_offset, {read_outcome::wait, 6}},
    });
}

// C33
BOOST_AUTO_TEST_CASE(offsets_near_the_largest_do_not_wrap)
{
    check({
        {open_huge, max_offset - 3, 1, {read_outcome::ready, 1}},
        {open_huge, max_offset - 3, max_offset, {read_outcome::wait, 1}},
        {open_huge, max_offset - 2, 1, {read_outcome::wait, 0}},
        {open_huge, 0, max_offset - 2, {read_outcome::ready, max_offset - 2}},
    });
    BOOST_TEST(awaited_offset(0, 1) == 1u);
    BOOST_TEST(awaited_offset(10, 0) == 10u);
    BOOST_TEST(awaited_offset(max_offset - 1, 1) == max_offset);
    BOOST_TEST(awaited_offset(max_offset, 1) == max_offset);
    BOOST_TEST(awaited_offset(max_offset - 1, 2) == max_offset);
    BOOST_TEST(awaited_offset(1, max_offset) == max_offset);
    BOOST_TEST(awaited_offset(max_offset, max_offset) == max_offset);
}

// C23
BOOST_AUTO_TEST_CASE(a_write_of_nothing_succeeds_in_every_state)
{
    for (const state& s :
         {open_empty, open_ten, open_declared, closed_ten, failed_ten, discarded_ten})
        check({{s, 0, false, write_outcome::accept}, {s, 0, true, write_outcome::accept}});
}

// C24 C25
BOOST_AUTO_TEST_CASE(a_write_is_accepted_waits_or_gets_the_end_of_the_stream)
{
    check({
        {open_empty, 1, false, write_outcome::accept},
        {open_ten, 1000, false, write_outcome::accept},
        {open_ten, 1, true, write_outcome::wait},
        {closed_ten, 1, false, write_outcome::closed},
        {closed_ten, 1, true, write_outcome::closed},
        {failed_ten, 1, false, write_outcome::cause},
        {failed_ten, 1, true, write_outcome::cause},
        {discarded_ten, 1, false, write_outcome::cause},
    });
}

// C27
BOOST_AUTO_TEST_CASE(a_write_beyond_the_declared_size_is_refused_whole)
{
    check({
        {open_declared, 9, false, write_outcome::accept},
        {open_declared, 10, false, write_outcome::accept},
        {open_declared, 11, false, write_outcome::size_mismatch},
        {open_declared, max_offset, false, write_outcome::size_mismatch},
    });
    BOOST_TEST(lendable(open_declared, 10) == 10u);
    BOOST_TEST(lendable(open_declared, 11) == 10u);
    BOOST_TEST(lendable(open_ten, 1000) == 1000u);
}

// C1 C4 C27
BOOST_AUTO_TEST_CASE(a_close_completes_the_stream_once_and_fails_one_that_is_short)
{
    BOOST_TEST((decide_close(open_empty) == close_outcome::close));
    BOOST_TEST((decide_close(open_ten) == close_outcome::close));
    BOOST_TEST((decide_close(open_declared) == close_outcome::fail_short));
    BOOST_TEST((decide_close({status::open, 0, 20, 20}) == close_outcome::close));
    for (const state& s : {closed_empty, closed_ten, failed_ten, discarded_ten})
        BOOST_TEST((decide_close(s) == close_outcome::nothing));
}

// C27
BOOST_AUTO_TEST_CASE(the_final_size_is_declared_once_before_the_end_and_not_below_the_size)
{
    BOOST_TEST((decide_declare(open_empty, 0) == declare_outcome::accept));
    BOOST_TEST((decide_declare(open_ten, 10) == declare_outcome::accept));
    BOOST_TEST((decide_declare(open_ten, max_offset - 1) == declare_outcome::accept));
    BOOST_TEST((decide_declare(open_ten, 9) == declare_outcome::size_mismatch));
    BOOST_TEST((decide_declare(open_ten, unknown_size) == declare_outcome::size_mismatch));
    BOOST_TEST((decide_declare(open_declared, 20) == declare_outcome::known));
    BOOST_TEST((decide_declare(closed_ten, 10) == declare_outcome::closed));
    BOOST_TEST((decide_declare(failed_ten, 10) == declare_outcome::cause));
    BOOST_TEST((decide_declare(discarded_ten, 10) == declare_outcome::cause));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::detail
