// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// Where the bytes of a file begin, and what says so: as values.

#include "file_base.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

namespace spool::test {

namespace {

using detail::encoded_anchor;
using detail::file_anchor;
using detail::file_mark;
using detail::found_anchor;
using detail::kept_range;

constexpr file_anchor first{4096, 9000, 9999, {77}};
constexpr file_anchor second{8192, 10'000, 12'345, {78}};

struct slots
{
    std::vector<std::byte> bytes = std::vector<std::byte>(detail::first_record);

    void put(std::size_t slot, const file_anchor& a, std::size_t n = detail::anchor_size)
    {
        const encoded_anchor all = encode(a);
        std::copy_n(all.begin(), n, bytes.begin() + static_cast<std::ptrdiff_t>(at(slot)));
    }
    void flip(std::size_t slot, std::size_t bit)
    {
        bytes[at(slot) + bit / 8] ^= static_cast<std::byte>(1u << bit % 8);
    }
    found_anchor find() const
    {
        return detail::find_anchor(std::span(bytes).first<detail::first_record>());
    }
    static std::size_t at(std::size_t slot) { return slot * detail::slot_size; }
};

BOOST_AUTO_TEST_SUITE(file_bases)

BOOST_AUTO_TEST_CASE(a_file_without_an_anchor_begins_at_its_beginning)
{
    const found_anchor found = slots().find();
    BOOST_TEST((found.anchor == file_anchor() && !found.is_damaged));
    BOOST_TEST((found.anchor.base == 0u && found.anchor.records == detail::first_record));
}

BOOST_AUTO_TEST_CASE(the_anchor_with_the_greatest_base_counts_and_the_next_one_goes_elsewhere)
{
    for (const std::size_t newer : {0u, 1u})
    {
        slots s;
        s.put(newer, second);
        BOOST_TEST((s.find().anchor == second && s.find().next_slot == 1 - newer));
        s.put(1 - newer, first);
        BOOST_TEST((s.find().anchor == second && s.find().next_slot == 1 - newer));
    }
}

BOOST_AUTO_TEST_CASE(a_torn_anchor_leaves_the_one_before)
{
    for (std::size_t n = 0; n != detail::anchor_size; ++n)
    {
        slots s;
        s.put(1, second, n);
        BOOST_TEST((s.find().anchor == file_anchor() && !s.find().is_damaged));
        s.put(0, first);
        BOOST_TEST((s.find().anchor == first && s.find().next_slot == 1u));
    }
}

BOOST_AUTO_TEST_CASE(one_damaged_copy_does_no_harm_and_two_are_found)
{
    for (std::size_t bit = 0; bit != 8 * detail::anchor_size; ++bit)
        for (const std::size_t slot : {0u, 1u})
        {
            slots s;
            s.put(0, second);
            s.put(1, second);
            s.flip(slot, bit);
            BOOST_TEST((s.find().anchor == second && s.find().next_slot == slot));
            s.flip(1 - slot, 8 * detail::anchor_size - 1 - bit);
            BOOST_TEST(s.find().is_damaged);
        }
}

BOOST_AUTO_TEST_CASE(a_file_without_marks_has_all_its_bytes)
{
    file_mark any{};
    any[5] = std::byte{5};
    for (const std::uint64_t size : {0u, 1u, 31u, 32u, 1000u})
        BOOST_TEST((detail::range_of(size, any, any) == kept_range{0, size}));
}

BOOST_AUTO_TEST_CASE(a_file_with_both_marks_begins_where_they_say)
{
    const kept_range kept{4096, 5000};
    const file_mark begin = detail::front_mark(), end = detail::end_mark(kept);
    BOOST_TEST((detail::range_of(5032, begin, end) == kept));
    BOOST_TEST((detail::range_of(5032, begin, file_mark{}) == std::nullopt));
    BOOST_TEST((detail::range_of(5032, file_mark{}, end) == std::nullopt));
    for (const std::uint64_t size : {5000u, 5031u, 5033u})
        BOOST_TEST((detail::range_of(size, begin, end) == std::nullopt));
    const file_mark beyond = detail::end_mark({5001, 5000});
    BOOST_TEST((detail::range_of(5032, begin, beyond) == std::nullopt));
}

BOOST_AUTO_TEST_CASE(a_mark_at_the_end_alone_may_say_that_all_is_there)
{
    const file_mark end = detail::end_mark({0, 5000});
    BOOST_TEST((detail::range_of(5032, detail::front_mark(), end) == kept_range{0, 5000}));
    BOOST_TEST((detail::range_of(5032, file_mark{}, end) == kept_range{0, 5000}));
}

BOOST_AUTO_TEST_CASE(a_flipped_bit_of_a_mark_is_found)
{
    const kept_range kept{4096, 5000};
    for (std::size_t bit = 0; bit != 8 * detail::mark_size; ++bit)
    {
        file_mark begin = detail::front_mark(), end = detail::end_mark(kept);
        begin[bit / 8] ^= static_cast<std::byte>(1u << bit % 8);
        BOOST_TEST((detail::range_of(5032, begin, end) == std::nullopt));
        end[bit / 8] ^= static_cast<std::byte>(1u << bit % 8);
        BOOST_TEST((detail::range_of(5032, detail::front_mark(), end) == std::nullopt));
    }
}

BOOST_AUTO_TEST_CASE(holes_are_of_whole_blocks_behind_the_mark)
{
    for (const std::uint64_t block : {1u, 8u, 32u, 512u, 4096u, 65'536u})
    {
        const std::uint64_t begin = detail::first_hole(block);
        BOOST_TEST((begin >= detail::mark_size && begin < detail::mark_size + block));
        BOOST_TEST(
            (begin % block == 0u && detail::whole_blocks(begin + block - 1, block) == begin));
    }
}

struct row
{
    std::uint64_t base, to, end, block;
    bool is_worth_it;
    const char* why;
};

constexpr std::uint64_t mib = 1 << 20;
constexpr row rows[] = {
    {0, 0, 0, 4096, false, "there is nothing"},
    {0, mib, mib, 4096, true, "256 blocks"},
    {0, mib - 1, mib, 4096, false, "less than 256 blocks"},
    {mib, 2 * mib - 1, 9 * mib, 4096, false, "less than 256 blocks more"},
    {0, mib, 5 * mib, 4096, true, "a quarter of what is kept"},
    {0, mib, 5 * mib + 4, 4096, false, "less than a quarter"},
    {0, 16 * mib, 17 * mib, mib, true, "of large blocks 16 MiB"},
    {0, 16 * mib - 1, 17 * mib, mib, false, "less than 16 MiB of large blocks"},
    {5, 4, std::numeric_limits<std::uint64_t>::max(), 1, false, "it has gone"},
};

BOOST_AUTO_TEST_CASE(space_is_given_back_when_it_is_worth_it)
{
    for (const row& r : rows)
        BOOST_TEST((detail::is_worth_it(r.base, r.to, r.end, r.block) == r.is_worth_it), r.why);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::test
