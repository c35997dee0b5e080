// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// How long a batch holds its context: the longest time between two runs of a function on it.

#include "audience.hpp"
#include "rooms.hpp"

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

namespace bench {

namespace {

// Runs on the context again and again until something is done.
class ticker
{
public:
    ticker(asio::io_context& context, std::function<bool()> done)
        : executor_(context.get_executor()), done_(std::move(done))
    {
    }

    // The longest time between two runs, in milliseconds.
    double run(asio::io_context& context)
    {
        last_ = thread_time();
        asio::post(executor_, [this] { tick(); });
        context.poll();
        return longest_ / 1e6;
    }

private:
    void tick()
    {
        const double now = thread_time();
        longest_ = std::max(longest_, now - last_);
        last_ = now;
        if (!done_())
            asio::post(executor_, [this] { tick(); });
    }

    asio::any_io_executor executor_;
    std::function<bool()> done_;
    double last_ = 0;
    double longest_ = 0;
};

double longest_while_waking(asio::io_context& context, callback_audience& readers)
{
    bool appended = false;
    ticker t(context, [&] { return appended && readers.all_served(); });
    asio::post(context, [&] {
        readers.append();
        appended = true;
    });
    return t.run(context);
}

// A reader at full speed from the beginning to the end of a stream.
double longest_while_reading(std::size_t size, std::size_t at_once)
{
    asio::io_context context;
    spool::stream stream(context);
    const std::vector<char> some(std::size_t{1} << 20, 's');
    while (stream.size() < size)
        stream.append(asio::buffer(some));
    stream.close();

    spool::reader reader = stream.make_reader();
    std::vector<char> buffer(at_once);
    bool done = false;
    std::function<void()> read = [&] {
        reader.async_read_some(asio::buffer(buffer), [&](error_code ec, std::size_t) {
            done = static_cast<bool>(ec);
            if (!done)
                read();
        });
    };
    read();
    return ticker(context, [&] { return done; }).run(context);
}

// Of the run that was disturbed least: a hypervisor may take the processor away at any time, unseen by
// every clock here, while what holds the context by itself does so in every run.
template <class Function>
double longest_of(int runs, Function&& run)
{
    double least = run();
    for (int i = 1; i != runs; ++i)
        least = std::min(least, run());
    return least;
}

} // namespace

void fairness(const settings& s, report& to)
{
    const std::string held = "longest time between two turns of a context: ";
    const auto woken = [&](const char* number, std::size_t n) {
        asio::io_context context;
        callback_audience readers(context, n);
        const double longest =
            longest_of(s.repetitions(9), [&] { return longest_while_waking(context, readers); });
        to.add(
            {number,
             held + std::to_string(n) + " readers woken",
             longest,
             "ms",
             {},
             at_most(1),
             {}});
    };
    woken("F1", s.sized<std::size_t>(10'000, 1'000));
    woken("F2", s.sized<std::size_t>(1'000'000, 10'000));

    const std::size_t size = s.sized(std::size_t{100} << 20, std::size_t{10} << 20);
    const double longest = longest_of(
        s.repetitions(9), [=] { return longest_while_reading(size, std::size_t{1} << 20); });
    to.add(
        {"F3",
         held + "a reader at full speed",
         longest,
         "ms",
         {},
         at_most(1),
         "it reads 1 MiB at a time"});
}

} // namespace bench
