// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// Streams that let go of bytes, in steady state, compared with a ring of the same size.

#include "audience.hpp"
#include "heap.hpp"
#include "rooms.hpp"

#include <cstring>
#include <vector>

namespace bench {

namespace {

constexpr std::size_t ring_size = std::size_t{1} << 20;
constexpr std::size_t copied = std::size_t{64} << 10; // at a time

// What fills and empties a ring, without anything that a stream is for.
sample ring_copies(std::size_t n, bool reads)
{
    std::vector<char> ring(ring_size), from(copied, 's'), to(copied);
    return timed(n * copied, [&] {
        for (std::size_t i = 0; i != n; ++i)
        {
            char* const at = ring.data() + i * copied % ring_size;
            std::memcpy(at, from.data(), copied);
            keep(at);
            if (reads)
                std::memcpy(to.data(), at, copied);
            keep(to.data());
        }
    });
}

spool::options keeping(const spool::retention& retain)
{
    spool::options chosen;
    chosen.retain = retain;
    return chosen;
}

// After the stream has reached its limit.
sample bounded_copies(
    std::size_t n, const spool::retention& retain, bool reads, std::uint64_t& allocations)
{
    asio::io_context context;
    spool::stream stream(context, keeping(retain));
    spool::reader reader = stream.make_reader();
    std::vector<char> from(copied, 's'), to(copied);
    const auto step = [&] {
        stream.append(asio::buffer(from));
        if (reads)
            reader.read_some(asio::buffer(to));
        keep(to.data());
    };
    for (std::size_t i = 0; i != 2 * ring_size / copied; ++i)
        step();
    const std::uint64_t before = used_heap().calls;
    const sample measured = timed(n * copied, [&] {
        for (std::size_t i = 0; i != n; ++i)
            step();
    });
    allocations += used_heap().calls - before;
    return measured;
}

// The cost of a look at a stream with so many readers, in nanoseconds a reader.
sample looks(std::size_t readers)
{
    asio::io_context context;
    spool::stream stream(context, keeping(spool::retain_unread(ring_size)));
    std::vector<spool::reader> all;
    for (std::size_t i = 0; i != readers; ++i)
        all.push_back(stream.make_reader());
    constexpr std::size_t n = 100;
    return timed(n * readers, [&] {
        for (std::size_t i = 0; i != n; ++i)
            keep(stream.statistics().lag());
    });
}

} // namespace

void bounded(const settings& s, report& to)
{
    const std::size_t n = s.sized<std::size_t>(16'384, 256);
    std::uint64_t allocations = 0;
    const auto last = spool::retain_last(ring_size);
    const auto unread = spool::retain_unread(ring_size);
    comparison c;
    c.add("last", [&] { return bounded_copies(n, last, false, allocations); });
    c.add("ring", [&] { return ring_copies(n, false); });
    c.add("unread", [&] { return bounded_copies(n, unread, true, allocations); });
    c.add("ring read", [&] { return ring_copies(n, true); });
    c.add("look", [] { return looks(1'000); });
    const figures f = c.run(s.repetitions());
    to.add(
        {"B1",
         "appending 64 KiB at a time, retain_last(1 MiB)",
         1 / f.at("last"),
         "GB/s",
         reference{"memcpy into a ring of 1 MiB", 1 / f.at("ring")},
         at_least(0.5),
         {}});
    to.add(
        {"B2",
         "the same with retain_unread and a reader",
         1 / f.at("unread"),
         "GB/s",
         reference{"memcpy into the ring and out of it", 1 / f.at("ring read")},
         at_least(0.5),
         {}});
    to.add(
        {"B3",
         "allocations of all of these",
         static_cast<double>(allocations),
         "calls",
         {},
         at_most(0),
         {}});
    to.add(
        {"B4",
         "statistics of a stream with 1,000 readers",
         f.at("look"),
         "ns a reader",
         {},
         {},
         {}});
}

} // namespace bench
