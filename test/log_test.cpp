// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "log.hpp"
#include "support/chance.hpp"
#include "support/pattern.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace spool::detail {

namespace {

using test::byte_at;
using test::bytes_at;

constexpr std::size_t small = smallest_chunk;
constexpr std::size_t large = largest_chunk;
constexpr std::uint64_t doubling_end = large - small;

void append(log& to, std::uint64_t offset, std::size_t n)
{
    const std::string bytes = bytes_at(offset, n);
    const std::array<asio::const_buffer, 3> buffers{
        asio::buffer(bytes, n / 3), asio::const_buffer(), asio::buffer(bytes) + n / 3};
    to.reserve(offset, n);
    to.copy_in(offset, buffers);
}

BOOST_AUTO_TEST_SUITE(log_rules)

BOOST_AUTO_TEST_CASE(every_boundary_of_the_first_chunks_is_located)
{
    BOOST_TEST((locate(0) == chunk_position{0, 0, small}));
    std::uint64_t begin = 0;
    std::size_t capacity = small;
    for (std::size_t index = 0; index != 14; ++index)
    {
        BOOST_TEST((locate(begin) == chunk_position{index, 0, capacity}));
        BOOST_TEST((locate(begin + 1) == chunk_position{index, 1, capacity - 1}));
        BOOST_TEST((locate(begin + capacity - 1) == chunk_position{index, capacity - 1, 1}));
        begin += capacity;
        capacity = capacity < large ? capacity * 2 : large;
    }
}

BOOST_AUTO_TEST_CASE(chunks_follow_each_other_without_a_hole)
{
    std::uint64_t offset = 0;
    for (std::size_t index = 0; index != 3000; ++index)
    {
        const chunk_position p = locate(offset);
        BOOST_REQUIRE((p.index == index && p.inside == 0));
        offset += p.room;
    }
}

// C33
BOOST_AUTO_TEST_CASE(offsets_near_the_largest_are_located)
{
    constexpr std::uint64_t last = UINT64_MAX;
    const chunk_position p = locate(last);
    const std::uint64_t index = 10 + (last - doubling_end) / large;
    BOOST_TEST(
        (p == chunk_position{static_cast<std::size_t>(index), small - 1, large - small + 1}));
    BOOST_TEST((locate(last - small) == chunk_position{p.index - 1, large - 1, 1}));
    BOOST_TEST((locate(last - small + 1) == chunk_position{p.index, 0, large}));
}

BOOST_AUTO_TEST_CASE(what_was_copied_in_is_copied_out_across_chunks)
{
    constexpr std::size_t total = 5u << 20;
    log bytes;
    test::chance c(1);
    for (std::size_t size = 0; size != total;)
    {
        const std::size_t n = std::min(1 + c.below(300'000), total - size);
        append(bytes, size, n);
        size += n;
    }
    for (int i = 0; i != 200; ++i)
    {
        const std::size_t offset = c.below(total);
        std::string out(1 + c.below(std::min<std::size_t>(total - offset, 100'000)), '\0');
        bytes.copy_out(offset, asio::buffer(out));
        BOOST_TEST((out == bytes_at(offset, out.size())), "at " << offset);
    }
}

// C20 C30
BOOST_AUTO_TEST_CASE(bytes_on_both_sides_of_a_boundary_are_copied)
{
    constexpr std::size_t total = 9 << 20;
    log bytes;
    append(bytes, 0, total);
    for (std::size_t end = locate(0).room; end < total; end += locate(end).room)
        for (const std::size_t before : {0u, 1u, 64u})
            for (const std::size_t after : {0u, 1u, 64u})
            {
                std::string out(before + after, '\0');
                bytes.copy_out(end - before, asio::buffer(out));
                BOOST_TEST((out == bytes_at(end - before, out.size())), "around " << end);
            }
}

// C74
BOOST_AUTO_TEST_CASE(bytes_never_move_while_the_log_grows)
{
    log bytes;
    append(bytes, 0, 10);
    boost::intrusive_ptr<chunk> holder;
    const asio::const_buffer first = bytes.at(0, 10, holder);
    append(bytes, 10, 20u << 20);
    boost::intrusive_ptr<chunk> again;
    BOOST_TEST(bytes.at(0, 10, again).data() == first.data());
    BOOST_TEST(holder == again);
}

BOOST_AUTO_TEST_CASE(a_lent_run_ends_with_its_chunk_and_outlives_the_log)
{
    boost::intrusive_ptr<chunk> holder;
    asio::const_buffer lent;
    {
        log bytes;
        append(bytes, 0, 3 * small);
        lent = bytes.at(small - 5, 100, holder);
        BOOST_TEST(lent.size() == 5u);
        bytes.clear();
    }
    BOOST_TEST(std::string(static_cast<const char*>(lent.data()), 5) == bytes_at(small - 5, 5));
}

// C25
BOOST_AUTO_TEST_CASE(room_is_at_least_one_byte_and_within_a_chunk)
{
    log bytes;
    boost::intrusive_ptr<chunk> holder;
    BOOST_TEST(bytes.room(0, 1, holder).size() == 1u);
    BOOST_TEST(bytes.room(0, 1u << 30, holder).size() == small);
    BOOST_TEST(bytes.room(small - 1, 1u << 30, holder).size() == 1u);
    BOOST_TEST(bytes.room(small, 1u << 30, holder).size() == 2 * small);
    BOOST_TEST(bytes.room(doubling_end, SIZE_MAX, holder).size() == large);
}

// C74
BOOST_AUTO_TEST_CASE(large_chunks_are_aligned_for_large_pages)
{
    log bytes;
    boost::intrusive_ptr<chunk> holder;
    bytes.reserve(0, doubling_end);
    const asio::mutable_buffer room = bytes.room(doubling_end, 1, holder);
    BOOST_TEST(reinterpret_cast<std::uintptr_t>(room.data()) % large == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::detail
