// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// Ending single waits among many.

#include "audience.hpp"
#include "posts.hpp"
#include "rooms.hpp"

#include <algorithm>
#include <deque>
#include <random>
#include <string>
#include <vector>

namespace bench {

namespace {

constexpr std::size_t endings_in_a_round = 1'000;

// Readers that wait; some of them are closed, or their reads cancelled, anywhere among the others.
class crowd
{
public:
    explicit crowd(std::size_t n) : stream_(context_), chance_(1)
    {
        for (std::size_t i = 0; i != n; ++i)
            start(readers_.emplace_back(stream_.make_reader()));
    }

    std::size_t size() const noexcept { return readers_.size(); }

    sample close_some()
    {
        const std::vector<waiting*> chosen = choose();
        const sample s = timed(chosen.size(), [&] {
            for (waiting* w : chosen)
            {
                w->reader_.close();
                context_.poll();
            }
        });
        for (waiting* w : chosen)
            w->reader_ = stream_.make_reader();
        restart(chosen);
        return s;
    }

    sample cancel_some()
    {
        const std::vector<waiting*> chosen = choose();
        const sample s = timed(chosen.size(), [&] {
            for (waiting* w : chosen)
            {
                w->signal_.emit(asio::cancellation_type::terminal);
                context_.poll();
            }
        });
        restart(chosen);
        return s;
    }

private:
    struct waiting
    {
        explicit waiting(spool::reader r) : reader_(std::move(r)) {}

        spool::reader reader_;
        asio::cancellation_signal signal_;
        std::array<char, piece> buffer_;
        bool ended_ = false;
    };

    void start(waiting& w)
    {
        w.ended_ = false;
        w.reader_.async_read_some(
            asio::buffer(w.buffer_),
            asio::bind_cancellation_slot(w.signal_.slot(), [&w](error_code ec, std::size_t) {
                w.ended_ = ec == asio::error::operation_aborted;
            }));
    }

    void restart(const std::vector<waiting*>& chosen)
    {
        for (waiting* w : chosen)
        {
            if (!w->ended_)
                throw std::logic_error("a read was not cancelled");
            start(*w);
        }
    }

    // All different, and in no order.
    std::vector<waiting*> choose()
    {
        std::vector<waiting*> chosen;
        const std::size_t apart = readers_.size() / endings_in_a_round;
        for (std::size_t i = 0; i < readers_.size(); i += apart)
            chosen.push_back(&readers_[i + chance_() % apart]);
        std::shuffle(chosen.begin(), chosen.end(), chance_);
        return chosen;
    }

    asio::io_context context_;
    spool::stream stream_;
    std::deque<waiting> readers_;
    std::mt19937_64 chance_;
};

} // namespace

void endings(const settings& s, report& to)
{
    crowd readers(s.sized<std::size_t>(100'000, 10'000));
    comparison c;
    c.add("p", posts);
    c.add("close", [&] { return readers.close_some(); });
    c.add("cancel", [&] { return readers.cancel_some(); });
    const figures f = c.run(s.repetitions());

    const reference p{"p", f.at("p")};
    const std::string among = " of " + std::to_string(readers.size());
    to.add(
        {"16a",
         "closing one" + among + " waiting readers, to the handler",
         f.at("close"),
         "ns",
         p,
         at_most(15),
         {}});
    to.add(
        {"16b",
         "cancelling one" + among + " waiting reads, to the handler",
         f.at("cancel"),
         "ns",
         p,
         at_most(15),
         {}});
}

} // namespace bench
