// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// Bounded streams, of which several threads read while the bytes go.

#include <spool/spool.hpp>

#include "support/chance.hpp"
#include "support/pattern.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace spool::test {

namespace {

namespace asio = boost::asio;

constexpr std::size_t limit = 4096;
constexpr std::uint64_t total = 4'000'000;

options bounded_by(const retention& retain)
{
    options chosen;
    chosen.retain = retain;
    return chosen;
}

// Reads to the end without waiting, a different amount each time. Whether every byte was right, and all
// that was not read was told.
bool reads_or_is_told(reader r, std::uint64_t seed)
{
    chance c(seed);
    bool is_right = true;
    error_code ec;
    while (ec != asio::error::eof)
    {
        std::string room(1 + c.below(limit), ' ');
        const std::uint64_t at = r.offset();
        const std::size_t n = r.read_some(asio::buffer(room), ec);
        is_right = is_right && room.substr(0, n) == bytes_at(at, n);
        is_right = is_right && (!ec || ec == errc::gap || ec == asio::error::eof ||
                                ec == asio::error::would_block);
        if (ec == errc::gap && c.below(2) == 0)
            r.seek(r.base()); // as near to what goes as can be
    }
    return is_right && r.offset() == total;
}

void append_all(stream& to)
{
    for (std::uint64_t size = 0; size != total;)
    {
        const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(100, total - size));
        size += to.append(asio::buffer(bytes_at(size, n)));
    }
    to.close();
}

BOOST_AUTO_TEST_SUITE(threads_bounded)

// C33 C39 C80
BOOST_AUTO_TEST_CASE(who_is_too_slow_is_told_and_nobody_reads_a_wrong_byte)
{
    asio::io_context context;
    stream s(context, bounded_by(retain_last(limit)));
    std::atomic<int> right{0};
    std::vector<std::thread> readers;
    for (std::uint64_t seed = 1; seed != 4; ++seed)
        readers.emplace_back([&right, seed, r = s.make_reader()]() mutable {
            right += reads_or_is_told(std::move(r), seed);
        });
    append_all(s);
    for (std::thread& t : readers)
        t.join();
    BOOST_TEST(right == 3);
}

// One that reads on and on, on whatever thread of a pool.
struct steady_reader
{
    explicit steady_reader(reader from) : r(std::move(from)) {}

    void read()
    {
        r.async_read_some(asio::buffer(room), [this](error_code ec, std::size_t n) {
            is_right = is_right && room.substr(0, n) == bytes_at(r.offset() - n, n);
            end = ec;
            if (!ec)
                read();
        });
    }

    reader r;
    std::string room = std::string(1000, ' ');
    bool is_right = true;
    error_code end;
};

struct steady_writer
{
    void append()
    {
        if (s.size() == total)
            return s.close();
        const std::size_t n = std::min<std::uint64_t>(300, total - s.size());
        bytes = bytes_at(s.size(), n);
        s.async_append(asio::buffer(bytes), [this](error_code ec, std::size_t) {
            if (!ec)
                append();
        });
    }

    stream& s;
    std::string bytes = {};
};

// C80 C81 C83: tethered readers get everything, however many threads there are.
BOOST_AUTO_TEST_CASE(writers_and_readers_wait_for_each_other)
{
    asio::thread_pool pool(3);
    stream s(pool, bounded_by(retain_unread(limit)));
    std::vector<steady_reader> readers;
    for (int i = 0; i != 4; ++i)
        readers.emplace_back(s.make_reader());
    steady_writer writer{s};
    for (steady_reader& r : readers)
        r.read();
    writer.append();
    pool.join();
    for (const steady_reader& r : readers)
    {
        BOOST_TEST((r.is_right && r.end == asio::error::eof));
        BOOST_TEST((r.r.offset() == total && r.r.skipped() == 0u));
    }
}

// C80 C83: readers that come, seek and go while a writer waits for them.
BOOST_AUTO_TEST_CASE(readers_come_and_go_while_a_writer_waits)
{
    asio::thread_pool pool(2);
    stream s(pool, bounded_by(retain_unread(limit)));
    std::atomic<bool> is_right{true};
    steady_writer writer{s};
    writer.append();
    std::vector<std::thread> others;
    for (std::uint64_t seed = 1; seed != 4; ++seed)
        others.emplace_back([&s, &is_right, seed] {
            chance c(seed);
            while (s.is_open())
            {
                reader r = s.make_reader(from_base);
                std::string room(1 + c.below(limit), ' ');
                error_code ec;
                const std::uint64_t at = r.offset();
                const std::size_t n = r.read_some(asio::buffer(room), ec);
                if (ec == errc::gap || room.substr(0, n) != bytes_at(at, n))
                    is_right = false;
                r.seek(at + c.below(limit));
            }
        });
    for (std::thread& t : others)
        t.join();
    pool.join();
    BOOST_TEST(is_right);
    BOOST_TEST(s.size() == total);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::test
