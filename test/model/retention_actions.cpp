// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// The actions of bounded streams.

#include "world.hpp"

#include <boost/asio/error.hpp>

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
    bounded_ = bounded;
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
    tally_.note("set_retention", ec);
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

} // namespace spool::test
