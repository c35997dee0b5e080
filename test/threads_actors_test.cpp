// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// Writers and readers that do everything at once, each on a thread of its own or all on one pool.

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
#include <atomic>
#include <cstring>
#include <deque>
#include <memory>
#include <string>
#include <vector>

// GCC 12 takes Asio's operator new and delete of a coroutine for a mismatch.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

namespace {

namespace asio = boost::asio;
using spool::error_code;
using spool::test::chance;
using spool::test::failures;
using spool::test::on_threads;
using spool::test::rounds;
using spool::test::seed_for;

constexpr auto token = asio::as_tuple(asio::use_awaitable);

// A record says who wrote it, the how many-th it is, and how many bytes follow, all equal to `fill`.
struct record_head
{
    std::uint32_t writer;
    std::uint32_t number;
    std::uint32_t bytes;
    std::uint32_t fill;
};

std::string make_record(std::uint32_t writer, std::uint32_t number, chance& c)
{
    const auto bytes = static_cast<std::uint32_t>(c.below(c.below(8) == 0 ? 9000 : 40));
    const record_head head{writer, number, bytes, (writer * 31 + number) % 251};
    std::string record(sizeof head + bytes, static_cast<char>(head.fill));
    std::memcpy(record.data(), &head, sizeof head);
    return record;
}

// Whether `text` is whole records, each writer's in order, `each` of every writer.
bool are_whole_records(const std::string& text, std::uint32_t writers, std::uint32_t each)
{
    std::vector<std::uint32_t> next(writers, 0);
    for (std::size_t at = 0; at != text.size();)
    {
        record_head head{};
        if (text.size() - at < sizeof head)
            return false;
        std::memcpy(&head, text.data() + at, sizeof head);
        at += sizeof head;
        if (head.writer >= writers || head.number != next[head.writer]++ ||
            text.size() - at < head.bytes)
            return false;
        const auto* const body = text.data() + at;
        if (std::count(body, body + head.bytes, static_cast<char>(head.fill)) != head.bytes)
            return false;
        at += head.bytes;
    }
    return std::ranges::count(next, each) == static_cast<std::ptrdiff_t>(writers);
}

// Writes records in every way there is.
asio::awaitable<void> write_records(
    spool::stream& s, std::uint32_t writer, std::uint32_t n, std::uint64_t seed, failures& failed)
{
    chance c(seed);
    for (std::uint32_t i = 0; i != n; ++i)
    {
        const std::string record = make_record(writer, i, c);
        const std::size_t cut = c.below(record.size());
        const std::array<asio::const_buffer, 2> parts{
            asio::buffer(record, cut), asio::buffer(record) + cut};
        error_code ec;
        std::size_t done = 0;
        if (c.coin())
            done = s.append(parts, ec);
        else if (c.coin())
        {
            const auto [error, region] = co_await s.async_prepare(record.size(), token);
            failed.check(!error);
            done = region.size() == record.size() ? asio::buffer_copy(region, parts) : 0;
            s.commit(done, ec);
            failed.check(!ec);
        }
        if (done == 0)
        {
            const auto [error, n_done] = co_await s.async_append(parts, token);
            failed.check(!error);
            done = n_done;
        }
        failed.check(done == record.size());
    }
}

asio::awaitable<void> read_all(spool::reader& r, std::string& into, failures& failed)
{
    std::array<char, 3000> b;
    for (;;)
    {
        const auto [ec, n] = co_await r.async_read_some(asio::buffer(b), token);
        into.append(b.data(), n);
        if (ec)
        {
            failed.check(ec == asio::error::eof && n == 0);
            co_return;
        }
    }
}

BOOST_AUTO_TEST_SUITE(threads_actors)

// C10 C20 C25
BOOST_AUTO_TEST_CASE(appends_of_several_threads_never_interleave)
{
    constexpr std::uint32_t writers = 4;
    const auto each = static_cast<std::uint32_t>(rounds(3000));
    const std::uint64_t seed = seed_for("appends_of_several_threads_never_interleave");
    failures failed;
    std::deque<asio::io_context> contexts(writers + 1);
    spool::stream s(contexts[writers]);
    spool::reader r = s.make_reader();
    std::string text;
    std::atomic<std::uint32_t> writing{writers};
    on_threads(writers + 1, [&](std::size_t i) {
        const auto writer = static_cast<std::uint32_t>(i);
        if (writer == writers)
            asio::co_spawn(contexts[i], read_all(r, text, failed), asio::detached);
        else
            asio::co_spawn(
                contexts[i],
                write_records(s, writer, each, seed + i, failed),
                [&](std::exception_ptr e) {
                    failed.check(!e);
                    if (--writing == 0)
                        s.close();
                });
        contexts[i].run();
    });
    BOOST_TEST(failed.count() == 0u);
    BOOST_TEST(text.size() == s.size());
    BOOST_TEST(are_whole_records(text, writers, each));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
