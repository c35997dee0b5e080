// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "support/chance.hpp"
#include "support/pattern.hpp"
#include "window.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace spool::detail {

namespace {

using test::byte_at;

constexpr std::size_t size = 64; // of a chunk

void append(window& to, std::uint64_t offset, std::size_t n)
{
    std::string bytes(n + 5, 'x'); // more than is to be copied
    for (std::size_t i = 0; i != n; ++i)
        bytes[i] = byte_at(offset + i);
    const std::array<asio::const_buffer, 3> buffers{
        asio::buffer(bytes, n / 3), asio::const_buffer(), asio::buffer(bytes) + n / 3};
    to.reserve(offset, n);
    to.copy_in(offset, buffers, n);
}

bool is_right(asio::const_buffer bytes, std::uint64_t offset)
{
    const auto* const from = static_cast<const char*>(bytes.data());
    for (std::size_t i = 0; i != bytes.size(); ++i)
        if (from[i] != byte_at(offset + i))
            return false;
    return bytes.size() != 0;
}

BOOST_AUTO_TEST_SUITE(window_rules)

BOOST_AUTO_TEST_CASE(it_begins_anywhere)
{
    for (const std::uint64_t start : {std::uint64_t{0}, std::uint64_t{100}, std::uint64_t{1} << 60})
    {
        window w(size, start);
        const std::uint64_t end = start + 20 * size;
        append(w, start, 20 * size);
        BOOST_TEST(w.begin() == start);
        for (std::uint64_t at = start; at != end; ++at)
            BOOST_REQUIRE(is_right(asio::buffer(hold(w, at).bytes(), end - at), at));
    }
}

BOOST_AUTO_TEST_CASE(what_is_below_the_beginning_is_gone_and_the_rest_stays)
{
    window w(size, 0);
    append(w, 0, 10 * size);
    w.let_go_until(3 * size - 1);
    BOOST_TEST(w.begin() == 2 * size);
    BOOST_TEST(hold(w, 2 * size - 1).bytes().size() == 0u);
    BOOST_TEST(is_right(hold(w, 2 * size).bytes(), 2 * size));
    w.let_go_until(1000 * size);
    BOOST_TEST(w.begin() == 10 * size);
}

BOOST_AUTO_TEST_CASE(a_chunk_goes_when_the_last_who_holds_it_lets_go)
{
    window w(size, 0);
    append(w, 0, 4 * size);
    {
        const hold held(w, 10);
        w.let_go_until(size);
        BOOST_TEST(hold(w, 10).bytes().size() == 0u);
        BOOST_TEST(is_right(held.bytes(), 10));
        BOOST_TEST(w.used() == 4 * size);
    }
    BOOST_TEST(w.used() == 3 * size);
}

// C82
BOOST_AUTO_TEST_CASE(what_is_lent_outlives_the_window_and_counts_as_pinned)
{
    boost::intrusive_ptr<chunk> lent;
    {
        window w(size, 0);
        append(w, 0, 2 * size);
        lent = hold(w, 0).holder();
        w.let_go_until(size);
        BOOST_TEST((w.resident() == size && w.used() == 2 * size));
    }
    BOOST_TEST(is_right({lent->data(), size}, 0));
    BOOST_TEST(!lent->is_shared());
}

// A stream that goes on and on takes no fresh memory.
BOOST_AUTO_TEST_CASE(chunks_that_went_are_used_for_the_next)
{
    window w(size, 0);
    std::uint64_t end = 0;
    for (; end != 1000 * size; end += size)
    {
        if (end >= 8 * size)
            w.let_go_until(end - 7 * size);
        append(w, end, size);
        BOOST_REQUIRE(w.used() <= 8 * size);
    }
    w.let_go_until(end - 2 * size);
    BOOST_TEST(w.resident() == 8 * size);
    w.trim(4 * size);
    BOOST_TEST((w.resident() == 4 * size && w.used() == 4 * size));
    w.trim(0);
    BOOST_TEST(w.used() == 2 * size);
}

BOOST_AUTO_TEST_CASE(a_slot_that_is_held_is_put_aside_when_its_place_is_needed)
{
    window w(size, 0);
    append(w, 0, size);
    std::optional<hold> held(std::in_place, w, 5);
    for (std::uint64_t end = size; end != 200 * size; end += size)
    {
        w.let_go_until(end);
        append(w, end, size);
    }
    BOOST_TEST(is_right(held->bytes(), 5));
    BOOST_TEST(is_right(hold(w, 199 * size).bytes(), 199 * size));
    held.reset();
    BOOST_TEST(w.used() == w.resident());
}

BOOST_AUTO_TEST_CASE(the_ring_grows_and_keeps_everything)
{
    window w(size, 0);
    for (std::uint64_t end = 0; end != 3000 * size; end += size)
        append(w, end, size);
    w.let_go_until(100 * size);
    for (std::uint64_t at = 100 * size; at != 3000 * size; at += size)
        BOOST_REQUIRE(is_right(hold(w, at + 7).bytes(), at + 7));
}

// C25
BOOST_AUTO_TEST_CASE(room_is_within_a_chunk)
{
    window w(size, 0);
    boost::intrusive_ptr<chunk> holder;
    BOOST_TEST(w.room(0, 10, holder).size() == 10u);
    BOOST_TEST(w.room(0, 1000, holder).size() == size);
    BOOST_TEST(w.room(size - 1, 1000, holder).size() == 1u);
    BOOST_TEST(w.used() == size);
}

// Whoever holds a chunk sees its bytes; whoever does not, sees the beginning moved.
BOOST_AUTO_TEST_CASE(readers_copy_while_the_writer_lets_go)
{
    constexpr std::uint64_t total = 20'000 * size;
    window w(size, 0);
    std::atomic<std::uint64_t> end{0};
    std::atomic<bool> wrong{false};
    const auto read = [&](std::uint64_t seed) {
        test::chance c(seed);
        for (std::uint64_t now = 0; now != total && !wrong; now = end)
        {
            const std::uint64_t back = 1 + c.below(10 * size);
            const std::uint64_t at = now > back ? now - back : 0;
            if (now == 0)
                continue;
            const hold held(w, at);
            if (held.bytes().size() == 0 ? w.begin() <= at
                                         : !is_right(asio::buffer(held.bytes(), now - at), at))
                wrong = true;
        }
    };
    std::thread first(read, 1), second(read, 2);
    for (std::uint64_t at = 0; at != total; at += size)
    {
        w.let_go_until(at < 8 * size ? 0 : at - 8 * size);
        append(w, at, size);
        end = at + size;
    }
    first.join();
    second.join();
    BOOST_TEST(!wrong);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::detail
