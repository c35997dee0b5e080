// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// Several threads at the same stream. Meant for ThreadSanitizer; bounded, and without sleeps.

#include <spool/reader.hpp>
#include <spool/stream.hpp>

#include "threads_support.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <string>

namespace {

namespace asio = boost::asio;
using spool::error_code;
using spool::test::chance;
using spool::test::failures;
using spool::test::on_threads;
using spool::test::rounds;
using spool::test::seed_for;

constexpr auto token = asio::as_tuple(asio::use_awaitable);
constexpr auto long_enough = std::chrono::seconds(60); // a lost wake-up is reported, not waited for

// The byte that a single writer puts at an offset.
char byte_at(std::uint64_t offset)
{
    return static_cast<char>((offset * 131 + (offset >> 9)) % 251);
}

std::string bytes_from(std::uint64_t offset, std::size_t n)
{
    std::string s(n, '\0');
    std::ranges::generate(s, [&] { return byte_at(offset++); });
    return s;
}

bool are_bytes_from(std::uint64_t offset, const char* p, std::size_t n)
{
    return std::all_of(p, p + n, [&](char c) { return c == byte_at(offset++); });
}

BOOST_AUTO_TEST_SUITE(threads)

// C2 C33
BOOST_AUTO_TEST_CASE(a_reader_that_polls_sees_the_last_append_before_the_close)
{
    asio::io_context context;
    failures failed;
    for (std::size_t round = 0; round != rounds(200); ++round)
    {
        std::deque<spool::stream> streams;
        std::deque<spool::reader> readers;
        for (int i = 0; i != 200; ++i)
            readers.push_back(streams.emplace_back(context).make_reader());
        on_threads(2, [&](std::size_t thread) {
            for (std::size_t i = 0; i != streams.size(); ++i)
                if (thread == 0)
                {
                    streams[i].append(asio::buffer("tail", 4));
                    streams[i].close();
                }
                else
                {
                    char b[8];
                    error_code ec;
                    std::size_t n = 0;
                    do
                        n += readers[i].read_some(asio::buffer(b), ec);
                    while (!ec || ec == asio::error::would_block);
                    failed.check(ec == asio::error::eof && n == 4);
                }
        });
    }
    BOOST_TEST(failed.count() == 0u);
}

// C2 C31: the reader may park before, between and after.
BOOST_AUTO_TEST_CASE(a_reader_that_waits_sees_the_last_append_before_the_close)
{
    failures failed;
    for (std::size_t round = 0; round != rounds(50); ++round)
    {
        asio::io_context context;
        std::deque<spool::stream> streams;
        std::deque<spool::reader> readers;
        for (int i = 0; i != 200; ++i)
            readers.push_back(streams.emplace_back(context).make_reader());
        const auto follow = [&]() -> asio::awaitable<void> {
            for (spool::reader& r : readers)
            {
                char b[8];
                const auto [ec, n] = co_await r.async_read_some(asio::buffer(b), token);
                const auto [end, none] = co_await r.async_read_some(asio::buffer(b), token);
                failed.check(!ec && n == 4 && end == asio::error::eof && none == 0);
            }
        };
        asio::co_spawn(context, follow(), asio::detached);
        on_threads(2, [&](std::size_t thread) {
            if (thread == 1)
            {
                context.run_for(long_enough);
                return failed.check(context.stopped());
            }
            for (spool::stream& s : streams)
            {
                s.append(asio::buffer("tail", 4));
                s.close();
            }
        });
    }
    BOOST_TEST(failed.count() == 0u);
}

// C31 C72: each append meets a reader that is just about to park.
BOOST_AUTO_TEST_CASE(no_wake_up_is_lost_between_check_and_park)
{
    failures failed;
    std::array<asio::io_context, 2> contexts;
    std::array<spool::stream, 2> streams{spool::stream(contexts[0]), spool::stream(contexts[1])};
    const std::size_t n = rounds(20000);
    const auto play = [&](std::size_t side) -> asio::awaitable<void> {
        spool::reader from = streams[1 - side].make_reader(contexts[side].get_executor());
        char b[1] = {};
        for (std::size_t i = 0; i != n; ++i)
        {
            streams[side].append(asio::buffer("x", 1));
            const auto [ec, got] = co_await from.async_read_some(asio::buffer(b), token);
            failed.check(!ec && got == 1);
        }
    };
    on_threads(2, [&](std::size_t side) {
        asio::co_spawn(contexts[side], play(side), asio::detached);
        contexts[side].run_for(long_enough);
        failed.check(contexts[side].stopped());
    });
    BOOST_TEST(failed.count() == 0u);
    BOOST_TEST(streams[0].size() == n);
    BOOST_TEST(streams[1].size() == n);
}

// C1 C4 C5
BOOST_AUTO_TEST_CASE(of_several_ends_one_wins_and_every_reader_sees_the_same)
{
    asio::io_context context;
    failures failed;
    for (std::size_t round = 0; round != rounds(1500); ++round)
    {
        spool::stream s(context);
        std::array<error_code, 2> seen;
        std::deque<spool::reader> readers;
        readers.push_back(s.make_reader());
        readers.push_back(readers.front().clone());
        on_threads(4, [&](std::size_t thread) {
            error_code ec;
            char b[8];
            if (thread == 0)
                s.append(asio::buffer("bytes", 5), ec);
            if (thread == 0)
                return s.close(ec);
            if (thread == 1)
                return s.abort(asio::error::connection_reset);
            do
                readers[thread - 2].read_some(asio::buffer(b), ec);
            while (!ec || ec == asio::error::would_block);
            seen[thread - 2] = ec;
        });
        failed.check(seen[0] == seen[1]);
        failed.check((seen[0] == asio::error::eof) == s.final_size().has_value());
        failed.check(seen[0] == asio::error::eof || seen[0] == asio::error::connection_reset);
    }
    BOOST_TEST(failed.count() == 0u);
}

// C40 C41
BOOST_AUTO_TEST_CASE(a_removal_waits_for_readers_on_other_threads)
{
    failures failed;
    for (std::size_t round = 0; round != rounds(700); ++round)
    {
        asio::io_context context;
        spool::stream s(context);
        std::atomic<int> reading{2};
        std::deque<spool::reader> readers;
        for (int i = 0; i != 2; ++i)
            readers.push_back(s.make_reader());
        on_threads(3, [&](std::size_t thread) {
            if (thread == 0)
            {
                s.append(asio::buffer(bytes_from(0, 5000)));
                s.async_remove([&](error_code ec) { failed.check(!ec && reading == 0); });
                s.close();
                context.run_for(long_enough);
                return failed.check(context.stopped());
            }
            spool::reader& r = readers[thread - 1];
            char b[999];
            error_code ec;
            while (ec != asio::error::eof)
            {
                const std::uint64_t at = r.offset();
                failed.check(are_bytes_from(at, b, r.read_some(asio::buffer(b), ec)));
            }
            --reading;
            r.close();
        });
    }
    BOOST_TEST(failed.count() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
