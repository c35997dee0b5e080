// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// The readers' side of the model: what reads find, and what cancels them.

#include "oracle.hpp"

#include <spool/error.hpp>

#include <boost/asio/error.hpp>

#include <algorithm>

namespace spool::test {

namespace asio = boost::asio;

void oracle::begin(const limits& kept, std::chrono::nanoseconds stall_limit)
{
    limits_ = kept;
    stall_limit_ = stall_limit;
}

std::uint64_t oracle::available(std::uint64_t offset) const noexcept
{
    return offset < size() ? size() - offset : 0;
}

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
    if (op.offset < base_)
        return {false, errc::gap, 0};
    const std::uint64_t n = available(op.offset);
    if (n >= (is_wait(op.what) ? op.wanted : 1))
        return {false, {}, n};
    if (status_ == status::closed)
        return {false, asio::error::eof, n};
    if (is_open() && is_wait(op.what) && op.wanted > limits_.largest_append())
        return {false, asio::error::message_size, n};
    return {is_open(), cause_, n};
}

// Adds what the operation would report if it had its turn now; true if it would wait.
bool oracle::may_find(operation& op) const
{
    if (op.what == kind::read_at)
        return may_find_all(op);
    const finding f = find(op);
    if (f.waits)
        return true;
    const std::uint64_t n = std::min(op.wanted, f.available);
    if (is_wait(op.what) || op.what == kind::seek_end)
        op.may.add(f.error, f.available);
    else if (f.error)
        op.may.add(f.error);
    else
        op.may.add({}, is_view(op.what) ? 1 : n, n, n);
    return false;
}

// It takes the bytes in steps, so that it may be larger than what the stream holds, and it may have taken
// some of them already.
bool oracle::may_find_all(operation& op) const
{
    if (status_ == status::discarded)
    {
        op.may.add(cause_, op.got_least, op.got_most);
        return false;
    }
    const std::uint64_t lost = base_ > op.offset ? base_ - op.offset : 0;
    if (op.got_least < lost)
        op.may.add(errc::gap, op.got_least, std::min(op.got_most, lost - 1));
    if (op.got_most < lost)
        return false;
    const std::uint64_t n = std::min(op.wanted, available(op.offset));
    if (n == op.wanted)
        op.may.add({}, n);
    else if (!is_open())
        op.may.add(is_closed() ? error_code(asio::error::eof) : cause_, n);
    if (limits_.has_options())
        op.got_most = std::max(op.got_most, n);
    return is_open() && n != op.wanted;
}

// Adds that it was cancelled: a wait says what there is all the same.
void oracle::may_abort(operation& op) const
{
    op.may_abort = true;
    op.may_wait = false;
    const bool has_any = status_ != status::discarded && op.offset >= base_;
    op.may.add(
        asio::error::operation_aborted, is_wait(op.what) && has_any ? available(op.offset) : 0);
}

void oracle::look(operation& op) const
{
    if (op.settled || op.now == phase::over || !is_read(op.what))
        return;
    op.may_wait = !op.aborted && may_find(op);
    if (op.may_abort || (op.may_wait && op.cancelled))
        may_abort(op);
    op.now = op.may.empty() ? phase::waiting : phase::decided;
}

void oracle::look()
{
    for (operation* op : live_)
        look(*op);
}

// Whether the operation ends before it looks at the stream.
bool oracle::refuse(operation& op) const
{
    const bool copies = !is_wait(op.what) && op.what != kind::seek_end;
    if (!op.reader->open)
        op.may.only(asio::error::bad_descriptor);
    else if (copies && op.wanted == 0)
        op.may.only({});
    else if (op.reader->cut_off)
        op.may.only(errc::too_slow);
    else if (is_sequential(op.what) && op.reader->pending)
        op.may.only(errc::read_pending);
    else
        return false;
    return true;
}

// What a sequential read that did not wait does to its reader.
void oracle::move(operation& op, std::uint64_t read)
{
    reader_model& r = *op.reader;
    const finding f = find(op);
    if (f.error == make_error_code(errc::gap))
    {
        r.skipped += base_ - r.offset;
        r.offset = base_;
    }
    else if (!f.error && op.what == kind::seek_end)
        r.offset = f.available;
    else if (!f.error)
    {
        check(op, {}, read);
        op.may.narrow({}, read);
        r.offset += read;
        r.read += read;
    }
    r.nearest = r.furthest = r.offset;
}

void oracle::start_read(operation& op, std::uint64_t read)
{
    live_.push_back(&op);
    op.settled = refuse(op);
    if (op.settled)
        return;
    const std::uint64_t n = std::min(op.wanted, available(op.offset));
    if (op.what == kind::read_at && status_ != status::discarded && op.offset >= base_ &&
        n >= std::min(op.wanted, limits_.step()))
        op.got_least = op.got_most = n;
    op.may_wait = may_find(op);
    op.settled = !op.may_wait;
    if (op.may_wait)
        wait(op);
    if (!is_sequential(op.what))
        return;
    if (op.may_wait)
    {
        op.reader->pending = &op;
        op.reader->sought = false;
    }
    else
        move(op, read);
}

void oracle::read_now(operation& op, std::uint64_t read)
{
    if (refuse(op))
        return;
    if (may_find(op))
        op.may.add(asio::error::would_block);
    else if (is_sequential(op.what))
        move(op, read);
}

void oracle::check(const operation& op, error_code ec, std::uint64_t n) const
{
    if (!op.may.allows(ec, n))
        expect(false, op, ("gave " + ec.message() + " and " + std::to_string(n)).c_str());
}

void oracle::seek(reader_model& r, std::uint64_t offset) noexcept
{
    if (!r.open)
        return;
    r.offset = r.nearest = r.furthest = offset;
    r.sought = true;
}

std::shared_ptr<reader_model> oracle::admitted(error_code ec, std::uint64_t offset, bool tethered)
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
    auto made = std::make_shared<reader_model>(offset, tethered && limits_.has_options());
    made->open = !ec;
    if (!ec)
        readers_.push_back(made);
    return made;
}

void oracle::wait(operation& op)
{
    op.now = phase::waiting;
    op.may_wait = true;
    op.parked = true;
}

void oracle::settle(operation& op, const error_code& ec, std::uint64_t n)
{
    op.may.only(ec, n);
    op.now = phase::decided;
    op.settled = true;
    op.may_wait = false;
}

// Whether what it waits for has come, or will not come any more. A change of the retention ends some that
// are not reached, but not before their turn.
bool oracle::is_reached(const operation& op) const noexcept
{
    if (!is_open() || op.what == kind::seek_end)
        return !is_open() || final_size_;
    std::uint64_t next = is_wait(op.what) ? op.wanted : 1;
    if (op.what == kind::read_at)
        next = op.got_least + std::min(op.wanted - op.got_least, limits_.step());
    return available(op.offset) >= next;
}

void oracle::cancel(operation& op)
{
    if (op.settled || op.now == phase::over)
        return;
    if (!is_read(op.what))
    {
        settle(op, asio::error::operation_aborted);
        if (is_ending(op.what) && may_be_drained())
            op.may.add({});
        std::erase(queue_, &op);
        return;
    }
    op.cancelled = true;
    if (!op.may_wait && (is_reached(op) || !op.in_turn))
        return;
    op.aborted = !op.in_turn && !is_reached(op);
    may_abort(op);
    op.now = phase::decided;
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

} // namespace spool::test
