// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "cache.hpp"
#include "support/chance.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstring>
#include <vector>

namespace spool::detail {

namespace {

constexpr std::uint64_t far_end = 1000 * piece_size;

char mark_of(std::uint64_t offset)
{
    return static_cast<char>(offset / piece_size * 31 + 7);
}

constexpr std::uint64_t none = std::uint64_t(-1);

void load(cache& c, piece& p, std::size_t n)
{
    std::memset(p.room().data(), mark_of(p.begin()), n);
    c.finish(p, n, n != piece_size);
}

// Loads what a loader may; the begin of the first piece, of which only `n` bytes can be read, or `none`.
std::uint64_t load_all(cache& c, std::size_t n = piece_size)
{
    if (!c.needs_loader())
        return none;
    std::uint64_t first = none;
    while (const piece_ptr p = c.next())
    {
        load(c, *p, first == none ? n : piece_size);
        first = std::min(first, p->begin());
    }
    return first;
}

bool has(cache& c, std::uint64_t offset)
{
    const cached_bytes found = c.find(offset, 1);
    return found.bytes.size() == 1 &&
           *static_cast<const char*>(found.bytes.data()) == mark_of(offset);
}

BOOST_AUTO_TEST_SUITE(cache_rules)

BOOST_AUTO_TEST_CASE(a_wanted_piece_is_loaded_once_for_all)
{
    cache c(8 * piece_size);
    const piece_ptr first = c.want(5 * piece_size + 17, far_end, true);
    const piece_ptr second = c.want(5 * piece_size, far_end, true);
    BOOST_TEST(first == second);
    BOOST_TEST(!first->is_done());
    BOOST_TEST(load_all(c) == 5 * piece_size);
    BOOST_TEST((first->is_done() && !first->has_failed()));
    BOOST_TEST(has(c, 6 * piece_size - 1));
    BOOST_TEST(load_all(c) == none);
}

BOOST_AUTO_TEST_CASE(what_is_found_ends_with_its_piece)
{
    cache c(8 * piece_size);
    const piece_ptr p = c.want(0, far_end, true);
    load_all(c);
    BOOST_TEST(c.find(piece_size - 10, 100).bytes.size() == 10u);
    BOOST_TEST(c.find(10, 100).bytes.size() == 100u);
    BOOST_TEST(c.find(900 * piece_size, 100).bytes.size() == 0u);
}

BOOST_AUTO_TEST_CASE(who_reads_on_finds_the_next_pieces_under_way)
{
    cache c(8 * piece_size);
    const piece_ptr p = c.want(0, far_end, true);
    load_all(c);
    for (const std::uint64_t i : {1u, 2u})
        BOOST_TEST(!c.find(i * piece_size, 1).wants_more, "there is enough ahead");
    BOOST_TEST(c.find(3 * piece_size, 1).wants_more);
    load_all(c);
    for (std::uint64_t i = 0; i != 8; ++i)
        BOOST_TEST(has(c, i * piece_size));
}

BOOST_AUTO_TEST_CASE(who_reads_here_and_there_finds_nothing_under_way)
{
    cache c(8 * piece_size);
    for (const std::uint64_t i : {50u, 20u, 30u})
    {
        const piece_ptr p = c.want(i * piece_size, far_end, true);
        BOOST_TEST(load_all(c) == i * piece_size);
        BOOST_TEST(!c.find(i * piece_size, 1).wants_more);
    }
}

BOOST_AUTO_TEST_CASE(nothing_is_read_ahead_beyond_the_end)
{
    cache c(8 * piece_size);
    const piece_ptr p = c.want(0, piece_size + 1, true);
    load_all(c);
    BOOST_TEST((has(c, piece_size) && !has(c, 2 * piece_size)));
    BOOST_TEST(!c.find(piece_size, 1).wants_more);
}

BOOST_AUTO_TEST_CASE(the_least_recently_used_makes_room_but_not_one_that_is_waited_for)
{
    cache c(2 * piece_size);
    piece_ptr a = c.want(10 * piece_size, far_end, true);
    load_all(c);
    piece_ptr b = c.want(20 * piece_size, far_end, true);
    load_all(c);
    const piece_ptr d = c.want(30 * piece_size, far_end, true);
    BOOST_TEST(load_all(c) == none);
    b.reset();
    BOOST_TEST(load_all(c) == 30 * piece_size);
    BOOST_TEST((has(c, 10 * piece_size) && !has(c, 20 * piece_size)));
    a.reset();
    const piece_ptr e = c.want(40 * piece_size, far_end, true);
    BOOST_TEST(load_all(c) == 40 * piece_size);
    BOOST_TEST((has(c, 30 * piece_size) && !has(c, 10 * piece_size)));
}

BOOST_AUTO_TEST_CASE(bytes_that_are_lent_outlive_their_piece)
{
    cache c(2 * piece_size);
    c.want(10 * piece_size, far_end, true);
    BOOST_TEST(load_all(c) == none); // nobody waits any more
    piece_ptr p = c.want(10 * piece_size, far_end, true);
    load_all(c);
    const cached_bytes lent = c.find(10 * piece_size, 100);
    p.reset();
    for (const std::uint64_t i : {20u, 30u, 40u})
    {
        const piece_ptr other = c.want(i * piece_size, far_end, true);
        load_all(c);
    }
    BOOST_TEST(!has(c, 10 * piece_size));
    BOOST_TEST(*static_cast<const char*>(lent.bytes.data()) == mark_of(10 * piece_size));
}

BOOST_AUTO_TEST_CASE(a_failure_is_told_once_and_the_piece_can_be_wanted_again)
{
    cache c(2 * piece_size);
    piece_ptr p = c.want(7 * piece_size, far_end, true);
    load_all(c, 0);
    BOOST_TEST((p->is_done() && p->has_failed()));
    BOOST_TEST(c.take_failure(7 * piece_size));
    BOOST_TEST(!c.take_failure(7 * piece_size));
    p = c.want(7 * piece_size, far_end, true);
    BOOST_TEST(!p->is_done());
    load_all(c);
    BOOST_TEST(has(c, 7 * piece_size));
}

BOOST_AUTO_TEST_CASE(what_was_read_before_a_failure_is_of_use)
{
    cache c(2 * piece_size);
    const piece_ptr p = c.want(7 * piece_size, far_end, true);
    load_all(c, 100);
    BOOST_TEST(c.find(7 * piece_size, 1000).bytes.size() == 100u);
    BOOST_TEST(!c.take_failure(7 * piece_size + 99));
    BOOST_TEST(c.take_failure(7 * piece_size + 100));
}

// Random wants, uses and loads: what is found is right, and there is never more than fits.
BOOST_AUTO_TEST_CASE(a_random_script_finds_only_what_was_loaded)
{
    for (std::uint64_t seed = 0; seed != 200; ++seed)
    {
        test::chance chance(seed);
        cache c(4 * piece_size);
        std::vector<piece_ptr> waited_for;
        for (int step = 0; step != 100; ++step)
        {
            const std::uint64_t offset = chance.below(12) * piece_size + chance.below(piece_size);
            if (chance.below(3) == 0)
                waited_for.push_back(c.want(offset, 12 * piece_size, chance.coin()));
            else if (chance.coin())
                load_all(c, chance.below(10) == 0 ? 0 : piece_size);
            else if (!waited_for.empty() && chance.coin())
                waited_for.erase(waited_for.begin());
            const cached_bytes found = c.find(offset, 1);
            BOOST_TEST(
                (found.bytes.size() == 0 || found.holder), "seed " << seed << ", step " << step);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::detail
