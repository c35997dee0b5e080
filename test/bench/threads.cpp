// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// Readers on several contexts with a thread each.

#include "audience.hpp"
#include "rooms.hpp"

#include <atomic>
#include <deque>
#include <string>
#include <thread>
#include <vector>

namespace bench {

namespace {

// All readers of a stream, spread over the contexts. The context that is the last to have got a piece
// appends the next, so there is no writer beside them.
class spread_audience
{
public:
    spread_audience(std::size_t contexts, std::size_t readers) : places_(contexts)
    {
        for (std::size_t i = 0; i != readers; ++i)
            places_[i * contexts / readers].add(*this, stream_);
        for (place& p : places_)
            p.start();
    }

    // Appends so often; the time from the first append to the last delivery.
    sample round(std::size_t appends)
    {
        left_ = appends;
        std::vector<std::thread> threads;
        const double begin = wall_time();
        append();
        for (place& p : places_)
            threads.emplace_back([&] {
                p.context_.restart();
                p.context_.run();
            });
        for (std::thread& t : threads)
            t.join();
        return {wall_time() - begin, static_cast<double>(appends * size())};
    }

    std::size_t size() const
    {
        std::size_t n = 0;
        for (const place& p : places_)
            n += p.readers_.size();
        return n;
    }

private:
    struct member;

    // A context, its readers and what they count, which other threads do not touch.
    struct alignas(128) place
    {
        void add(spread_audience& all, spool::stream& stream);
        void start();
        void delivered(spread_audience& all);

        asio::io_context context_;
        std::deque<member> readers_;
        std::size_t delivered_ = 0;
    };

    struct member
    {
        void start()
        {
            reader_.async_read_some(asio::buffer(buffer_), [this](error_code ec, std::size_t) {
                if (ec)
                    return;
                start();
                place_.delivered(all_);
            });
        }

        spread_audience& all_;
        place& place_;
        spool::reader reader_;
        std::array<char, piece> buffer_{};
    };

    void append()
    {
        due_ = places_.size();
        stream_.append(bytes());
    }

    void one_place_served()
    {
        if (due_.fetch_sub(1, std::memory_order_acq_rel) != 1)
            return;
        if (--left_ != 0)
            append();
        else
            for (place& p : places_)
                p.context_.stop();
    }

    std::deque<place> places_;
    spool::stream stream_{places_.front().context_};
    std::size_t left_ = 0; // counted down by the last place of each append
    std::atomic<std::size_t> due_{0};
};

void spread_audience::place::add(spread_audience& all, spool::stream& stream)
{
    readers_.push_back(member{all, *this, stream.make_reader(context_.get_executor())});
}

void spread_audience::place::start()
{
    for (member& m : readers_)
        m.start();
}

void spread_audience::place::delivered(spread_audience& all)
{
    if (++delivered_ % readers_.size() == 0)
        all.one_place_served();
}

} // namespace

void threads(const settings& s, report& to)
{
    const std::size_t readers = s.sized<std::size_t>(100'000, 1'000);
    const std::size_t appends = s.sized<std::size_t>(5, 5);
    spread_audience one(1, readers);
    spread_audience two(2, readers);
    spread_audience left(1, readers / 2);
    spread_audience right(1, readers / 2);
    comparison c;
    c.add("one", [&] { return one.round(appends); });
    c.add("two", [&] { return two.round(appends); });
    c.add("apart", [&] {
        return wall_timed(appends * readers, [&] {
            std::thread beside([&] { left.round(appends); });
            right.round(appends);
            beside.join();
        });
    });
    const figures f = c.run(s.repetitions());

    const double with_one = 1e3 / f.at("one"); // millions per second
    const double with_two = 1e3 / f.at("two");
    const double apart = 1e3 / f.at("apart");
    const std::string what = std::to_string(readers) + " readers on two contexts, a thread each";
    to.add(
        {"14",
         what,
         with_two,
         "M/s",
         reference{"one context", with_one},
         at_least(1.6),
         "it cannot be more than 14b, which is how much of two processors this machine gives"});
    to.add(
        {"14b",
         "the same on two streams that share nothing",
         apart,
         "M/s",
         reference{"one context", with_one},
         {},
         {}});
    to.add(point{"million deliveries per second, by threads", 1, with_one});
    to.add(point{"million deliveries per second, by threads", 2, with_two});
}

} // namespace bench
