// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// The writing side of the core: appends, the lent region, the end of the stream, drains.

#include <spool/error.hpp>

#include "core.hpp"

#include <boost/asio/error.hpp>

#include <new>

namespace spool::detail {

bool core::is_open() const noexcept
{
    return status_.load(std::memory_order_acquire) == status::open;
}

error_code core::error_of(write_outcome outcome) const noexcept
{
    switch (outcome)
    {
    case write_outcome::accept:
        return {};
    case write_outcome::wait:
        return asio::error::would_block;
    case write_outcome::closed:
        return errc::closed;
    case write_outcome::cause:
        return cause_;
    case write_outcome::size_mismatch:
        break;
    }
    return errc::size_mismatch;
}

bool core::writers_wait() const noexcept
{
    return lent_.size() != 0 || !writers_.empty();
}

void core::publish(std::uint64_t size, effects& noted) noexcept
{
    size_.store(size, std::memory_order_release);
    wake_reached(size, noted);
}

void core::wake_reached(std::uint64_t size, effects& noted) noexcept
{
    for (port* p = ports_; p; p = p->next_)
    {
        p->waiting_.take_reached(size, p->ready_);
        if (!p->ready_.empty())
            p->schedule(noted);
    }
}

write_outcome core::write(
    std::span<const asio::const_buffer> buffers,
    std::size_t n,
    bool waits,
    error_code& ec,
    effects& noted) noexcept
{
    const state s = load();
    const write_outcome outcome = decide_write(s, n, waits);
    ec = error_of(outcome);
    if (outcome != write_outcome::accept || n == 0)
        return outcome;
    try
    {
        log_.reserve(s.size, n);
    }
    catch (const std::bad_alloc&)
    {
        ec = asio::error::no_memory;
        return outcome;
    }
    log_.copy_in(s.size, buffers);
    publish(s.size + n, noted);
    return outcome;
}

write_outcome
core::lend(std::size_t n, bool waits, asio::mutable_buffer& region, error_code& ec) noexcept
{
    const state s = load();
    const write_outcome outcome = decide_write(s, n == 0 ? 0 : 1, waits);
    ec = error_of(outcome);
    if (outcome != write_outcome::accept || n == 0)
        return outcome;
    try
    {
        region = lent_ = log_.room(s.size, lendable(s, n), lent_chunk_);
    }
    catch (const std::bad_alloc&)
    {
        ec = asio::error::no_memory;
    }
    return outcome;
}

error_code core::append(std::span<const asio::const_buffer> buffers, std::size_t n)
{
    error_code ec;
    strand_.run([&](effects& noted) { write(buffers, n, writers_wait(), ec, noted); });
    return ec;
}

bool core::try_append(std::span<const asio::const_buffer> buffers, std::size_t n, error_code& ec)
{
    bool done = false;
    strand_.try_run([&](effects& noted) {
        done = write(buffers, n, writers_wait(), ec, noted) != write_outcome::wait;
    });
    return done;
}

void core::take_back() noexcept
{
    lent_ = {};
    lent_chunk_.reset();
}

asio::mutable_buffer core::prepare(std::size_t n, error_code& ec)
{
    asio::mutable_buffer region;
    strand_.run([&](effects&) { lend(n, writers_wait(), region, ec); });
    return region;
}

error_code core::commit(std::size_t n)
{
    error_code ec;
    strand_.run([&](effects& noted) {
        const state s = load();
        if (n > lent_.size())
        {
            ec = asio::error::invalid_argument;
            return;
        }
        take_back();
        ec = error_of(decide_write(s, n, false));
        if (!ec && n != 0)
            publish(s.size + n, noted);
        serve_writers(noted);
    });
    return ec;
}

// The turn of a waiting append or prepare; true when it is over.
bool core::serve(write_operation& op, bool waits, effects& noted) noexcept
{
    error_code ec;
    const write_outcome outcome = op.kind_ == write_operation::kind::append
                                      ? write(op.buffers_, op.size_, waits, ec, noted)
                                      : lend(op.size_, waits, op.region_, ec);
    if (outcome == write_outcome::wait)
        return false;
    if (op.place_ != place::none)
        operation_list::erase(op);
    decide(op, ec, noted);
    return true;
}

void core::serve_writers(effects& noted) noexcept
{
    while (!writers_.empty() &&
           serve(static_cast<write_operation&>(writers_.front()), lent_.size() != 0, noted))
    {
    }
}

void core::park_write(write_operation& op, effects& noted) noexcept
{
    switch (op.kind_)
    {
    case write_operation::kind::append:
    case write_operation::kind::prepare:
        if (!serve(op, writers_wait(), noted))
            writers_.push_back(op);
        return;
    case write_operation::kind::remove:
        removing_ = true;
        [[fallthrough]];
    case write_operation::kind::drain:
        draining_ = true;
        drains_.push_back(op);
        complete_drains(noted);
        return;
    }
}

void core::complete_drains(effects& noted) noexcept
{
    if (!draining_ || readers_ != 0 || load().is == status::open)
        return;
    if (removing_ && !removed_)
    {
        removed_ = true;
        log_.clear();
    }
    while (!drains_.empty())
        decide(drains_.pop_front(), {}, noted);
}

// The first end wins and is final (C1).
void core::end(status how, error_code cause, effects& noted) noexcept
{
    if (load().is != status::open)
        return;
    cause_ = cause;
    if (how == status::closed)
        final_size_.store(load().size, std::memory_order_release);
    status_.store(how, std::memory_order_release);
    wake_reached(max_offset, noted);
    serve_writers(noted);
    complete_drains(noted);
}

error_code core::close()
{
    error_code ec;
    strand_.run([&](effects& noted) {
        switch (decide_close(load()))
        {
        case close_outcome::close:
            end(status::closed, {}, noted);
            break;
        case close_outcome::fail_short:
            end(status::failed, errc::size_mismatch, noted);
            break;
        case close_outcome::nothing:
            break;
        }
        ec = cause_;
    });
    return ec;
}

void core::abort(error_code cause, bool discard)
{
    // A failed stream never looks like a complete one, whatever cause it is given (C2).
    if (!cause || cause == asio::error::eof)
        cause = errc::abandoned;
    strand_.run(
        [&](effects& noted) { end(discard ? status::discarded : status::failed, cause, noted); });
}

error_code core::declare(std::uint64_t n)
{
    error_code ec;
    strand_.run([&](effects& noted) {
        switch (decide_declare(load(), n))
        {
        case declare_outcome::accept:
            break;
        case declare_outcome::known:
            ec = errc::final_size_known;
            return;
        case declare_outcome::closed:
            ec = errc::closed;
            return;
        case declare_outcome::cause:
            ec = cause_;
            return;
        case declare_outcome::size_mismatch:
            ec = errc::size_mismatch;
            return;
        }
        final_size_.store(n, std::memory_order_release);
        for (port* p = ports_; p; p = p->next_)
        {
            operation_list known;
            p->waiting_.take_end_waiters(known);
            while (!known.empty())
                decide(known.pop_front(), {}, noted);
        }
    });
    return ec;
}

void core::dismiss_writer(handle_state& h)
{
    strand_.run([&](effects& noted) {
        end(status::failed, errc::abandoned, noted);
        abort_operations(h, noted);
    });
}

} // namespace spool::detail
