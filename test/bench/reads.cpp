// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// Reading what is there already.

#include "audience.hpp"
#include "posts.hpp"
#include "rooms.hpp"

#include <boost/asio/version.hpp>

#include <cstring>
#include <random>
#include <string>
#include <vector>

#if BOOST_ASIO_VERSION >= 102700
#include <boost/asio/bind_immediate_executor.hpp>
#endif

namespace bench {

namespace {

constexpr std::size_t large_piece = std::size_t{64} << 10;
constexpr std::size_t reads_in_a_round = 16'384; // 1 MiB, which stays in cache

// A stream that holds bytes, and a reader of it.
struct filled
{
    explicit filled(std::uint64_t size) : stream_(context_)
    {
        const std::vector<char> some(large_piece, 's');
        while (stream_.size() < size)
            stream_.append(asio::buffer(some));
    }

    asio::io_context context_;
    spool::stream stream_;
    spool::reader reader_ = stream_.make_reader();
    std::array<char, piece> buffer_;
};

sample read_small(filled& from)
{
    from.reader_.seek(0);
    return timed(reads_in_a_round, [&] {
        for (std::size_t i = 0; i != reads_in_a_round; ++i)
            keep(from.reader_.read_some(asio::buffer(from.buffer_)));
    });
}

template <class Token>
asio::awaitable<void> await_reads(filled& from, std::size_t n, Token token)
{
    for (std::size_t i = 0; i != n; ++i)
        co_await from.reader_.async_read_some(asio::buffer(from.buffer_), token);
}

// In several coroutines one after the other: a coroutine that is resumed inside the call it awaits
// takes stack for every resumption.
template <class Token>
sample await_small(filled& from, Token token)
{
    constexpr std::size_t in_a_row = 256;
    from.reader_.seek(0);
    return timed(reads_in_a_round, [&] {
        for (std::size_t n = 0; n != reads_in_a_round; n += in_a_row)
        {
            asio::co_spawn(from.context_, await_reads(from, in_a_row, token), asio::detached);
            from.context_.restart();
            from.context_.run();
        }
    });
}

void small(const settings& s, report& to)
{
    filled from(reads_in_a_round * piece);
    comparison c;
    c.add("p", posts);
    c.add("c", [] { return awaits(1); });
    c.add("read_some", [&] { return read_small(from); });
    c.add("async_read_some", [&] { return await_small(from, asio::deferred); });
#if BOOST_ASIO_VERSION >= 102700
    const auto at_once = asio::bind_immediate_executor(asio::system_executor(), asio::deferred);
    c.add("immediate", [&] { return await_small(from, at_once); });
#endif
    const figures f = c.run(s.repetitions());

    const reference awaited{"c", f.at("c")};
    to.add(
        {"6",
         "read_some of 64 visible bytes",
         f.at("read_some"),
         "ns",
         reference{"p", f.at("p")},
         at_most(0.12),
         {}});
    to.add(
        {"7a",
         "co_await async_read_some of 64 visible bytes",
         f.at("async_read_some"),
         "ns",
         awaited,
         at_most(1.1),
         {}});
    row immediate{"7b", "the same with an immediate executor", {}, "ns", awaited, at_most(0.5), {}};
    if (const auto found = f.find("immediate"); found != f.end())
        immediate.value = found->second;
    else
        immediate.note = "needs Boost 1.82";
    to.add(immediate);
}

// The runs of a stream as they lie in memory, none larger than a read.
std::vector<asio::const_buffer> runs_of(filled& from)
{
    std::vector<asio::const_buffer> runs;
    from.reader_.seek(0);
    while (from.reader_.lag() != 0)
        for (const asio::const_buffer b : from.reader_.read_view(large_piece))
            runs.push_back(b);
    return runs;
}

sample copy_reads(filled& from, std::vector<char>& to)
{
    from.reader_.seek(0);
    return timed(from.stream_.size(), [&] {
        while (from.reader_.lag() != 0)
            keep(from.reader_.read_some(asio::buffer(to)));
    });
}

sample copy_runs(const std::vector<asio::const_buffer>& runs, std::vector<char>& to)
{
    return timed(asio::buffer_size(runs), [&] {
        for (const asio::const_buffer run : runs)
        {
            std::memcpy(to.data(), run.data(), run.size());
            keep(to.data());
        }
    });
}

sample walk_views(filled& from)
{
    from.reader_.seek(0);
    return timed(from.stream_.size(), [&] {
        while (from.reader_.lag() != 0)
            keep(from.reader_.read_view(large_piece).begin()->data());
    });
}

void large(const settings& s, report& to, filled& from)
{
    const std::vector<asio::const_buffer> runs = runs_of(from);
    std::vector<char> buffer(large_piece);
    comparison c;
    c.add("memcpy", [&] { return copy_runs(runs, buffer); });
    c.add("reads", [&] { return copy_reads(from, buffer); });
    c.add("views", [&] { return walk_views(from); });
    const figures f = c.run(s.repetitions(11));

    const std::string size = std::to_string(from.stream_.size() >> 20) + " MiB";
    const double rate = 1 / f.at("reads"); // bytes per nanosecond
    to.add(
        {"9",
         "copying " + size + " out, 64 KiB at a time",
         rate,
         "GB/s",
         reference{"memcpy", 1 / f.at("memcpy")},
         at_least(0.9),
         {}});
    to.add(
        {"10",
         "walking " + size + " by views of 64 KiB",
         1 / f.at("views"),
         "GB/s",
         reference{"row 9", rate},
         at_least(20),
         {}});
}

struct random_place
{
    std::uint64_t offset;
    const void* address;
};

std::vector<random_place> random_places(filled& from)
{
    std::mt19937_64 chance(1);
    std::vector<random_place> places(100'000);
    for (random_place& p : places)
    {
        p.offset = chance() % (from.stream_.size() / piece) * piece;
        p.address = from.reader_.read_view_at(p.offset, piece).begin()->data();
    }
    return places;
}

void random(const settings& s, report& to, filled& from)
{
    const std::vector<random_place> places = random_places(from);
    std::array<char, piece> buffer;
    comparison c;
    c.add("loads", [&] {
        return timed(places.size(), [&] {
            for (const random_place& p : places)
            {
                std::memcpy(buffer.data(), p.address, piece);
                keep(buffer.data());
            }
        });
    });
    c.add("reads", [&] {
        return timed(places.size(), [&] {
            for (const random_place& p : places)
                keep(from.reader_.read_some_at(p.offset, asio::buffer(buffer)));
        });
    });
    const figures f = c.run(s.repetitions());
    to.add(
        {"15",
         "read_some_at of 64 bytes anywhere in " + std::to_string(from.stream_.size() >> 20) +
             " MiB",
         f.at("reads"),
         "ns",
         reference{"loads by hand", f.at("loads")},
         at_most(3),
         {}});
}

} // namespace

void reads(const settings& s, report& to)
{
    small(s, to);
    filled from(s.sized(std::uint64_t{1} << 30, std::uint64_t{1} << 26));
    large(s, to, from);
    random(s, to, from);
}

} // namespace bench
