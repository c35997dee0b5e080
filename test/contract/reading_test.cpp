// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// Reading: what a read gets, and when. Waits, views and seeks are in position_test.cpp.

#include "world.hpp"

#include <boost/asio/read_at.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <cstdint>
#include <vector>

namespace spool::test {

namespace {

constexpr std::uint64_t far_away = UINT64_MAX;

BOOST_FIXTURE_TEST_SUITE(contract_reading, world)

// C30
BOOST_AUTO_TEST_CASE(one_sequential_operation_may_be_pending)
{
    outcome<std::size_t> first, second, nothing;
    outcome<view> third;
    outcome<std::uint64_t> fourth;
    std::array<char, 8> more;
    r->async_read_some(room(), check(first));
    r->async_read_some(asio::buffer(more), check(second));
    r->async_read_view(8, check(third));
    r->async_seek_end(0, check(fourth));
    r->async_read_some(asio::mutable_buffer(), check(nothing));
    run();
    BOOST_TEST(second.error == errc::read_pending);
    BOOST_TEST(third.error == errc::read_pending);
    BOOST_TEST(fourth.error == errc::read_pending);
    BOOST_TEST(!nothing.error);
    BOOST_TEST(read_error() == errc::read_pending);
    BOOST_TEST(first.is_pending());
    append();
    run();
    BOOST_TEST(first.value() == 5u);
    BOOST_TEST(r->offset() == 5u);
}

// C30
BOOST_AUTO_TEST_CASE(any_number_of_others_may_be_pending_and_leave_the_offset_alone)
{
    std::array<outcome<std::size_t>, 100> reads;
    std::array<outcome<std::uint64_t>, 100> waits;
    for (std::size_t i = 0; i != reads.size(); ++i)
    {
        r->async_read_some_at(i, asio::buffer(into) + i % 16, check(reads[i]));
        r->async_wait_at(i, 2, check(waits[i]));
    }
    const std::string text(101, 'x');
    append(text);
    run();
    for (std::size_t i = 0; i != reads.size(); ++i)
    {
        BOOST_TEST(reads[i].value() == std::min(101 - i, 16 - i % 16));
        BOOST_TEST(waits[i].value() == 101 - i);
    }
    BOOST_TEST(r->offset() == 0u);
}

// C31
BOOST_AUTO_TEST_CASE(a_read_gets_as_much_as_is_there_and_fits)
{
    append("hello");
    BOOST_TEST(r->read_some(room(3)) == 3u);
    BOOST_TEST(read(3) == "hel");
    BOOST_TEST(r->read_some(room()) == 2u);
    outcome<std::size_t> waiting;
    r->async_read_some(room(4), check(waiting));
    append("world");
    run();
    BOOST_TEST(waiting.value() == 4u);
    BOOST_TEST(read(4) == "worl");
    BOOST_TEST(r->offset() == 9u);
}

// C31
BOOST_AUTO_TEST_CASE(buffers_are_filled_one_after_the_other)
{
    std::array<char, 2> a{}, c{};
    std::array<char, 4> d{};
    const std::array<asio::mutable_buffer, 4> buffers{
        asio::buffer(a), asio::mutable_buffer(), asio::buffer(c), asio::buffer(d)};
    append("hello");
    BOOST_TEST(r->read_some(buffers) == 5u);
    BOOST_TEST(std::string_view(a.data(), 2) == "he");
    BOOST_TEST(std::string_view(c.data(), 2) == "ll");
    BOOST_TEST((d[0] == 'o' && d[1] == '\0'));
}

// C31
BOOST_AUTO_TEST_CASE(a_waiting_read_completes_with_the_first_byte)
{
    outcome<std::size_t> waiting;
    r->async_read_some(room(), check(waiting));
    append("h");
    run();
    BOOST_TEST((!waiting.error && waiting.value() == 1u));
}

// C32
BOOST_AUTO_TEST_CASE(a_read_of_nothing_succeeds_in_every_state)
{
    void (*const acts[])(world&) = {
        [](world&) {},
        [](world& w) { w.append(); },
        [](world& w) { w.s->close(); },
        [](world& w) { w.s->abort(cause); },
        [](world& w) { w.s->abort(cause, discard); }};
    for (const auto& act : acts)
    {
        world w;
        act(w);
        error_code ec = cause;
        BOOST_TEST(w.r->read_some(asio::mutable_buffer(), ec) == 0u);
        BOOST_TEST(!ec);
        BOOST_TEST(w.r->read_some_at(far_away, std::array<asio::mutable_buffer, 2>{}, ec) == 0u);
        BOOST_TEST(!ec);
        BOOST_TEST((w.r->read_view(0, ec).empty() && !ec));
        outcome<std::size_t> some, at;
        w.r->async_read_some(asio::mutable_buffer(), w.check(some));
        w.r->async_read_at(3, asio::mutable_buffer(), w.check(at));
        w.run();
        BOOST_TEST((!some.error && some.value() == 0u && !at.error && at.value() == 0u));
        BOOST_TEST(w.r->offset() == 0u);
    }
}

// C33
BOOST_AUTO_TEST_CASE(a_read_beyond_the_size_waits_for_its_offset)
{
    outcome<std::size_t> at_seven, at_the_last;
    std::array<char, 8> more;
    r->seek(7);
    r->async_read_some(room(), check(at_seven));
    r->async_read_some_at(far_away, asio::buffer(more), check(at_the_last));
    append("seven..");
    run();
    BOOST_TEST(at_seven.is_pending());
    append("hello");
    run();
    BOOST_TEST(at_seven.value() == 5u);
    BOOST_TEST(read(5) == "hello");
    BOOST_TEST(at_the_last.is_pending());
    close();
    run();
    BOOST_TEST(at_the_last.error == asio::error::eof);
}

// C33
BOOST_AUTO_TEST_CASE(offsets_do_not_wrap)
{
    append("hello");
    outcome<std::uint64_t> wait, wait_all;
    outcome<std::size_t> read;
    r->async_wait_at(3, far_away, check(wait));
    r->async_wait_at(far_away, far_away, check(wait_all));
    r->async_read_at(far_away - 3, room(16), check(read));
    error_code ec;
    BOOST_TEST(r->read_some_at(far_away, room(), ec) == 0u);
    BOOST_TEST(ec == asio::error::would_block);
    run();
    BOOST_TEST((wait.is_pending() && wait_all.is_pending() && read.is_pending()));
    close();
    run();
    BOOST_TEST((wait.error == asio::error::eof && wait.value() == 2u));
    BOOST_TEST((wait_all.error == asio::error::eof && wait_all.value() == 0u));
    BOOST_TEST((read.error == asio::error::eof && read.value() == 0u));
}

// What async_read_at gives in one state, spelled as a member and as Asio's function.
struct both_spellings
{
    std::array<char, 16> member_bytes{}, free_bytes{};
    outcome<std::size_t> member, free;

