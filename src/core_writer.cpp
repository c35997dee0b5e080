// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// The writing side of the core: appends, the lent region, flushes.

#include <spool/error.hpp>

#include "core.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>
#include <new>
#include <utility>

namespace spool::detail {

namespace {

// How much room an operation needs to have its turn.
std::size_t needed_by(const write_operation& op) noexcept
{
    return op.kind_ == write_operation::kind::append && !op.some_ ? op.size_ : 1;
}

} // namespace

bool core::is_open() const noexcept
{
    return status_.load(std::memory_order_acquire) == status::open;
}

bool core::is_lent() const noexcept
{
    return lent_.size() != 0;
}

// Whether a write of `n` bytes has to wait, also if it is the first in the row.
bool core::is_blocked(std::size_t n) noexcept
{
    held_below_ = 0;
    return is_lent() || (storage_ && !storage_->has_room(load().size, n)) ||
           (window_ && !has_passed_room(n));
}

void core::publish(std::uint64_t size, effects& noted) noexcept
{
    size_.store(size, std::memory_order_release);
    own_port_->look(noted);
    if (storage_)
        storage_->advance(noted);
    if (!ports_elsewhere_)
        return;
    std::atomic_thread_fence(std::memory_order_seq_cst); // see port::settle
    for (port* p = ports_elsewhere_; p; p = p->next_elsewhere_)
        if (p->awaits(size))
            noted.look(*p);
}

// For what is not an append, and may matter to everybody.
void core::look(effects& noted) noexcept
{
    own_port_->look(noted);
    for (port* p = ports_elsewhere_; p; p = p->next_elsewhere_)
        noted.look(*p);
}

// Makes room, for which others may have to go.
void core::reserve(std::uint64_t offset, std::size_t n, effects& noted)
{
    if (!window_)
        return log_.reserve(offset, n);
    advance_base(needed_base(bounds_, offset + n), noted);
    window_->reserve(offset, n);
}

// With `some`, as much as there is room for, and `n` is how much that was.
write_outcome core::write(
    std::span<const asio::const_buffer> buffers,
    std::size_t& n,
    bool some,
    bool waits,
    effects& noted) noexcept
{
    const state s = load();
    const std::uint64_t largest = some ? max_offset : largest_append(bounds_);
    const write_outcome outcome = decide_write(s, n, waits, largest);
    if (outcome != write_outcome::accept || n == 0)
        return outcome;
    if (some)
        n = at_most_room(n);
    try
    {
        reserve(s.size, n, noted);
    }
    catch (const std::bad_alloc&)
    {
        return write_outcome::no_memory;
    }
    if (window_)
        window_->copy_in(s.size, buffers, n);
    else
        log_.copy_in(s.size, buffers);
    publish(s.size + n, noted);
    return outcome;
}

write_outcome core::lend(std::size_t n, bool waits, effects& noted) noexcept
{
    const state s = load();
    const write_outcome outcome = decide_write(s, n == 0 ? 0 : 1, waits);
    if (outcome != write_outcome::accept || n == 0)
        return outcome;
    try
    {
        reserve(s.size, 1, noted);
        asio::mutable_buffer& bytes = lent_;
        if (window_) // within a chunk, for which the base has made room
            n = std::min<std::size_t>(n, bounds_.chunk - s.size % bounds_.chunk);
        const std::size_t most = at_most_room(lendable(s, n));
        bytes = window_ ? window_->room(s.size, most, lent_.chunk_)
                        : log_.room(s.size, most, lent_.chunk_);
        ++lendings_;
    }
    catch (const std::bad_alloc&)
    {
        return write_outcome::no_memory;
    }
    return outcome;
}

write_outcome core::append(std::span<const asio::const_buffer> buffers, std::size_t& n, bool some)
{
    write_outcome outcome{};
    strand_.run([&](effects& noted) {
        outcome = write(buffers, n, some, !writers_.empty() || is_blocked(some ? 1 : n), noted);
    });
    return outcome;
}

write_outcome
core::try_append(std::span<const asio::const_buffer> buffers, std::size_t& n, bool some)
{
    write_outcome outcome = write_outcome::wait;
    strand_.try_run([&](effects& noted) {
        outcome = write(buffers, n, some, !writers_.empty() || is_blocked(some ? 1 : n), noted);
    });
    return outcome;
}

void core::take_back() noexcept
{
    lent_ = {};
}

// The operation that got this region was destroyed: if it is the latest, nobody has it now.
void core::forget(std::uint64_t lending, effects& noted) noexcept
{
    if (lending != lendings_)
        return;
    take_back();
    serve_writers(noted);
}

write_outcome core::prepare(std::size_t n, asio::mutable_buffer& region)
{
    write_outcome outcome{};
    strand_.run([&](effects& noted) {
        outcome = lend(n, !writers_.empty() || is_blocked(1), noted);
        if (outcome == write_outcome::accept && n != 0)
            region = lent_;
    });
    return outcome;
}

write_outcome core::commit(std::size_t n)
{
    write_outcome outcome = write_outcome::not_lent;
    strand_.run([&](effects& noted) {
        if (n > lent_.size())
            return;
        take_back();
        outcome = decide_write(load(), n, false);
        if (outcome == write_outcome::accept && n != 0)
            publish(load().size + n, noted);
        serve_writers(noted);
    });
    return outcome;
}

// The turn of an append or prepare; true when it no longer waits for its turn.
bool core::serve(write_operation& op, bool waits, effects& noted) noexcept
{
    const bool appends = op.kind_ == write_operation::kind::append;
    op.outcome_ = appends ? write(op.buffers_, op.size_, op.some_, waits, noted)
                          : lend(op.size_, waits, noted);
    if (op.outcome_ == write_outcome::wait)
        return false;
    if (op.place_ != place::none)
        operation_list::erase(op);
    const bool accepted = op.outcome_ == write_outcome::accept && op.size_ != 0;
    if (accepted && !appends)
    {
        op.region_ = lent_;
        op.lending_ = lendings_;
    }
    if (accepted && op.level_ != level::visible)
    {
        op.has_begun_ = true;
        storage_->park(op, load().size, noted);
        return true;
    }
    own_port_->decide(op, noted);
    return true;
}

void core::serve_writers(effects& noted) noexcept
{
    while (!writers_.empty())
    {
        auto& first = static_cast<write_operation&>(writers_.front());
        if (!serve(first, is_blocked(needed_by(first)), noted))
            break;
    }
    watch_stall(noted);
}

void core::park_write(write_operation& op, effects& noted) noexcept
{
    switch (op.kind_)
    {
    case write_operation::kind::append:
    case write_operation::kind::prepare:
        if (op.level_ != level::visible && !storage_ && op.size_ != 0)
        {
            op.outcome_ = write_outcome::unsupported;
            return own_port_->decide(op, noted);
        }
        if (!serve(op, !writers_.empty() || is_blocked(needed_by(op)), noted))
            writers_.push_back(op);
        return watch_stall(noted);
    case write_operation::kind::flush:
        return flush(op, noted);
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

// Of a closed stream, `synced` is the whole, with its name.
void core::flush(write_operation& op, effects& noted) noexcept
{
    const state s = load();
    const bool whole = op.level_ == level::synced && s.is == status::closed;
    const std::uint64_t end = whole ? max_offset : s.size;
    if (op.level_ == level::visible)
        op.outcome_ = write_outcome::accept;
    else if (!storage_)
        op.outcome_ = write_outcome::unsupported;
    else if (!storage_->settle(op, end))
        return storage_->park(op, end, noted);
    own_port_->decide(op, noted);
}

} // namespace spool::detail
