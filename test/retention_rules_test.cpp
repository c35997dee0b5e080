// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include <spool/detail/tether.hpp>
#include <spool/retention.hpp>

#include "retention_rules.hpp"
#include "support/chance.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>

namespace spool::detail {

namespace {

constexpr std::uint64_t unbounded = UINT64_MAX;

BOOST_AUTO_TEST_SUITE(retention_rules)

// C80
BOOST_AUTO_TEST_CASE(a_limit_is_of_eight_chunks_or_more)
{
    for (const std::uint64_t limit :
         {0ull,
          1ull,
          511ull,
          512ull,
          513ull,
          1000ull,
          1023ull,
          4096ull,
          1ull << 20,
          (1ull << 20) + 1,
          1ull << 40})
    {
        const std::size_t chunk = chunk_size_for(limit);
        const bounds b = bounds_of(limit, chunk);
        BOOST_TEST(std::has_single_bit(chunk));
        BOOST_TEST(b.capacity / chunk >= 8u);
        BOOST_TEST(b.capacity % chunk == 0u);
        BOOST_TEST(b.capacity <= std::max<std::uint64_t>(limit, 512));
        BOOST_TEST(b.capacity + chunk > limit);
    }
    BOOST_TEST(chunk_size_for(unbounded) == 256u << 10);
}

// C80
BOOST_AUTO_TEST_CASE(a_stream_without_a_limit_needs_no_base_and_has_room)
{
    const bounds b = bounds_of(unbounded, chunk_size_for(unbounded));
    BOOST_TEST(needed_base(b, unbounded / 2) == 0u);
    BOOST_TEST(largest_append(b) == unbounded);
    BOOST_TEST(room(b, 1ull << 50, 0) > unbounded / 2);
    BOOST_TEST(are_usable(b));
}

struct base_row
{
    std::uint64_t end;
    std::uint64_t base;
};

// C80 C82
BOOST_AUTO_TEST_CASE(the_base_follows_the_end_in_whole_chunks)
{
    const bounds b{64, 512};
    for (const base_row& row : std::initializer_list<base_row>{
             {0, 0}, {1, 0}, {512, 0}, {513, 64}, {576, 64}, {577, 128}, {5120, 4608}})
        BOOST_TEST(needed_base(b, row.end) == row.base, "for " << row.end);
}

// C20 C80: what has room needs no base above what has been passed, and one byte more does.
BOOST_AUTO_TEST_CASE(room_and_needed_base_agree)
{
    test::chance c(1);
    for (int i = 0; i != 100'000; ++i)
    {
        const std::uint64_t chunk = 64ull << c.below(4);
        const bounds b = bounds_of(chunk * (8 + c.below(8)) + c.below(chunk), chunk);
        const std::uint64_t size = c.below(10 * b.capacity);
        const std::uint64_t base = needed_base(b, size);
        const std::uint64_t passed = base + c.below(size - base + 1);
        const std::uint64_t most = room(b, size, passed);
        if (most != 0)
            BOOST_REQUIRE(needed_base(b, size + most) <= passed);
        BOOST_REQUIRE(needed_base(b, size + most + 1) > passed - passed % chunk);
        BOOST_REQUIRE(needed_base(b, size + largest_append(b)) <= size);
        BOOST_REQUIRE(size - base <= b.capacity);
    }
}

BOOST_AUTO_TEST_CASE(a_limit_of_less_than_two_chunks_is_of_no_use)
{
    BOOST_TEST(are_usable(bounds_of(2048, 1024)));
    BOOST_TEST(!are_usable(bounds_of(2047, 1024)));
}

BOOST_AUTO_TEST_CASE(a_start_is_counted_from_what_is_held)
{
    BOOST_TEST(start_position(5).offset(10, 20) == 5u);
    BOOST_TEST(from_base.offset(10, 20) == 10u);
    BOOST_TEST(from_end.offset(10, 20) == 20u);
    BOOST_TEST(from_last(3).offset(10, 20) == 17u);
    BOOST_TEST(from_last(10).offset(10, 20) == 10u);
    BOOST_TEST(from_last(11).offset(10, 20) == 10u);
    BOOST_TEST(from_last(unbounded).offset(0, 0) == 0u);
}

// C81
BOOST_AUTO_TEST_CASE(a_tether_tells_whole_chunks)
{
    tether t(6);
    BOOST_TEST(t.passed() == 0u);
    BOOST_TEST(!t.move(t.at(63), false));
    BOOST_TEST(t.move(t.at(64), false));
    BOOST_TEST(t.passed() == 64u);
    BOOST_TEST(t.move(t.at(unbounded), false));
    BOOST_TEST(t.passed() > unbounded >> 17);
    t.hold(false);
    BOOST_TEST(t.passed() == unbounded);
}

// C38
BOOST_AUTO_TEST_CASE(a_landing_after_a_seek_is_void)
{
    tether t(6);
    t.begin();
    BOOST_TEST(t.move(t.sought(640), false));
    BOOST_TEST(!t.move(t.landed(1280), true));
    BOOST_TEST(t.passed() == 640u);
    t.begin();
    BOOST_TEST(t.move(t.landed(1280), true));
    BOOST_TEST(t.passed() == 1280u);
    BOOST_TEST(tether::is_before(t.at(64), t.place()));
    BOOST_TEST(!tether::is_before(t.at(1281), t.place()));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::detail
