// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// Waking readers that wait.

#include "audience.hpp"
#include "posts.hpp"
#include "rooms.hpp"

#include <algorithm>
#include <deque>
#include <functional>
#include <string>

namespace bench {

namespace {

constexpr std::size_t deliveries = 20'000; // in a round

// The writer appends when the reader has got what was appended before.
sample ping()
{
    asio::io_context context;
    spool::stream stream(context);
    spool::reader reader = stream.make_reader();
    std::array<char, piece> buffer;
    std::size_t left = deliveries;
    std::function<void()> next = [&] {
        reader.async_read_some(asio::buffer(buffer), [&](error_code, std::size_t) {
            if (--left != 0)
                next();
        });
        stream.append(bytes());
    };
    return timed(deliveries, [&] {
        next();
        context.run();
    });
}

// The append alone: the writer's own time. It is short for a clock, so that several streams are appended
// to in a row, and the median is taken of several such rows.
class waited_for
{
public:
    waited_for(std::size_t streams, std::size_t readers)
    {
        for (std::size_t i = 0; i != streams; ++i)
            all_.emplace_back(context_, readers);
    }

    sample round(int times)
    {
        std::vector<double> rows;
        for (int i = 0; i != times; ++i)
        {
            asio::post(context_, [&] {
                const double begin = wall_time();
                for (callback_audience& a : all_)
                    a.append();
                rows.push_back(wall_time() - begin);
            });
            context_.poll();
        }
        return {median(std::move(rows)), static_cast<double>(all_.size())};
    }

private:
    asio::io_context context_;
    std::deque<callback_audience> all_;
};

void one_thousand(const settings& s, report& to)
{
    asio::io_context context;
    callback_audience callbacks(context, 1'000);
    coroutine_audience coroutines(context, 1'000);

    comparison c;
    c.add("p", posts);
    c.add("c", [] { return awaits(1'000); });
    c.add("callback", [&] { return callbacks.round(deliveries); });
    c.add("coroutine", [&] { return coroutines.round(deliveries); });
    c.add("ping", ping);
    const figures f = c.run(s.repetitions());

    const reference p{"p", f.at("p")};
    to.add(
        {"1",
         "delivery to 1,000 waiting readers, callback",
         f.at("callback"),
         "ns",
         p,
         at_most(0.7),
         "append, wake, copy of 64 bytes, handler, and the next read"});
    to.add(
        {"2",
         "delivery to 1,000 waiting readers, coroutine",
         f.at("coroutine"),
         "ns",
         reference{"c", f.at("c")},
         at_most(1.1),
         {}});
    to.add(
        {"3",
         "one reader, one writer: append to handler",
         f.at("ping"),
         "ns",
         p,
         at_most(2.5),
         {}});
}

void writers_time(const settings& s, report& to)
{
    const std::size_t readers = s.sized<std::size_t>(10'000, 1'000);
    waited_for all(s.sized<std::size_t>(8, 2), readers);

    comparison c;
    c.add("p", posts);
    c.add("append", [&] { return all.round(s.sized(11, 3)); });
    const figures f = c.run(s.repetitions(11));
    to.add(
        {"5",
         "append while " + std::to_string(readers) + " readers wait",
         f.at("append"),
         "ns",
         reference{"p", f.at("p")},
         at_most(8),
         "the writer's own time: the readers are served by their context"});
}

// What a delivery costs with ever more readers.
void by_readers(const settings& s, report& to)
{
    const std::size_t most = s.sized<std::size_t>(1'000'000, 10'000);
    asio::io_context context;
    std::deque<callback_audience> all;
    comparison c;
    for (std::size_t n = 1; n <= most; n *= 10)
    {
        callback_audience& readers = all.emplace_back(context, n);
        c.add(std::to_string(n), [&] { return readers.round(deliveries); });
    }
    const figures f = c.run(s.repetitions(11));
    for (const callback_audience& readers : all)
        to.add(point{
            "nanoseconds per delivery, by readers",
            static_cast<double>(readers.size()),
            f.at(std::to_string(readers.size()))});
    to.add(
        {"18",
         "delivery to " + std::to_string(most) + " waiting readers, all served",
         f.at(std::to_string(most)),
         "ns",
         reference{"1,000 readers", f.at("1000")},
         at_most(3),
         {}});
}

} // namespace

void wakes(const settings& s, report& to)
{
    one_thousand(s, to);
    writers_time(s, to);
    by_readers(s, to);
}

} // namespace bench
