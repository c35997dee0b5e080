// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// Deadlines where several threads run handlers, and end an operation while its time is up.

#include <spool/stream.hpp>
#include <spool/with_deadline.hpp>

#include "threads_support.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>

namespace spool::test {

namespace {

std::chrono::microseconds moment(chance& c)
{
    return std::chrono::microseconds(c.below(40));
}

// Reads a whole stream, and never waits long. It needs no strand.
struct patient_reader
{
    reader from;
    chance moments;
    failures& failed;
    std::array<char, 64> room{};
    std::uint64_t bytes = 0;
    std::size_t timeouts = 0;
    bool at_end = false;

    void read()
    {
        with_deadline(
            moment(moments),
            from.async_read_some(asio::buffer(room)),
            [this](error_code ec, std::size_t n) { take(ec, n); });
    }

    void take(error_code ec, std::size_t n)
    {
        for (std::size_t i = 0; i != n; ++i)
            failed.check(room[i] == static_cast<char>(bytes + i));
        bytes += n;
        timeouts += ec == errc::timed_out;
        failed.check(from.offset() == bytes && (!ec || n == 0));
        at_end = ec == asio::error::eof;
        if (!ec || ec == errc::timed_out)
            read();
    }
};

BOOST_AUTO_TEST_SUITE(threads_deadline)

// C30 C51 C55
BOOST_AUTO_TEST_CASE(reads_that_time_out_at_any_moment_lose_nothing)
{
    chance c(seed_for("reads with deadlines"));
    failures failed;
    asio::thread_pool pool(4);
    stream s(pool);
    std::deque<patient_reader> readers;
    for (std::size_t i = 0; i != 4; ++i)
        readers.push_back({s.make_reader(), chance(c.below(1'000'000)), failed});
    for (patient_reader& r : readers)
        r.read();
    std::uint64_t size = 0;
    for (std::size_t i = 0; i != rounds(20'000); ++i)
    {
        std::array<char, 16> some{};
        const std::size_t n = 1 + c.below(some.size());
        for (std::size_t at = 0; at != n; ++at)
            some[at] = static_cast<char>(size++);
        s.append(asio::buffer(some, n));
    }
    s.close();
    pool.join();
    for (const patient_reader& r : readers)
        BOOST_TEST((r.at_end && r.bytes == size));
    BOOST_TEST(failed.count() == 0u);
}

// One wait that may time out, be cancelled, or be satisfied.
struct raced_wait
{
    asio::cancellation_signal signal;
    std::atomic<int> calls{0};
    error_code error;

    auto handler()
    {
        return [this](error_code ec, std::uint64_t) {
            ++calls;
            error = ec;
        };
    }

    bool is_right() const
    {
        return calls == 1 && (!error || error == errc::timed_out || error == asio::error::eof ||
                              error == asio::error::operation_aborted);
    }
};

// C51 C55
BOOST_AUTO_TEST_CASE(a_timeout_a_cancellation_and_an_append_at_once_have_one_outcome)
{
    chance c(seed_for("raced deadlines"));
    asio::thread_pool pool(4);
    stream s(pool);
    reader r = s.make_reader();
    std::deque<raced_wait> waits(rounds(10'000));
    for (raced_wait& w : waits)
    {
        const auto strand = asio::make_strand(pool);
        with_deadline(
            moment(c),
            r.async_wait(s.size() + 1),
            asio::bind_executor(
                strand, asio::bind_cancellation_slot(w.signal.slot(), w.handler())));
        if (c.below(2) == 0)
            asio::post(strand, [&w] { w.signal.emit(asio::cancellation_type::total); });
        if (c.below(2) == 0)
            s.append(asio::buffer("x", 1));
    }
    s.close();
    pool.join();
    BOOST_TEST(std::ranges::all_of(waits, &raced_wait::is_right));
}

// C51 C55: without a strand, while one thread completes many.
BOOST_AUTO_TEST_CASE(timeouts_meet_completions_on_other_threads)
{
    asio::thread_pool pool(4);
    stream s(pool);
    reader r = s.make_reader();
    std::deque<raced_wait> waits(rounds(20'000));
    std::size_t i = 0;
    for (raced_wait& w : waits)
    {
        const std::chrono::microseconds some(20 * (100 - i % 100));
        with_deadline(some, r.async_wait(s.size() + 1), w.handler());
        if (++i % 100 == 0)
            s.append(asio::buffer("x", 1));
    }
    s.close();
    pool.join();
    BOOST_TEST(std::ranges::all_of(waits, &raced_wait::is_right));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::test
