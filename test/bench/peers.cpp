// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// Deliveries and memory, compared with other ways to do it.

#include "peers.hpp"

#include "heap.hpp"
#include "rooms.hpp"

#include <fstream>
#include <string>

namespace bench {

namespace {

// Memory that the process has in use, page by page: the stacks of threads are not asked of malloc.
double resident_bytes()
{
    std::ifstream file("/proc/self/smaps_rollup");
    for (std::string word; file >> word;)
        if (word == "Rss:")
        {
            double kilobytes = 0;
            file >> kilobytes;
            return kilobytes * 1024;
        }
    return 0;
}

// One way to serve so many readers.
template <class Readers>
class way
{
public:
    way(std::string name, std::size_t readers, double (*measure)()) : name_(std::move(name))
    {
        const double before = measure();
        served_ = std::make_unique<Readers>(readers);
        for (int i = 0; i != 3; ++i)
            served_->deliver();
        memory_ = (measure() - before) / static_cast<double>(readers);
    }

    void add_to(comparison& c, std::size_t readers, std::size_t deliveries)
    {
        const std::size_t appends = std::max<std::size_t>(1, deliveries / readers);
        c.add(name_, [=, this] {
            return wall_timed(appends * readers, [&] {
                for (std::size_t i = 0; i != appends; ++i)
                    served_->deliver();
            });
        });
    }

    void report_to(report& to, std::size_t readers, const figures& f) const
    {
        to.add(peer{name_, readers, 1e9 / f.at(name_), memory_});
    }

private:
    std::string name_;
    std::unique_ptr<Readers> served_;
    double memory_;
};

double heap_bytes()
{
    return static_cast<double>(used_heap().bytes);
}

class spool_readers
{
public:
    explicit spool_readers(std::size_t n) : readers_(context_, n) {}

    void deliver() { readers_.deliver(readers_.size()); }

private:
    asio::io_context context_;
    callback_audience readers_;
};

} // namespace

void peers(const settings& s, report& to)
{
    for (const std::size_t readers :
         {std::size_t{1}, std::size_t{100}, s.sized<std::size_t>(10'000, 1'000)})
    {
        way<spool_readers> spool("spool", readers, heap_bytes);
        way<thread_readers> threads("(a) a thread each", readers, resident_bytes);
        way<channel_readers> channels("(b) a channel each", readers, heap_bytes);
        way<queue_readers> queues("(c) a queue on a strand each", readers, heap_bytes);
        const auto all = [&](auto&& call) {
            call(spool);
            call(threads);
            call(channels);
            call(queues);
        };
        comparison c;
        all([&](auto& w) { w.add_to(c, readers, 10'000); });
        const figures f = c.run(s.repetitions(9));
        all([&](const auto& w) { w.report_to(to, readers, f); });
    }
}

} // namespace bench
