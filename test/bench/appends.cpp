// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// Writing while nobody waits.

#include "audience.hpp"
#include "pages.hpp"
#include "posts.hpp"
#include "rooms.hpp"

#include <cstring>
#include <string>
#include <vector>

namespace bench {

namespace {

constexpr std::size_t large_piece = std::size_t{64} << 10;

void append_until(spool::stream& stream, std::uint64_t size, asio::const_buffer from)
{
    while (stream.size() < size)
        stream.append(from);
}

// 64 bytes at a time to a stream that has a size already.
sample small_appends(std::uint64_t size, std::size_t n)
{
    asio::io_context context;
    spool::stream stream(context);
    append_until(stream, size, asio::buffer(std::vector<char>(large_piece, 's')));
    return timed(n, [&] {
        for (std::size_t i = 0; i != n; ++i)
            stream.append(bytes());
    });
}

sample large_appends(std::size_t size, const std::vector<char>& from)
{
    asio::io_context context;
    spool::stream stream(context);
    return timed(size, [&] { append_until(stream, size, asio::buffer(from)); });
}

sample copies(std::size_t size, pages::kind k, const std::vector<char>& from)
{
    const pages fresh(size, k);
    return timed(size, [&] {
        for (std::size_t at = 0; at != size; at += from.size())
            std::memcpy(fresh.data() + at, from.data(), from.size());
        keep(fresh.data());
    });
}

void small(const settings& s, report& to)
{
    const std::size_t n = s.sized<std::size_t>(200'000, 20'000);
    comparison c;
    c.add("p", posts);
    c.add("append", [&] { return small_appends(0, n); });
    const figures f = c.run(s.repetitions());
    to.add(
        {"4",
         "append of 64 bytes, nobody waiting",
         f.at("append"),
         "ns",
         reference{"p", f.at("p")},
         at_most(0.5),
         "with the memory that a new stream takes"});
}

void by_size(const settings& s, report& to)
{
    const std::uint64_t most = s.sized(std::uint64_t{1} << 30, std::uint64_t{1} << 20);
    std::vector<std::uint64_t> sizes;
    for (std::uint64_t size = most; size >= 4096; size /= 8)
        sizes.insert(sizes.begin(), size);

    comparison c;
    for (const std::uint64_t size : sizes)
        c.add(std::to_string(size), [=] { return small_appends(size, 10'000); });
    const figures f = c.run(s.repetitions(7));
    for (const std::uint64_t size : sizes)
        to.add(point{
            "nanoseconds per append, by size",
            static_cast<double>(size),
            f.at(std::to_string(size))});
}

void large(const settings& s, report& to)
{
    const std::size_t size = s.sized(std::size_t{1} << 30, std::size_t{1} << 26);
    const std::vector<char> from(large_piece, 's');
    comparison c;
    c.add("stream", [&] { return large_appends(size, from); });
    c.add("4 KiB pages", [&] { return copies(size, pages::kind::small, from); });
    c.add("huge pages", [&] { return copies(size, pages::kind::huge, from); });
    // A virtual machine may have given the memory back to its host, which is not to be measured.
    const figures f = c.run(s.repetitions(9), least);

    const std::string what = "appending " + std::to_string(size >> 20) + " MiB, 64 KiB at a time";
    const double rate = 1 / f.at("stream"); // bytes per nanosecond
    to.add(
        {"8a",
         what,
         rate,
         "GB/s",
         reference{"fresh 4 KiB pages", 1 / f.at("4 KiB pages")},
         at_least(3),
         {}});
    to.add(
        {"8b",
         what,
         rate,
         "GB/s",
         reference{"fresh huge pages", 1 / f.at("huge pages")},
         at_least(0.85),
         pages::have_huge() ? "" : "this machine has no transparent huge pages"});
}

} // namespace

void appends(const settings& s, report& to)
{
    small(s, to);
    by_size(s, to);
    large(s, to);
}

} // namespace bench
