// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// The actions of bounded streams, and what is seen of all of them.

#include "world.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>
#include <chrono>

namespace spool::test {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t enough = std::size_t{64}
                               << 20; // of memory, for no writer to wait for the storage

} // namespace

// Limits so small that what is written often goes over them.
retention world::some_retention()
{
    const std::uint64_t limit = one_in(16) ? chance_.below(512) : 512 + chance_.below(3585);
    switch (chance_.below(6))
    {
    case 0:
        return retain_all;
    case 1:
    case 2:
        return retain_last(limit);
    default:
        return retain_unread(limit);
    }
}

stream world::make_stream(const asio::any_io_executor& executor, bool bounded)
{
    options chosen{enough, disk_.executor()};
    if (bounded)
    {
        chosen.retain = some_retention();
        stall_limit_ = one_in(3) ? 0s : 10s;
        chosen.stall_limit = stall_limit_;
        chosen.stall_alarm = clock_;
        const bool is_small = chosen.retain.limit() != UINT64_MAX;
        longest_ = is_small && !one_in(4) ? chosen.retain.limit() + 200 : longest_;
        long_share_ = 2;
    }
    if (!bounded && !kept_)
        return stream(executor);
    oracle_.begin(limits(chosen.retain), stall_limit_);
    return kept_ ? kept_->make(executor, chosen) : stream(executor, chosen);
}

void world::set_retention()
{
    const auto box = some_writer();
    if (!box)
        return;
    const retention chosen = some_retention();
    error_code ec = old_error;
    {
        const library_call here(depth_);
        box->handle.set_retention(chosen, ec);
    }
    tally_.count_only("set_retention", ec); // there are streams that cannot
    trace(
        "set_retention %d %llu: %s",
        static_cast<int>(chosen.what()),
        static_cast<unsigned long long>(chosen.limit()),
        ec.message().c_str());
    expect_same(
        ec,
        box->open ? oracle_.set_retention(chosen) : error_code(asio::error::bad_descriptor),
        "set_retention");
}

void world::set_tethered()
{
    const auto box = some_reader();
    if (!box)
        return;
    const bool tethered = one_in(2);
    tally_.note(tethered ? "tether a reader" : "untether a reader", error_code());
    trace("set_tethered %d", tethered);
    reader_model& r = *box->model;
    const library_call here(depth_);
    box->handle.set_tethered(tethered);
    r.tethered = tethered && r.open && !r.cut_off && oracle_.kept().has_options();
}

void world::let_time_pass()
{
    if (stall_limit_ == 0s)
        return;
    const auto by = one_in(4) ? 10s : std::chrono::seconds(chance_.below(6));
    const bool rings = oracle_.advance(by);
    tally_.note(rings ? "the alarm rings" : "time passes", error_code());
    trace("%lld seconds pass", static_cast<long long>(by.count()));
    const library_call here(depth_);
    expect(clock_->advance(by) == rings, "C81: when the alarm rings");
}

// Tells the model what has happened since the last time.
void world::observe()
{
    for (const reader_place& place : readers_)
        if (const auto box = place.known.lock(); box && box->model->open)
            oracle_.look_at(*box->model, box->handle.statistics());
    for (const writer_place& place : writers_)
        if (const auto box = place.known.lock(); box && box->open)
        {
            oracle_.follow(box->handle.statistics());
            if (stall_limit_ != 0s && contexts_[own_context_])
                expect(!!clock_->rings == oracle_.is_stalled(), "C81: whether the alarm is set");
            return;
        }
    oracle_.follow();
}

// A closed reader counts until the last of its operations has finished, so some numbers are known only when
// nothing is left to run.
void world::check_statistics(const stream_statistics& now, bool quiet) const
{
    stream_statistics expected;
    expected.slowest = oracle_.size();
    for (const auto& r : oracle_.readers())
    {
        expected.read += r->read;
        expected.skipped += r->skipped;
        if (!r->open)
            continue;
        ++expected.readers;
        expected.waiting_readers += r->pending != nullptr;
        expected.slowest = std::min(expected.slowest, r->offset);
    }
    const auto& lent = oracle_.lent();
    if (!lent.holder)
        expect_same(now.lent, lent.lent ? lent.size : 0, "the region that is lent");
    expect(now.readers >= expected.readers && now.slowest <= expected.slowest, "readers");
    if (quiet)
    {
        expect_same(now.readers, expected.readers, "how many readers there are");
        expect_same(now.waiting_readers, expected.waiting_readers, "how many readers wait");
        expect_same(now.slowest, expected.slowest, "the slowest reader");
    }
    if (quiet && !oracle_.has_lost_count())
    {
        expect_same(now.read, expected.read, "how much was read");
        expect_same(now.skipped, expected.skipped, "how much was skipped");
    }
    if (oracle_.kept().has_options() && !kept_)
        check_memory(now);
}

// C82: what a new limit does not allow stays only as long as readers keep it.
void world::check_memory(const stream_statistics& now) const
{
    const limits& kept = oracle_.kept();
    const std::uint64_t needed = kept.up(oracle_.size() + 1) - kept.down(oracle_.base());
    expect(
        now.resident <= std::max(kept.capacity(), needed),
        "C82: memory for the bytes of the stream");
    const auto views =
        std::count_if(oracle_.live().begin(), oracle_.live().end(), [](const operation* op) {
            return is_view(op->what) || op->what == kind::prepare;
        });
    const std::uint64_t most =
        view::max_buffers * (views_.size() + static_cast<std::size_t>(views));
    expect(now.pinned <= kept.chunk() * (most + 1), "C82: memory that views keep");
}

} // namespace spool::test
