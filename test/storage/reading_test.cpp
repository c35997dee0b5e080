// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// Reading what memory has let go of.

#include "world.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace spool::test {

namespace {

// A stream of which only the last MiB or so is in memory.
struct cold_world : disk_world
{
    cold_world() : disk_world(2 * mib) { fill(20 * mib); }

    std::string read_all(reader& r, std::size_t piece)
    {
        std::string all, buffer(piece, '\0');
        for (;;)
        {
            outcome<std::size_t> read;
            r.async_read_some(asio::buffer(buffer), check(read));
            run();
            work();
            r.cancel();
            run();
            if (read.error)
                return all;
            all.append(buffer, 0, read.value());
        }
    }
};

BOOST_FIXTURE_TEST_SUITE(storage_reading, cold_world)

BOOST_AUTO_TEST_CASE(what_memory_has_let_go_of_is_read_back)
{
    s->close();
    work();
    for (const std::size_t piece : {std::size_t{4096}, std::size_t{100'000}, 3 * mib})
    {
        reader r = s->make_reader();
        BOOST_TEST((read_all(r, piece) == bytes_at(0, 20 * mib)), "pieces of " << piece);
        BOOST_TEST(r.offset() == 20 * mib);
    }
}

BOOST_AUTO_TEST_CASE(bytes_in_memory_are_read_without_the_storage)
{
    reader r = s->make_reader(s->size() - mib / 2);
    std::string buffer(mib / 2, '\0');
    BOOST_TEST(r.read_some(asio::buffer(buffer)) == buffer.size());
    BOOST_TEST((buffer == bytes_at(s->size() - buffer.size(), buffer.size())));
    BOOST_TEST(kept->reads == 0u);
}

// C35
BOOST_AUTO_TEST_CASE(a_read_that_may_not_wait_asks_for_the_bytes)
{
    reader r = s->make_reader(mib);
    std::string buffer(1000, ' ');
    error_code ec;
    BOOST_TEST(r.read_some(asio::buffer(buffer), ec) == 0u);
    BOOST_TEST(ec == asio::error::would_block);
    work();
    BOOST_TEST(r.read_some(asio::buffer(buffer), ec) == buffer.size());
    BOOST_TEST((buffer == bytes_at(mib, buffer.size())));
}

// C36
BOOST_AUTO_TEST_CASE(waiting_for_bytes_reads_none)
{
    reader r = s->make_reader();
    outcome<std::uint64_t> there;
    r.async_wait(20 * mib, check(there));
    run();
    BOOST_TEST(there.value() == 20 * mib);
    BOOST_TEST(kept->reads == 0u);
}

// C37
BOOST_AUTO_TEST_CASE(a_view_keeps_its_bytes_when_memory_lets_go_of_them)
{
    reader near_end = s->make_reader(s->size() - 1000), far = s->make_reader(5 * mib);
    const view hot = near_end.read_view(1000);
    outcome<view> cold;
    far.async_read_view(500, check(cold));
    run();
    work();
    fill(20 * mib);
    reader elsewhere = s->make_reader(12 * mib);
    BOOST_TEST(read_all(elsewhere, mib).size() == 28 * mib);
    const auto text = [](const view& v) {
        std::string copied(v.size(), ' ');
        asio::buffer_copy(asio::buffer(copied), v);
        return copied;
    };
    BOOST_TEST((text(hot) == bytes_at(20 * mib - 1000, 1000)));
    BOOST_TEST((text(cold.value()) == bytes_at(5 * mib, 500)));
}

// C34
BOOST_AUTO_TEST_CASE(a_read_may_be_larger_than_what_memory_holds)
{
    reader r = s->make_reader();
    std::string all(25 * mib, ' ');
    outcome<std::size_t> read;
    r.async_read_at(0, asio::buffer(all), check(read));
    run();
    work();
    BOOST_TEST(read.is_pending());
    s->append(asio::buffer("end", 3));
    s->close();
    work();
    BOOST_TEST(read.error == asio::error::eof);
    BOOST_TEST(read.value() == 20 * mib + 3);
    BOOST_TEST((all.substr(0, 20 * mib + 3) == bytes_at(0, 20 * mib) + "end"));
}

// C55
BOOST_AUTO_TEST_CASE(a_read_that_waits_for_the_storage_is_cancelled_at_any_step)
{
    std::string all(4 * mib, ' ');
    for (int step = 0; step != 12; ++step)
    {
        reader r = s->make_reader();
        asio::cancellation_signal signal;
        outcome<std::size_t> read;
        r.async_read_at(mib, asio::buffer(all), check(read, signal.slot()));
        for (int i = 0; i != step; ++i)
            i % 2 ? static_cast<void>(run_one()) : static_cast<void>(call_storage());
        signal.emit(asio::cancellation_type::total);
        run();
        BOOST_TEST(read.error == asio::error::operation_aborted, "step " << step);
        work();
    }
}

// C12
BOOST_AUTO_TEST_CASE(closing_a_reader_ends_what_waits_for_the_storage)
{
    std::string buffer(1000, ' ');
    outcome<std::size_t> read;
    reader r = s->make_reader();
    r.async_read_some(asio::buffer(buffer), check(read));
    run();
    BOOST_TEST(read.is_pending());
    r.close();
    run();
    BOOST_TEST(read.error == asio::error::operation_aborted);
    work();
}

// C5
BOOST_AUTO_TEST_CASE(a_discarded_stream_keeps_nobody_waiting_for_the_storage)
{
    std::string buffer(1000, ' ');
    outcome<std::size_t> read;
    reader r = s->make_reader();
    r.async_read_some(asio::buffer(buffer), check(read));
    s->abort(cause, discard);
    run();
    BOOST_TEST(read.error == cause);
    work();
}

// C13
BOOST_AUTO_TEST_CASE(a_context_ends_while_a_reader_waits_for_the_storage)
{
    std::string buffer(1000, ' ');
    outcome<std::size_t> read;
    reader r = s->make_reader();
    r.async_read_some(asio::buffer(buffer), check(read));
    destroy_context();
    BOOST_TEST(read.dropped);
    while (call_storage())
    {
    }
    context = std::make_unique<asio::io_context>(1);
}

// The writer is far ahead before the reader's context gets a turn.
BOOST_AUTO_TEST_CASE(bytes_that_leave_memory_before_the_turn_of_their_reader_are_read_back)
{
    for (const bool cancelled : {false, true})
    {
        const std::uint64_t at = s->size();
        reader r = s->make_reader(at);
        std::string buffer(1000, ' ');
        asio::cancellation_signal signal;
        outcome<std::size_t> read;
        r.async_read_some(asio::buffer(buffer), check(read, signal.slot()));
        fill(10 * mib);
        run();
        BOOST_TEST(read.is_pending());
        if (cancelled)
            signal.emit(asio::cancellation_type::total);
        work();
        BOOST_TEST(read.error == (cancelled ? asio::error::operation_aborted : error_code()));
        BOOST_TEST((cancelled || buffer == bytes_at(at, 1000)));
    }
}

BOOST_AUTO_TEST_CASE(a_failed_read_is_told_and_may_be_tried_again)
{
    reader r = s->make_reader(mib);
    std::string buffer(1000, ' ');
    kept->read_error = cause;
    outcome<std::size_t> failed, good;
    r.async_read_some(asio::buffer(buffer), check(failed));
    run();
    work();
    BOOST_TEST(failed.error == cause);
    BOOST_TEST((r.offset() == mib && s->is_open()));
    kept->read_error = {};
    r.async_read_some(asio::buffer(buffer), check(good));
    run();
    work();
    BOOST_TEST(good.value() == buffer.size());
}

// No spin, no zeros, no clean end.
BOOST_AUTO_TEST_CASE(bytes_that_the_storage_has_lost_are_an_error)
{
    kept->bytes.resize(mib + 500);
    s->close();
    reader r = s->make_reader(mib);
    std::string buffer(1000, ' ');
    outcome<std::size_t> there, lost, all;
    r.async_read_some(asio::buffer(buffer), check(there));
    run();
    work();
    BOOST_TEST(there.value() == 500u);
    r.async_read_some(asio::buffer(buffer), check(lost));
    r.async_read_at(mib, asio::buffer(buffer), check(all));
    run();
    BOOST_TEST(work() < 20u);
    BOOST_TEST(lost.error == errc::lost);
    BOOST_TEST(all.error == errc::lost);
    error_code ec;
    for (int i = 0; i != 3 && ec != errc::lost; ++i)
    {
        r.read_some(asio::buffer(buffer), ec);
        work();
    }
    BOOST_TEST(ec == errc::lost);
}

BOOST_AUTO_TEST_CASE(readers_at_the_same_place_share_what_is_read_back)
{
    std::vector<reader> readers;
    for (int i = 0; i != 8; ++i)
        readers.push_back(s->make_reader());
    std::string buffer(64 << 10, ' ');
    while (readers[0].offset() < 16 * mib)
    {
        std::array<outcome<std::size_t>, 8> reads;
        for (std::size_t i = 0; i != 8; ++i)
            readers[i].async_read_some(asio::buffer(buffer), check(reads[i]));
        run();
        work();
        BOOST_TEST((buffer.front() == byte_at(readers[7].offset() - reads[7].value())));
    }
    BOOST_TEST(kept->reads <= 16 * mib / (256 << 10) * 11 / 10);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::test
