// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// The readers' side of the model, and what handlers report.

#include "oracle.hpp"

#include <spool/error.hpp>

#include <boost/asio/error.hpp>

#include <algorithm>

namespace spool::test {

namespace asio = boost::asio;

namespace {

// A view of at most so many bytes is never cut short: four chunks hold more.
constexpr std::uint64_t whole_view = 28'000;

} // namespace

oracle::finding oracle::find_end(std::uint64_t back) const
{
    if (!final_size_)
        return {is_open(), cause_, 0};
    if (back > *final_size_)
        return {false, asio::error::invalid_argument, 0};
    return {false, {}, *final_size_ - back};
}

oracle::finding oracle::find(const operation& op) const
{
    if (op.what == kind::seek_end)
        return find_end(op.wanted);
    if (status_ == status::discarded)
        return {false, cause_, 0};
    const bool whole =
        op.what == kind::read_at || op.what == kind::wait || op.what == kind::wait_at;
    const std::uint64_t available = op.offset < size() ? size() - op.offset : 0;
    if (available >= (whole ? op.wanted : 1))
        return {false, {}, available};
    if (status_ == status::closed)
        return {false, asio::error::eof, available};
    return {is_open(), cause_, available};
}

verdict oracle::judge(const operation& op, const finding& f) const
{
    verdict v;
    v.error = f.error;
    if (op.what == kind::wait || op.what == kind::wait_at || op.what == kind::seek_end)
        v.low = f.available;
    else if (!f.error || op.what == kind::read_at)
        v.low = std::min(op.wanted, f.available);
    v.high = v.low;
    return v;
}

// Whether the operation ends before it looks at the stream.
bool oracle::refuse(operation& op) const
{
    const bool copies =
        op.what != kind::wait && op.what != kind::wait_at && op.what != kind::seek_end;
    op.may = {};
    if (!op.reader->open)
        op.may.error = asio::error::bad_descriptor;
    else if (copies && op.wanted == 0)
        op.may.error = {};
    else if (is_sequential(op.what) && op.reader->pending)
        op.may.error = errc::read_pending;
    else
        return false;
    return true;
}

// The offset to which the outcome of a sequential read moves the reader.
void oracle::land(operation& op, error_code ec, std::uint64_t n)
{
    if (!ec)
        op.reader->offset = op.what == kind::seek_end ? n : op.offset + n;
}

void oracle::start_read(operation& op)
{
    live_.push_back(&op);
    if (refuse(op))
        return;
    const finding f = find(op);
    if (f.waits)
    {
        wait(op);
        if (!is_sequential(op.what))
            return;
        op.reader->pending = &op;
        op.reader->sought = false;
        return;
    }
    op.may = judge(op, f);
    if (is_sequential(op.what))
        land(op, op.may.error, op.may.low);
}

void oracle::read_now(operation& op, error_code ec)
{
    const operation* const pending = op.reader->pending;
    if (pending && pending->now != phase::waiting && is_sequential(op.what) && op.wanted != 0 &&
        op.reader->open && ec != make_error_code(errc::read_pending))
        landed_unmoved(*op.reader);
    if (refuse(op))
        return;
    const finding f = find(op);
    if (f.waits)
        op.may.error = asio::error::would_block;
    else
        op.may = judge(op, f);
    if (!f.waits && is_sequential(op.what))
        land(op, op.may.error, op.may.low);
}

void oracle::check_now(const operation& op, error_code ec, std::uint64_t n) const
{
    expect(is_legal(op, ec, n), op, ("gave " + ec.message() + " and " + std::to_string(n)).c_str());
}

void oracle::seek(reader_model& r, std::uint64_t offset) noexcept
{
    if (!r.open)
        return;
    r.offset = offset;
    r.sought = true;
}

std::shared_ptr<reader_model> oracle::admitted(error_code ec, std::uint64_t offset)
{
    if (draining_ && removing_ && may_be_drained() && ec == make_error_code(errc::removed))
        complete_drains();
    error_code expected;
    if (removed_)
        expected = errc::removed;
    else if (draining_)
        expected = errc::draining;
    else if (status_ == status::discarded)
        expected = cause_;
    expect_same(ec, expected, "make_reader");
    auto made = std::make_shared<reader_model>(offset);
    made->open = !ec;
    if (!ec)
        readers_.push_back(made);
    return made;
}

void oracle::wait(operation& op)
{
    op.now = phase::waiting;
    op.parked = true;
}

void oracle::decide(operation& op, const verdict& v) noexcept
{
    op.now = phase::decided;
    op.may = v;
}

void oracle::cancel(operation& op)
{
    if (op.now != phase::waiting)
        return;
    verdict aborted;
    aborted.error = asio::error::operation_aborted;
    aborted.or_aborted = is_ending(op.what) && may_be_drained();
    if (op.what == kind::wait || op.what == kind::wait_at)
    {
        aborted.low = find(op).available; // and what comes until it completes
        aborted.growing = true;
    }
    decide(op, aborted);
    std::erase(queue_, &op);
}

void oracle::abort_operations(const reader_model* r)
{
    for (operation* op : live_)
        if (op->reader.get() == r)
            cancel(*op);
}

void oracle::cancel(const reader_model& r)
{
    if (r.open)
        abort_operations(&r);
}

void oracle::close(reader_model& r)
{
    if (!r.open)
        return;
    abort_operations(&r);
    r.open = false;
}

bool oracle::is_legal(const operation& op, error_code ec, std::uint64_t n) const
{
    const verdict& v = op.may;
    if (v.or_aborted)
        return n == 0 && (!ec || ec == v.error);
    if (v.growing && status_ == status::discarded && ec == (v.error ? v.error : cause_) && n == 0)
        return true;
    std::uint64_t high = v.high;
    if (v.growing)
    {
        const std::uint64_t available = op.offset < size() ? size() - op.offset : 0;
        high = is_sequential(op.what) || op.what == kind::read_some_at ||
                       op.what == kind::read_view_at || op.what == kind::read_at
                   ? std::min(op.wanted, available)
                   : available;
    }
    const bool lends = op.what == kind::read_view || op.what == kind::read_view_at;
    const std::uint64_t low = lends ? std::min(v.low, whole_view) : v.low;
    return ec == v.error && low <= n && n <= high;
}

void oracle::report(operation& op, error_code ec, std::uint64_t n)
{
    expect(op.now != phase::over, op, "C51: reported twice");
    if (is_ending(op.what) && !ec && !drained_ && may_be_drained())
        complete_drains();
    expect(op.now == phase::decided, op, "completed with nothing having happened");
    expect(
        is_legal(op, ec, n),
        op,
        ("reported " + ec.message() + " and " + std::to_string(n)).c_str());
    if (op.parked && is_sequential(op.what) && op.reader->pending == &op)
    {
        op.reader->pending = nullptr;
        if (!op.reader->sought)
            land(op, ec, n);
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
    finish(op);
}

// The reader was seen to have moved: the pending read has landed, and now only this can be reported.
void oracle::landed(reader_model& r, std::uint64_t offset)
{
    operation& op = *r.pending;
    const std::uint64_t n = op.what == kind::seek_end ? offset : offset - op.offset;
    expect(!r.sought && op.now != phase::waiting, op, "the offset moved before anything happened");
    expect(is_legal(op, {}, n), op, "C55: the offset moved to where no legal outcome leads");
    op.may = {};
    op.may.low = op.may.high = n;
    r.offset = offset;
    r.pending = nullptr;
}

// The next sequential read was accepted although the offset had not moved.
void oracle::landed_unmoved(reader_model& r)
{
    operation& op = *r.pending;
    r.pending = nullptr;
    if (r.sought || op.may.error || op.what == kind::seek_end)
        return;
    expect(op.may.growing && is_legal(op, cause_, 0), op, "a read landed without its bytes");
    op.may = {};
    op.may.error = cause_;
}

bool oracle::waits_for_sure(const operation& op) const noexcept
{
    return op.now == phase::waiting && !(is_ending(op.what) && may_be_drained());
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
    if (!lent_.holder || !lent_.holder->dropped)
        return;
    lent_ = {};
    serve_queue();
}

} // namespace spool::test
