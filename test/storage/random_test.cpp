// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// Random schedules of a stream of which memory holds little: appends at every level, reads of all kinds,
// cancellations, calls of the storage and handlers in any order, reads that fail. Whatever happens, the
// bytes are right, and what was acknowledged is kept.

#include "support/chance.hpp"
#include "support/deterministic_executor.hpp"
#include "support/environment.hpp"
#include "world.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>

namespace spool::test {

namespace {

class schedule
{
public:
    explicit schedule(std::uint64_t seed)
        : chance_(seed), disk_(chance_), context_(chance_), kept_(std::make_shared<kept_bytes>()),
          stream_(
              context_.get_executor(),
              fake_storage(kept_),
              options{chance_.below(2 * disk_world::mib), disk_.get_executor()})
    {
        for (int i = 0; i != 3; ++i)
            readers_.push_back(stream_.make_reader());
    }

    void play()
    {
        for (int step = 0; step != 120; ++step)
            act();
        kept_->read_error = {};
        run(); // the appends that wait
        stream_.close();
        run();
        check(pending_ == 0, "an operation is left");
        check(kept_->finished && kept_->bytes == all_, "the storage has something else");
        for (reader& r : readers_)
            r.close();
        run();
    }

private:
    static void check(bool holds, const char* what) { BOOST_TEST_REQUIRE(holds, what); }

    void run()
    {
        while (disk_.run_one() || context_.run_one())
        {
        }
    }

    void act()
    {
        switch (chance_.below(10))
        {
        case 0:
        case 1:
            return append();
        case 2:
        case 3:
            return read();
        case 4:
            return read_at_once();
        case 5:
            if (!signals_.empty())
                signals_[chance_.below(signals_.size())].emit(asio::cancellation_type::total);
            return;
        case 6:
            kept_->read_error = chance_.below(4) == 0 ? cause : error_code();
            return;
        default:
            for (std::size_t n = chance_.below(8); n != 0; --n)
                chance_.coin() ? disk_.run_one() : context_.run_one();
        }
    }

    std::size_t some_size() { return 1 + chance_.below(chance_.below(4) == 0 ? 300'000 : 3000); }

    // Appends take their place in the order in which they are started.
    void append()
    {
        const auto to = static_cast<level>(chance_.below(3));
        const auto bytes = std::make_shared<std::string>(bytes_at(all_.size() * 7, some_size()));
        all_ += *bytes;
        ++pending_;
        const auto done = [this, to, bytes, end = all_.size()](error_code ec, std::size_t n) {
            --pending_;
            check(!ec && n == bytes->size(), "an append has failed");
            check(to != level::written || kept_->bytes.size() >= end, "not written");
            check(to != level::synced || kept_->synced >= end, "not synced");
        };
        stream_.async_append(asio::buffer(*bytes), to, done);
    }

    // What a read may end with, besides its bytes.
    static bool may_be(error_code ec)
    {
        return ec == cause || ec == asio::error::operation_aborted || ec == asio::error::eof ||
               ec == errc::read_pending;
    }

    bool is_right(std::uint64_t offset, std::string_view bytes) const
    {
        return bytes.empty() ||
               all_.compare(static_cast<std::size_t>(offset), bytes.size(), bytes) == 0;
    }

    template <class Start>
    void start(Start start_it)
    {
        ++pending_;
        asio::cancellation_signal& signal = signals_.emplace_back();
        start_it(signal.slot());
    }

    void read()
    {
        reader& r = readers_[chance_.below(readers_.size())];
        const std::uint64_t at = chance_.below(all_.size() + 1000);
        const auto room = std::make_shared<std::string>(some_size(), ' ');
        const auto done = [this, at, room](error_code ec, std::size_t n) {
            --pending_;
            check(!ec || may_be(ec), "an error that may not be");
            check(is_right(at, std::string_view(*room).substr(0, n)), "wrong bytes");
        };
        const auto viewed = [this, at](error_code ec, view v) {
            --pending_;
            check(!ec || may_be(ec), "an error that may not be");
            std::string bytes(v.size(), ' ');
            asio::buffer_copy(asio::buffer(bytes), v);
            check(is_right(at, bytes), "wrong bytes");
        };
        const std::size_t what = chance_.below(3);
        start([&](asio::cancellation_slot slot) {
            const auto bound = [slot](auto h) { return asio::bind_cancellation_slot(slot, h); };
            if (what == 0)
                r.async_read_some_at(at, asio::buffer(*room), bound(done));
            else if (what == 1)
                r.async_read_at(at, asio::buffer(*room), bound(done));
            else
                r.async_read_view_at(at, room->size(), bound(viewed));
        });
    }

    void read_at_once()
    {
        reader& r = readers_[chance_.below(readers_.size())];
        r.seek(chance_.below(all_.size() + 1));
        const std::uint64_t at = r.offset();
        std::string room(some_size(), ' ');
        error_code ec;
        const std::size_t n = r.read_some(asio::buffer(room), ec);
        check(r.offset() == at + n && (n == 0) == ec.failed(), "the offset");
        check(is_right(at, std::string_view(room).substr(0, n)), "wrong bytes");
    }

    chance chance_;
    deterministic_context disk_;
    deterministic_context context_;
    std::shared_ptr<kept_bytes> kept_;
    std::deque<asio::cancellation_signal> signals_;
    stream stream_;
    std::deque<reader> readers_;
    std::string all_;
    std::size_t pending_ = 0;
};

BOOST_AUTO_TEST_SUITE(storage_random)

BOOST_AUTO_TEST_CASE(whatever_happens_the_bytes_are_right_and_kept)
{
    const std::uint64_t schedules = share_of(1000);
    for (std::uint64_t seed = 1; seed <= schedules; ++seed)
        BOOST_TEST_CONTEXT("SPOOL_SEED=" << seed)
        {
            schedule(seed).play();
        }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::test