    void start(world& w, std::uint64_t offset, std::size_t n)
    {
        w.r->async_read_at(offset, asio::buffer(member_bytes, n), w.check(member));
        asio::async_read_at(*w.r, offset, asio::buffer(free_bytes, n), w.check(free));
        w.run();
    }

    void check_equal() const
    {
        BOOST_TEST(member.is_pending() == free.is_pending());
        if (member.is_pending())
            return;
        BOOST_TEST(member.error == free.error);
        BOOST_TEST(member.value() == free.value());
        BOOST_TEST((member_bytes == free_bytes));
    }
};

// C34
BOOST_AUTO_TEST_CASE(read_at_is_what_asio_calls_read_at_whatever_the_state)
{
    void (*const before[])(world&) = {
        [](world&) {},
        [](world& w) { w.append("he"); },
        [](world& w) { w.append("hello"); },
        [](world& w) { w.append("hello"), w.close(); },
        [](world& w) { w.append("hello"), w.s->abort(cause); },
        [](world& w) { w.append("hello"), w.s->abort(cause, discard); }};
    void (*const after[])(world&) = {
        [](world& w) { w.append("hello"); },
        [](world& w) { w.append("hello world and so on"); },
        [](world& w) { w.s->close(); },
        [](world& w) { w.s->abort(cause); }};
    for (const auto& first : before)
        for (const auto& second : after)
            for (const std::size_t n : {0u, 1u, 5u, 7u})
                for (const std::uint64_t offset : {std::uint64_t{0}, std::uint64_t{2}, far_away})
                {
                    world w;
                    both_spellings both;
                    first(w);
                    both.start(w, offset, n);
                    both.check_equal();
                    if (w.s->is_open())
                        second(w);
                    w.run();
                    both.check_equal();
                    w.r.reset();
                    w.run();
                }
}

// C35
BOOST_AUTO_TEST_CASE(reading_without_waiting_says_where_it_would_wait)
{
    error_code ec;
    BOOST_TEST(r->read_some(room(), ec) == 0u);
    BOOST_TEST(ec == asio::error::would_block);
    BOOST_TEST(r->read_some_at(3, room(), ec) == 0u);
    BOOST_TEST(ec == asio::error::would_block);
    BOOST_TEST(r->read_view(3, ec).empty());
    BOOST_TEST(ec == asio::error::would_block);
    BOOST_CHECK_THROW(r->read_some(room()), boost::system::system_error);
    append("hello");
    BOOST_TEST(r->read_some(room(2), ec) == 2u);
    BOOST_TEST(r->read_some_at(3, room(), ec) == 2u);
    BOOST_TEST(!ec);
    BOOST_TEST(r->offset() == 2u);
    close();
    BOOST_TEST(r->read_some(room()) == 3u);
    BOOST_TEST(read_error() == asio::error::eof);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::test
