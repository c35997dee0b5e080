// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// How much memory there is, and how often it is asked for.

#include "audience.hpp"
#include "heap.hpp"
#include "operations.hpp"
#include "posts.hpp"
#include "rooms.hpp"

#include <string>
#include <vector>

namespace bench {

namespace {

// Of a reader and its waiting read with a small callback, without the buffer.
double bytes_per_waiting_reader(std::size_t n)
{
    asio::io_context context;
    spool::stream stream(context);
    std::array<char, piece> buffer;
    std::vector<spool::reader> readers;
    const std::int64_t before = used_heap().bytes;
    readers.reserve(n);
    for (std::size_t i = 0; i != n; ++i)
        readers.push_back(stream.make_reader());
    for (spool::reader& r : readers)
        r.async_read_some(
            asio::buffer(buffer), [p = &buffer](error_code, std::size_t) { keep(p); });
    return static_cast<double>(used_heap().bytes - before) / static_cast<double>(n);
}

constexpr std::array<char, 100> hundred_bytes{};

double bytes_of_small_stream()
{
    asio::io_context context;
    const spool::stream first(context); // what the first stream of a context makes for all
    const std::int64_t before = used_heap().bytes;
    spool::stream stream(context);
    stream.append(asio::buffer(hundred_bytes));
    return static_cast<double>(used_heap().bytes - before);
}

sample small_streams()
{
    asio::io_context context;
    return timed(1'000, [&] {
        for (int i = 0; i != 1'000; ++i)
        {
            spool::stream stream(context);
            stream.append(asio::buffer(hundred_bytes));
        }
    });
}

void time_of_small_stream(const settings& s, report& to)
{
    comparison c;
    c.add("p", posts);
    c.add("stream", small_streams);
    const figures f = c.run(s.repetitions());
    to.add(
        {"12b",
         "made and destroyed",
         f.at("stream"),
         "ns",
         reference{"p", f.at("p")},
         at_most(15),
         {}});
}

void allocations(report& to)
{
    const std::vector<allocation> all = count_allocations();
    double most = 0;
    std::string which;
    for (const allocation& a : all)
    {
        most = std::max(most, a.calls);
        if (a.calls != 0)
            which += (which.empty() ? "" : ", ") + a.operation;
    }
    to.add(
        {"13",
         "calls of the global allocator, the most of " + std::to_string(all.size()) + " operations",
         most,
         "calls",
         {},
         at_most(0),
         which.empty() ? "malloc, and so also operator new and aligned_alloc" : which});
}

} // namespace

void memory(const settings& s, report& to)
{
    to.add(
        {"11",
         "a waiting reader: handle and waiter",
         bytes_per_waiting_reader(10'000),
         "bytes",
         {},
         at_most(320),
         "as malloc has it, that is with 8 bytes and the rounding of its own"});
    to.add(
        {"12a",
         "a new stream with 100 bytes in it",
         bytes_of_small_stream(),
         "bytes",
         {},
         at_most(8192),
         {}});
    time_of_small_stream(s, to);
    allocations(to);
}

} // namespace bench
