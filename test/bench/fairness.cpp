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

// The longest of several runs; the first one, which finds memory and caches cold, counts too.
template <class Function>
double longest_of(int runs, Function&& run)
{
    double longest = 0;
    for (int i = 0; i != runs; ++i)
        longest = std::max(longest, run());
    return longest;
}

} // namespace

void fairness(const settings& s, report& to)
{
    const std::string held = "a context held, longest: ";
    for (const std::size_t n : {10'000, s.sized(1'000'000, 100'000)})
    {
        asio::io_context context;
        callback_audience readers(context, n);
        to.add(
            {"F" + std::to_string(n),
             held + std::to_string(n) + " readers woken",
             longest_of(s.repetitions(5), [&] { return longest_while_waking(context, readers); }),
             "ms",
             {},
             at_most(1),
             {}});
    }
    const std::size_t size = s.sized(std::size_t{100} << 20, std::size_t{10} << 20);
    to.add(
        {"Fread",
         held + "a reader at full speed",
         longest_of(
             s.repetitions(5), [=] { return longest_while_reading(size, std::size_t{1} << 20); }),
         "ms",
         {},
         at_most(1),
         "1 MiB at a time"});
}

} // namespace bench
