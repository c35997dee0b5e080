// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// Back-pressure from a reader through the stream to the sender of a TCP connection, and hostile readers.

#include <spool/transfer.hpp>

#include "world.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <fstream>
#include <optional>
#include <vector>

namespace spool::test {

namespace {

using asio::ip::tcp;

struct pressed : bounded_world
{
    static constexpr std::size_t mib = std::size_t{1} << 20;

    pressed() : from_peer(*context), peer(*context)
    {
        tcp::acceptor acceptor(*context, {asio::ip::address_v4::loopback(), 0});
        peer.connect(acceptor.local_endpoint());
        acceptor.accept(from_peer);
        peer.non_blocking(true);
    }

    // What the peer can send before it would have to wait, while everything that can go on does.
    std::size_t send_all_that_goes()
    {
        const std::string bytes(64 << 10, 'x');
        std::size_t sent = 0;
        for (int idle = 0; idle != 100;)
        {
            error_code ec;
            sent += peer.write_some(asio::buffer(bytes), ec);
            idle = ec ? idle + 1 : 0;
            run();
        }
        return sent;
    }

    tcp::socket from_peer, peer;
};

BOOST_FIXTURE_TEST_SUITE(retention_pressure, pressed)

// C80: both sides are measured: what the stream holds, and what the peer can send.
BOOST_AUTO_TEST_CASE(a_slow_reader_slows_the_sender_of_a_connection)
{
    open(retain_unread(mib));
    reader r = s->make_reader();
    outcome<std::uint64_t> copied;
    async_copy(from_peer, *s, [&](error_code, std::uint64_t n) { copied.values = {n}; });
    std::size_t sent = send_all_that_goes();
    BOOST_TEST((s->size() <= mib && s->size() > mib / 2));
    const std::size_t in_the_sockets = sent - s->size();
    BOOST_TEST(send_all_that_goes() == 0u);
    std::string room(mib / 2, ' ');
    for (int i = 0; i != 10; ++i)
    {
        r.read_some(asio::buffer(room));
        sent += send_all_that_goes();
        BOOST_TEST(s->size() - r.offset() <= mib);
        BOOST_TEST(s->statistics().resident <= mib);
        BOOST_TEST(sent - r.offset() <= mib + 2 * in_the_sockets);
    }
    BOOST_TEST(r.offset() >= 4 * mib);
    peer.close();
    r.close();
    run();
    BOOST_TEST((copied.value() == s->size()));
}

// C39: a copy reports a gap once, as a read does, and the next one goes on behind it.
BOOST_AUTO_TEST_CASE(a_copy_reports_a_gap_once_and_goes_on)
{
    open(retain_last(limit));
    reader r = s->make_reader();
    fill(3 * limit);
    outcome<std::uint64_t> first, second;
    async_copy(r, peer, check(first));
    run();
    BOOST_TEST((first.error == errc::gap && first.value() == 0u));
    BOOST_TEST((r.skipped() == s->base() && r.offset() == s->base()));
    s->close();
    async_copy(r, peer, check(second));
    run();
    BOOST_TEST((!second.error && second.value() == s->size() - s->base()));
    BOOST_TEST(r.statistics().read == second.value());
}

enum class hostility
{
    never_reads,
    reads_a_byte,
    closes_in_the_middle,
};

struct hostile_row
{
    retention retain;
    bool tethered;
    bool stalls; // whether the writer is expected to be held up until the alarm rings
};

// C81 C82: another reader tails at full speed, or is held up no longer than the stall limit.
void meet(pressed& w, const hostile_row& row, hostility how)
{
    using namespace std::chrono_literals;
    w.open(row.retain, 1s);
    reader fast = w.s->make_reader();
    std::optional<reader> bad(w.s->make_reader());
    bad->set_tethered(row.tethered);
    std::size_t rings = 0;
    for (int step = 0; step != 1000; ++step)
    {
        error_code ec;
        if (how == hostility::reads_a_byte)
            w.read(*bad, 1, ec);
        if (how == hostility::closes_in_the_middle && step == 500)
            bad.reset();
        const std::string bytes = bytes_at(w.s->size(), 100);
        outcome<std::size_t> appended;
        w.s->async_append(asio::buffer(bytes), w.check(appended));
        w.run();
        for (; appended.calls == 0; ++rings)
        {
            w.time->advance(1s);
            w.run();
        }
        BOOST_TEST_REQUIRE(w.read(fast, 100) == 100u);
        BOOST_TEST_REQUIRE(w.s->statistics().resident <= row.retain.limit());
    }
    BOOST_TEST(fast.skipped() == 0u);
    BOOST_TEST((rings != 0) == row.stalls);
}

// C81 C82
BOOST_AUTO_TEST_CASE(hostile_readers_do_not_stop_the_rest)
{
    for (const hostility how :
         {hostility::never_reads, hostility::reads_a_byte, hostility::closes_in_the_middle})
        for (const hostile_row& row : std::initializer_list<hostile_row>{
                 {retain_all, true, false},
                 {retain_last(limit), true, false},
                 {retain_unread(limit), false, false},
                 {retain_unread(limit), true, true}})
            meet(*this, row, how);
}

// In MiB. More than the test run takes: SPOOL_SOAK=10240 for 10 GiB.
std::uint64_t length_of_soak()
{
    const char* const given = std::getenv("SPOOL_SOAK");
    return given ? std::strtoull(given, nullptr, 10) : 256;
}

std::uint64_t memory_of_process()
{
    std::ifstream file("/proc/self/statm");
    std::uint64_t pages = 0;
    file >> pages >> pages;
    return pages * 4096;
}

struct soak : pressed
{
    std::vector<reader> readers;
    std::string room = std::string(100'000, ' ');
    std::string bytes = std::string(50'000, 'x');

    // Readers come and go; the stream goes on.
    void go_on(std::uint64_t round)
    {
        if (round % 7 == 0)
            readers.push_back(s->make_reader(from_last(round % 50'000)));
        if (readers.size() > 5)
            readers.erase(readers.begin());
        error_code ec;
        s->append(asio::buffer(bytes), ec);
        for (reader& r : readers)
            BOOST_TEST_REQUIRE((r.read_some(asio::buffer(room), ec) != 0 || r.lag() == 0));
        run();
    }
};

// C80 C82: a long stream through a small memory.
BOOST_FIXTURE_TEST_CASE(memory_stays_the_same_however_long_the_stream, soak)
{
    open(retain_unread(mib));
    const std::uint64_t total = length_of_soak() * mib;
    std::uint64_t at_first = 0;
    for (std::uint64_t round = 0; s->size() < total; ++round)
    {
        go_on(round);
        const stream_statistics now = s->statistics();
        BOOST_TEST_REQUIRE((now.resident <= mib && now.pinned == 0 && now.skipped == 0));
        if (at_first == 0 && s->size() > total / 10)
            at_first = memory_of_process();
    }
    const std::uint64_t at_last = memory_of_process();
    BOOST_TEST_MESSAGE(total / mib << " MiB: " << at_first << ", then " << at_last << " bytes");
    BOOST_TEST(at_last < at_first + 4 * mib);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::test
