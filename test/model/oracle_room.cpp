// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// What the model knows of bounded streams: the base, the room for writers, and readers that stall.

#include <spool/error.hpp>

#include "oracle.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>

namespace spool::test {

namespace asio = boost::asio;

// How far those have passed that may hold up writers.
std::uint64_t oracle::passed(std::uint64_t reader_model::*where) const noexcept
{
    std::uint64_t least = limits::none;
    for (const auto& r : readers_)
        if (r->open && r->tethered)
            least = std::min(least, (*r).*where);
    return limits_.down(least);
}

// Whether a write of `n` bytes has to wait, also if it is the first.
bool oracle::is_blocked(std::uint64_t n, std::uint64_t passed) const noexcept
{
    return lent_.lent || n > room(passed);
}

// Readers that stand below the base have no bytes there to keep.
std::uint64_t oracle::room(std::uint64_t passed) const noexcept
{
    const std::uint64_t may_go = limits_.waits_for_readers() ? std::max(passed, base_) : size();
    return limits_.room(size(), may_go);
}

void oracle::take(std::string_view bytes)
{
    base_ = std::max(base_, limits_.least_base(size() + bytes.size()));
    bytes_.append(bytes);
    look();
}

// A region is within the chunk of the next byte.
void oracle::lend(std::uint64_t most, operation* holder)
{
    base_ = std::max(base_, limits_.least_base(size() + 1));
    lent_ = {true, holder, most, 0};
}

error_code oracle::set_retention(const retention& r)
{
    if (!limits_.has_options())
        return asio::error::operation_not_supported;
    if (!limits_.accepts(r))
        return asio::error::invalid_argument;
    limits_.change(r);
    const std::uint64_t may_go =
        limits_.waits_for_readers() ? passed(&reader_model::offset) : size();
    const std::uint64_t end = size() + (lent_.lent ? 1 : 0);
    base_ = std::max(base_, std::min(limits_.least_base(end), may_go));
    for (operation* op : live_)
        op->in_turn = op->in_turn || op->now == phase::waiting;
    look();
    return {};
}

// The first of them go on: at least those that have room now, and at most those for which there was any.
void oracle::serve(std::size_t served, std::uint64_t grown_to)
{
    const std::uint64_t most = passed(&reader_model::furthest);
    for (; served != 0; --served)
    {
        operation& op = *queue_.front();
        const std::uint64_t needed = op.what == kind::append && !op.some ? op.wanted : 1;
        const error_code ec = error_for(op, is_blocked(needed, most));
        expect(ec != make_error_code(asio::error::would_block), op, "C80: goes on without room");
        const std::uint64_t n = ec ? 0 : taken_by_first(served, grown_to);
        queue_.pop_front();
        if (ec)
            settle(op, ec);
        else
            accept(op, n);
    }
    if (queue_.empty())
        return;
    const operation& first = *queue_.front();
    const std::uint64_t needed = first.what == kind::append && !first.some ? first.wanted : 1;
    const error_code ec = error_for(first, is_blocked(needed, passed(&reader_model::offset)));
    expect(ec == make_error_code(asio::error::would_block), first, "C80: waits, and has room");
}

// How much the first one took, if it takes what there is room for. Where readers have moved that is not
// known, but what those behind it took. There is at most one such write in the queue, or it could not be told.
std::uint64_t oracle::taken_by_first(std::size_t served, std::uint64_t grown_to) const
{
    const operation& first = *queue_.front();
    const std::uint64_t least = std::min(first.wanted, room(passed(&reader_model::nearest)));
    const std::uint64_t most = std::min(first.wanted, room(passed(&reader_model::furthest)));
    if (!first.some || least == most)
        return std::min(first.wanted, most);
    std::uint64_t others = size();
    for (std::size_t i = 1; i != served; ++i)
        if (queue_[i]->what == kind::append)
            others += queue_[i]->wanted;
    const std::uint64_t n = grown_to > others ? grown_to - others : 0;
    expect(n != 0 && n >= least && n <= most, first, "C21: takes what there is room for");
    return n;
}

// A writer goes on that waited.
void oracle::accept(operation& op, std::uint64_t n)
{
    if (op.what == kind::prepare)
        return decide_prepare(op, room(passed(&reader_model::furthest)));
    settle(op, {}, n);
    take(std::string_view(op.bytes).substr(0, n));
}

// Readers that stall.

// Whether the first writer waits for readers. The alarm is set as long as one does.
void oracle::watch()
{
    const bool stalls = !queue_.empty() && !lent_.lent;
    if (stalls && !stalls_)
    {
        stalled_for_ = {};
        for (const auto& r : readers_)
            r->stalled = holds_up(*r) ? std::optional(limits_.down(r->offset)) : std::nullopt;
    }
    stalls_ = stalls;
}

// Whether the first writer waits for it.
bool oracle::holds_up(const reader_model& r) const noexcept
{
    const operation& first = *queue_.front();
    const std::uint64_t n = first.what == kind::append && !first.some ? first.wanted : 1;
    return r.open && r.tethered && limits_.down(r.offset) < limits_.least_base(size() + n);
}

bool oracle::advance(std::chrono::nanoseconds by)
{
    stalled_for_ += by;
    if (!stalls_ || stall_limit_.count() == 0 || stalled_for_ < stall_limit_)
        return false;
    stalls_ = false; // until it is set again
    for (const auto& r : readers_)
        if (holds_up(*r) && r->stalled == limits_.down(r->offset))
            cut_off(*r);
    return true;
}

// All that it reports from now on is the error; what has had its turn is reported as it is.
void oracle::cut_off(reader_model& r)
{
    r.cut_off = true;
    r.tethered = false;
    for (operation* op : live_)
    {
        if (op->reader.get() != &r || op->settled)
            continue;
        if (op == r.pending || (op->may_wait && !op->in_turn && !is_reached(*op)))
            settle(*op, errc::too_slow);
        op->may.add(errc::too_slow);
        op->settled = true;
        op->may_wait = false;
        op->now = phase::decided;
    }
}

} // namespace spool::test
