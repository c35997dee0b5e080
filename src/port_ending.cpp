// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// The ends that come from outside: a cancellation, the close of a handle, the end of the context.

#include <spool/error.hpp>

#include "core.hpp"
#include "port.hpp"
#include "under_way.hpp"

namespace spool::detail {

// Whether nothing has happened yet that completes the operation.
bool port::is_parked(const operation& op) const noexcept
{
    if (op.place_ == place::none || op.place_ == place::turn || op.decided_)
        return false;
    if (op.role_ == role::writes)
        return !static_cast<const write_operation&>(op).has_begun_;
    if (op.waits_for_)
        return op.waits_for_->may_be_left();
    return waits(op, owner_.load());
}

void port::abort_operation(operation& op, effects& noted) noexcept
{
    op.cancelled_ = op.in_turns_; // if its turn does not end it
    if (!is_parked(op))
        return;
    waiting_.erase(op);
    op.aborted_ = true;
    decide(op, noted);
}

void port::abort_operations(handle_state& h, effects& noted) noexcept
{
    for (owner_node* n = h.next_; n != &h; n = n->next_)
        abort_operation(static_cast<operation&>(*n), noted);
    if (h.writes_)
        owner_.serve_writers(noted); // who stood behind one of those
}

void port::cancel(handle_state& h)
{
    strand_.run([&](effects& noted) {
        collect(noted);
        abort_operations(h, noted);
        settle(noted);
    });
}

void port::cancel(cancel_hook& hook)
{
    strand_.run([&](effects& noted) {
        collect(noted);
        operation* const op = hook.operation_.load(std::memory_order_relaxed);
        if (op)
            abort_operation(*op, noted);
        if (op && op->role_ == role::writes)
            owner_.serve_writers(noted); // who stood behind it
        settle(noted);
    });
}

void port::detach(cancel_hook& hook) noexcept
{
    strand_.run([&](effects&) {
        if (operation* const op = hook.operation_.load(std::memory_order_relaxed))
            op->hook_ = nullptr;
    });
}

void port::close(handle_state& h)
{
    strand_.run([&](effects& noted) {
        intrusive_ptr_add_ref(&h); // until it has left
        h.leaving_ = true;
        collect(noted);
        if (h.writes_)
            owner_.end(status::failed, errc::abandoned, noted);
        abort_operations(h, noted);
        settle(noted);
        if (h.under_way_ == 0)
            noted.leave(h);
    });
}

// The posts to the context.

// A post that another thread has begun must be over before the context may go. It is the length of one
// call into Asio, and no handler runs in it.
void port::posted() noexcept
{
    posted_.fetch_add(1, std::memory_order_release);
    posted_.notify_all();
}

void port::forget_executor()
{
    const std::uint32_t expected = expected_.load(std::memory_order_relaxed);
    for (std::uint32_t n = posted_.load(std::memory_order_acquire); n != expected;
         n = posted_.load(std::memory_order_acquire))
        posted_.wait(n, std::memory_order_acquire);
    posting_ = boost::asio::any_io_executor();
}

} // namespace spool::detail
