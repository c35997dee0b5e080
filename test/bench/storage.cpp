// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// Streams in files, compared with plain loops over the same file system.

#include <spool/transfer.hpp>

#include "audience.hpp"
#include "connections.hpp"
#include "files.hpp"
#include "rooms.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <array>
#include <atomic>
#include <cerrno>
#include <fstream>
#include <functional>
#include <poll.h>
#include <stdexcept>
#include <string>
#include <sys/sendfile.h>
#include <system_error>
#include <thread>
#include <vector>

// GCC 12 takes Asio's operator new and delete of a coroutine for a mismatch.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

namespace bench {

namespace {

using spool::level;

constexpr std::size_t kib = std::size_t{1} << 10;
constexpr std::size_t mib = kib << 10;

// Appends pieces until there are enough, as one of those that do so at the same time.
struct appender
{
    spool::stream& stream;
    const std::string& piece;
    std::size_t& left;
    level reached;

    void go_on() const
    {
        if (left == 0)
            return;
        --left;
        stream.async_append(asio::buffer(piece), reached, *this);
    }

    void operator()(error_code ec, std::size_t) const
    {
        if (ec)
            throw boost::system::system_error(ec);
        go_on();
    }
};

// `n` pieces, `in_flight` of them at a time.
sample
append_all(scratch& to, std::size_t piece, std::size_t n, std::size_t in_flight, level reached)
{
    to.clear();
    asio::io_context context;
    spool::stream s(context, spool::file_storage(to.name(), spool::file_mode::create));
    const std::string bytes(piece, 's');
    std::size_t left = n;
    return wall_timed(n, [&] {
        for (std::size_t i = 0; i != in_flight; ++i)
            appender{s, bytes, left, reached}.go_on();
        context.run();
    });
}

// The same without waiting, as long as there is room. The readers have a thread of their own, and read
// what is new; those that keep up with it read together with the writer.
// It may also only ask for the size, all the time.
sample append_small(
    scratch& to,
    std::size_t n,
    std::size_t readers,
    std::size_t keep_up,
    read_counts& counts,
    bool only_asks = false)
{
    to.clear();
    asio::io_context context, elsewhere;
    spool::stream s(context, counted_file(to.name(), spool::file_mode::create, counts));
    const std::string bytes(64, 's');
    std::vector<spool::reader> all;
    std::array<char, 64 * kib> room;
    std::function<void(std::size_t)> read = [&](std::size_t i) {
        all[i].async_read_some(asio::buffer(room), [&, i](error_code ec, std::size_t) {
            if (!ec && i >= keep_up)
                all[i].seek(all[i].size());
            if (!ec)
                read(i);
        });
    };
    for (std::size_t i = 0; i != keep_up + readers; ++i)
        all.push_back(s.make_reader((i < keep_up ? context : elsewhere).get_executor()));
    for (std::size_t i = 0; i != all.size(); ++i)
        read(i);
    std::atomic<bool> asks{only_asks};
    std::thread reading([&, r = s.make_reader()] {
        while (asks)
            keep(r.size());
        elsewhere.run();
    });
    const sample measured = timed(n, [&] {
        for (std::size_t i = 0; i != n;)
        {
            error_code ec;
            i += s.append(asio::buffer(bytes), ec) != 0;
            if (ec || (keep_up != 0 && i % 256 == 0))
            {
                context.restart();
                context.poll();
            }
        }
    });
    asks = false;
    s.close();
    context.restart();
    context.run();
    reading.join();
    return measured;
}

sample write_plainly(scratch& to, std::size_t piece, std::size_t n, bool synced)
{
    to.clear();
    plain_file file(to.name());
    const std::string bytes(piece, 's');
    return wall_timed(n, [&] {
        for (std::size_t i = 0; i != n; ++i)
        {
            file.write(i * piece, bytes.data(), piece);
            if (synced)
                file.sync();
        }
    });
}

std::string make_file(scratch& in, std::uint64_t size)
{
    const std::string name = in.name();
    plain_file file(name);
    const std::string bytes(mib, 's');
    for (std::uint64_t at = 0; at != size; at += mib)
        file.write(at, bytes.data(), mib);
    return name;
}

// Reads the whole with several readers that start together; `lent` is without copying the bytes again.
sample read_all(const std::string& name, std::size_t readers, bool lent, read_counts& counts)
{
    asio::io_context context;
    spool::stream s(context, counted_file(name, spool::file_mode::open, counts));
    const auto read = [&](spool::reader r) -> asio::awaitable<void> {
        std::vector<char> room(64 * kib);
        while (r.lag() != 0)
            if (lent)
                keep(co_await r.async_read_view(256 * kib, asio::use_awaitable));
            else
                keep(co_await r.async_read_some(asio::buffer(room), asio::use_awaitable));
    };
    return wall_timed(s.size(), [&] {
        for (std::size_t i = 0; i != readers; ++i)
            asio::co_spawn(context, read(s.make_reader()), asio::detached);
        context.run();
    });
}

sample read_plainly(const std::string& name, std::uint64_t size)
{
    plain_file file(name);
    std::vector<char> room(256 * kib);
    return wall_timed(size, [&] {
        for (std::uint64_t at = 0; at < size; at += room.size())
            keep(file.read(at, room.data(), room.size()));
    });
}

sample copy_file(connections& to, const std::string& name)
{
    spool::stream s(to.context_, spool::file_storage(name, spool::file_mode::open));
    spool::reader r = s.make_reader();
    std::uint64_t sent = 0;
    const sample measured = process_timed(s.size(), [&] {
        spool::async_copy(r, to.sockets_[0], [&](error_code, std::uint64_t n) { sent = n; });
        to.context_.restart();
        to.context_.run();
    });
    if (sent != s.size())
        throw std::logic_error("the client did not get the file");
    return measured;
}

sample send_plainly(connections& to, const std::string& name, std::uint64_t size)
{
    plain_file file(name);
    const int socket = to.sockets_[0].native_handle();
    return process_timed(size, [&] {
        for (off_t at = 0; static_cast<std::uint64_t>(at) != size;)
        {
            pollfd writable{socket, POLLOUT, 0};
            poll(&writable, 1, -1);
            if (sendfile(socket, file.descriptor(), &at, 2 * mib) < 0 && errno != EAGAIN)
                throw std::system_error(errno, std::generic_category(), "sendfile");
        }
    });
}

double resident_bytes()
{
    std::ifstream file("/proc/self/statm");
    double pages = 0;
    file >> pages >> pages;
    return pages * 4096;
}

// How much memory readers take that each read a little at a place of their own, in turns.
double memory_of_slow_readers(scratch& in, std::uint64_t size, std::size_t readers)
{
    const std::string name = in.name();
    plain_file(name).write(size - 1, "x", 1); // a hole, which is read as any file
    const double before = resident_bytes();
    read_counts counts;
    asio::io_context context;
    spool::stream s(context, counted_file(name, spool::file_mode::open, counts));
    std::vector<spool::reader> all;
    for (std::size_t i = 0; i != readers; ++i)
        all.push_back(s.make_reader(size / readers * i));
    std::vector<std::vector<char>> rooms(readers, std::vector<char>(4096));
    double most = 0;
    for (int round = 0; round != 20; ++round)
    {
        for (std::size_t i = 0; i != readers; ++i)
            all[i].async_read_some(asio::buffer(rooms[i]), [](error_code, std::size_t) {});
        context.restart();
        context.run();
        most = std::max(most, resident_bytes() - before);
    }
    return most;
}

void writing(const settings& s, report& to, scratch& in)
{
    const std::size_t n = s.sized(400'000, 20'000);
    const std::size_t synced = s.sized(2'000, 100);
    read_counts alone, followed;
    comparison c;
    c.add("visible", [&] { return append_small(in, n, 0, 0, alone); });
    c.add("followed", [&] { return append_small(in, n, 1000, 0, alone); });
    c.add("asked", [&] { return append_small(in, n, 0, 0, alone, true); });
    c.add("kept up with", [&] { return append_small(in, n, 0, 10, followed); });
    c.add("written", [&] { return append_all(in, 64, n, 64, level::written); });
    c.add("many written", [&] { return append_all(in, 64, n, 1024, level::written); });
    c.add("pwrite", [&] { return write_plainly(in, 64, n, false); });
    c.add("large", [&] { return append_all(in, 64 * kib, n / 64, 64, level::written); });
    c.add("large pwrite", [&] { return write_plainly(in, 64 * kib, n / 64, false); });
    c.add("synced", [&] { return append_all(in, 64, synced, 64, level::synced); });
    c.add("fdatasync", [&] { return write_plainly(in, 64, synced / 16, true); });
    const figures f = c.run(s.repetitions(5));
    const auto rate = [&](const char* name) { return 1e3 / f.at(name); };
    const reference one{"pwrite each", rate("pwrite")};
    to.add(
        {"S1",
         "appends of 64 bytes, visible",
         rate("visible"),
         "M/s",
         one,
         at_least(10),
         "of the writer's own time, that in which it waits for the file included"});
    to.add({"S2", "the same, written, 64 in flight", rate("written"), "M/s", one, at_least(4), {}});
    to.add({"S2b", "the same, 1,024 in flight", rate("many written"), "M/s", one, {}, {}});
    const double large = 64.0 * kib;
    to.add(
        {"S3",
         "appends of 64 KiB, written",
         large / f.at("large"),
         "GB/s",
         reference{"pwrite", large / f.at("large pwrite")},
         at_least(0.85),
         "64 in flight"});
    to.add(
        {"S4",
         "reads of the file by 10 readers that keep up",
         static_cast<double>(followed.calls),
         "calls",
         {},
         at_most(0),
         {}});
    to.add(
        {"S9",
         "appends of 64 bytes, 1,000 readers at the end",
         rate("followed"),
         "M/s",
         reference{"no reader", rate("visible")},
         at_least(0.8),
         "the writer's own time, that in which it waits for the file included"});
    to.add(
        {"S9b",
         "the same",
         rate("followed"),
         "M/s",
         reference{"another thread asks for the size", rate("asked")},
         {},
         "what it costs that another processor loads the size all the time, without any reader"});
    to.add(
        {"S10",
         "appends of 64 bytes, synced, 64 in flight",
         1e6 / f.at("synced"),
         "k/s",
         reference{"fdatasync each", 1e6 / f.at("fdatasync")},
         at_least(10),
         {}});
}

void reading(const settings& s, report& to, scratch& in)
{
    const std::uint64_t size = s.sized(1024 * mib, 32 * mib);
    const std::string name = make_file(in, size);
    read_counts one, eight, copied;
    int rounds_of_one = 0, rounds_of_eight = 0;
    comparison c;
    c.add("spool", [&] { return ++rounds_of_one, read_all(name, 1, true, one); });
    c.add("copied", [&] { return read_all(name, 1, false, copied); });
    c.add("pread", [&] { return read_plainly(name, size); });
    c.add("eight", [&] { return ++rounds_of_eight, read_all(name, 8, true, eight); });
    connections client(1);
    c.add("copy", [&] { return copy_file(client, name); });
    c.add("sendfile", [&] { return send_plainly(client, name, size); });
    const figures f = c.run(s.repetitions(5));
    const reference plain{"pread of 256 KiB", 1 / f.at("pread")};
    to.add(
        {"S5",
         "one reader of a file of " + std::to_string(size / mib) + " MiB, by views",
         1 / f.at("spool"),
         "GB/s",
         plain,
         at_least(0.85),
         "out of the page cache; bytes are copied once, as by pread"});
    to.add(
        {"S5b",
         "the same, copied 64 KiB at a time",
         1 / f.at("copied"),
         "GB/s",
         plain,
         {},
         "bytes are copied twice"});
    to.add(
        {"S6",
         "bytes read from the file by 8 readers at the same place",
         static_cast<double>(eight.bytes) / rounds_of_eight / 1e6,
         "MB",
         reference{"one reader", static_cast<double>(one.bytes) / rounds_of_one / 1e6},
         at_most(1.1),
         {}});
    to.add(
        {"S7",
         "async_copy of the file to a TCP client",
         1 / f.at("copy"),
         "GB/s",
         reference{"plain sendfile", 1 / f.at("sendfile")},
         at_least(0.9),
         "per second of the sending process's CPU time"});
    to.add(
        {"S8",
         "memory of 100 slow readers at 100 places of a file of 4 GiB",
         memory_of_slow_readers(in, std::uint64_t{4} << 30, 100) / 1e6,
         "MB",
         {},
         at_most(64 * 1.048576),
         {}});
}

} // namespace

void storage(const settings& s, report& to)
{
    scratch in;
    writing(s, to, in);
    reading(s, to, in);
}

} // namespace bench
