// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// What the model sees happen: landings, what handlers report, quiet, and the end of a context.

#include <spool/error.hpp>

#include "oracle.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>
#include <utility>

namespace spool::test {

namespace asio = boost::asio;

// A sequential read that has landed has moved its reader, unless that was sought, and only by what it read
// or lost. Whether it may have is known when the stream has been looked at, too.
void oracle::look_at(reader_model& r, const reader_statistics& now)
{
    if (!r.pending || now.waiting)
        return;
    operation& op = *std::exchange(r.pending, nullptr);
    landing l{&op, now.read - r.read, now.skipped - r.skipped, {}};
    r.read = now.read;
    r.skipped = now.skipped;
    if (op.what == kind::seek_end && !r.sought && now.offset != r.offset)
        l.moved_to = now.offset;
    expect(
        !op.dropped || (l.read == 0 && l.skipped == 0 && !l.moved_to),
        op,
        "C13: landed and was dropped");
    if (!op.dropped)
        landings_.push_back(l);
    if (!r.sought)
        r.offset = l.moved_to.value_or(r.offset + l.read + l.skipped);
    r.nearest = std::min(r.nearest, r.offset);
    r.furthest = std::max(r.furthest, r.offset);
}

// Only so can the operation be reported now.
void oracle::settle(const landing& l)
{
    operation& op = *l.op;
    expect(op.now != phase::waiting, op, "landed before anything happened");
    op.settled = true;
    const std::uint64_t n = l.moved_to.value_or(l.read);
    if (l.moved_to || l.read != 0)
    {
        check(op, {}, n);
        op.may.narrow({}, n);
    }
    else if (l.skipped != 0)
    {
        check(op, errc::gap, 0);
        op.may.narrow(errc::gap, 0);
        const std::uint64_t stands_at = op.offset + l.skipped;
        expect(base_before_ <= stands_at && stands_at <= base_, op, "C39: landed behind a gap");
    }
    else if (op.what != kind::seek_end)
    {
        op.may.remove({});
        op.may.remove(errc::gap);
        expect(!op.may.empty(), op, "landed without its bytes");
    }
}

void oracle::follow(const stream_statistics& now)
{
    expect(now.waiting_writers <= queue_.size(), "C83: more writers wait than there are");
    serve(queue_.size() - now.waiting_writers, now.size);
    expect_same(now.size, size(), "size of the stream");
    expect_same(now.base, base_, "base of the stream");
    follow();
}

void oracle::follow()
{
    look();
    for (const landing& l : landings_)
        settle(l);
    landings_.clear();
    base_before_ = base_;
    for (const auto& r : readers_)
        r->nearest = r->furthest = r->offset;
    watch();
}

void oracle::report(operation& op, error_code ec, std::uint64_t n)
{
    expect(op.now != phase::over, op, "C51: reported twice");
    if (is_ending(op.what) && !ec && !drained_ && may_be_drained())
        complete_drains();
    expect(op.now == phase::decided, op, "completed with nothing having happened");
    check(op, ec, n);
    if (op.reader && op.reader->pending == &op)
    {
        reader_model& r = *op.reader;
        expect(!r.open, op, "reported before it has landed");
        r.pending = nullptr;
        if (op.what != kind::seek_end)
            r.read += n;
        lost_count_ = lost_count_ || ec == make_error_code(errc::gap);
    }
    finish(op);
}

void oracle::finish(operation& op)
{
    op.now = phase::over;
    std::erase(live_, &op);
}

void oracle::drop(operation& op)
{
    op.dropped = true;
    lost_count_ = lost_count_ || (op.reader && op.reader->pending == &op && !op.reader->open);
    finish(op);
}

bool oracle::waits_for_sure(const operation& op) const noexcept
{
    return op.now == phase::waiting && !(is_ending(op.what) && may_be_drained());
}

// Who might have had a turn has had it, and waits still.
void oracle::become_quiet()
{
    for (operation* op : live_)
    {
        op->in_turn = false;
        if (op->settled || !op->may_wait || !is_read(op->what))
            continue;
        op->may.clear();
        op->now = phase::waiting;
        if (op->what != kind::read_at || !limits_.has_options())
            continue;
        const std::uint64_t n = std::min(op->wanted, available(op->offset));
        op->got_most = n;
        const std::uint64_t lost = base_ > op->offset ? base_ - op->offset : 0;
        const std::uint64_t behind = limits_.step() - 1;
        op->got_least = std::max({op->got_least, lost, n > behind ? n - behind : 0});
    }
}

// The end of an execution context.

namespace {

bool belongs(const operation& op, std::size_t context)
{
    return op.handle_context == context || op.handler_context == context;
}

} // namespace

bool oracle::loses_region(std::size_t context) const noexcept
{
    return lent_.holder && belongs(*lent_.holder, context);
}

void oracle::end_context(std::size_t context)
{
    for (operation* op : live_)
    {
        const bool stored = op->parked && op->handle_context == context;
        op->must_drop = op->handler_context == context || (stored && waits_for_sure(*op));
        op->may_drop = stored && !op->must_drop;
        if (op->must_drop)
            cancel(*op);
    }
}

void oracle::region_lost()
{
    if (lent_.holder && lent_.holder->dropped)
        lent_ = {};
}

} // namespace spool::test
