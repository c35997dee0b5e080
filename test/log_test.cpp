// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "log.hpp"
#include "support/chance.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace spool::detail {

namespace {

constexpr std::size_t small = smallest_chunk;
constexpr std::size_t large = largest_chunk;
constexpr std::uint64_t doubling_end = large - small;

// A byte that tells offsets apart, also those a power of two away from each other.
char byte_at(std::uint64_t offset)
{
    return static_cast<char>((offset * 2654435761u) >> 24);
}

std::string bytes_at(std::uint64_t offset, std::size_t n)
{
    std::string bytes(n, '\0');
    for (std::size_t i = 0; i != n; ++i)
        bytes[i] = byte_at(offset + i);
    return bytes;
}

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

BOOST_AUTO_TEST_CASE(a_log_begins_anywhere)
{
    for (const std::uint64_t start : {std::uint64_t{0}, std::uint64_t{5000}, 100 * doubling_end})
    {
        log l;
        l.start_at(start);
        append(l, start, 3 * large);
        BOOST_TEST(l.begin() == start);
        std::string read(3 * large, ' ');
        l.copy_out(start, asio::buffer(read));
        BOOST_TEST((read == bytes_at(start, 3 * large)));
    }
}

BOOST_AUTO_TEST_CASE(a_chunk_goes_when_the_last_who_holds_it_lets_go)
{
    log l;
    append(l, 0, 10 * large);
    BOOST_TEST(l.first_end() == small);
    {
        const hold held(l, 10);
        l.let_go();
        BOOST_TEST(l.begin() == small);
        const hold late(l, 10), next(l, small);
        BOOST_TEST(late.bytes().size() == 0u);
        BOOST_TEST(next.bytes().size() == 2 * small);
        BOOST_TEST(held.bytes().size() == small - 10);
        BOOST_TEST(*static_cast<const char*>(held.bytes().data()) == byte_at(10));
    }
    boost::intrusive_ptr<chunk> lent(hold(l, small).holder());
    l.let_go();
    BOOST_TEST(!lent->is_shared());
}

// Memory that went comes again, so that a long stream takes no fresh pages.
BOOST_AUTO_TEST_CASE(a_chunk_that_went_is_used_for_the_next)
{
    log l;
    append(l, 0, doubling_end + large);
    while (l.begin() != doubling_end)
        l.let_go();
    const auto* const first = static_cast<const char*>(hold(l, doubling_end).bytes().data());
    l.let_go();
    append(l, doubling_end + large, 1);
    BOOST_TEST(hold(l, doubling_end + large).bytes().data() == first);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::detail
