// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "core.hpp"

#include <spool/error.hpp>

#include "batch.hpp"
#include "owner_list.hpp"
#include "references.hpp"

#include <boost/asio/error.hpp>

#include <memory>
#include <utility>

namespace spool::detail {

void intrusive_ptr_add_ref(core* p) noexcept
{
    p->references_.fetch_add(1, std::memory_order_relaxed);
}

void intrusive_ptr_release(core* p) noexcept
{
    if (p->references_.fetch_sub(1, std::memory_order_acq_rel) == 1)
        delete p;
}

core::~core()
{
    for (port* list : {ports_, dead_ports_})
        while (list)
            delete std::exchange(list, list->next_);
}

core_ptr core::share() noexcept
{
    return {add_reference_unless_zero(references_) ? this : nullptr, false};
}

// What readers load.

attempt core::look_at_end(std::uint64_t back) const noexcept
{
    const state s = load();
    if (s.final_size == unknown_size)
        return {s.is == status::open ? read_outcome::wait : read_outcome::cause};
    if (back > s.final_size)
        return {read_outcome::too_far};
    return {read_outcome::ready, s.final_size - back};
}

// Parking, completing and leaving.

port* core::find_port(const asio::execution_context& context, bool completes) const noexcept
{
    port* p = ports_;
    while (p && (&p->context() != &context || p->completes() != completes))
        p = p->next_;
    return p;
}

port& core::port_of(asio::execution_context& context, const asio::any_io_executor& executor)
{
    const bool completes = static_cast<bool>(executor);
    port* found = nullptr;
    strand_.run([&](effects&) { found = find_port(context, completes); });
    if (found)
        return *found;

    // Made off the strand, because it calls into Asio and may throw; another thread may be quicker.
    auto made = std::make_unique<port>(*this, context, executor);
    strand_.run([&](effects&) {
        found = find_port(context, completes);
        if (found)
            return;
        found = made.release();
        port*& list = found->dead_ ? dead_ports_ : ports_;
        found->next_ = std::exchange(list, found);
    });
    return *found;
}

bool core::try_park(operation& op)
{
    return strand_.try_run([&](effects& noted) { park(op, noted); });
}

void core::start(operation& op)
{
    op.run_ = [](task& t, effects& noted) {
        auto& started = static_cast<operation&>(t);
        started.owner_->core_->park(started, noted);
    };
    strand_.post(op);
}

// Parks the reads that handlers of running batches have started. Everything that looks for waiting
// operations comes here first.
void core::collect(effects& noted) noexcept
{
    for (batch* b = batches_; b; b = b->next_)
        b->collect(noted);
}

// Unlinks an operation from all that could still reach it.
void core::release(operation& op) noexcept
{
    leave_ring(op);
    op.owner_->port_->elsewhere_ -= op.other_port_ != nullptr;
    if (cancel_hook* const hook = std::exchange(op.hook_, nullptr))
        hook->operation_.store(nullptr, std::memory_order_release);
}

void core::park(operation& op, effects& noted) noexcept
{
    handle_state& owner = *op.owner_;
    port& p = *owner.port_;
    owner_algorithms::link_before(&owner.operations_, &op);
    ++owner.under_way_;
    p.elsewhere_ += op.other_port_ != nullptr;
    if (p.dead_ || (op.other_port_ && op.other_port_->dead_))
    {
        op.counts_work_ = false;
        return doom(op, noted);
    }
    if (op.counts_work_)
        p.count_work();
    if (op.writes_)
        return park_write(static_cast<write_operation&>(op), noted);
    park_read(op, noted);
}

// An operation has done its work or was destroyed: it no longer needs the stream or its owner.
void core::finish(handle_state& owner, effects& noted) noexcept
{
    if (--owner.under_way_ == 0 && owner.leaving_)
        leave(owner, noted);
}

void core::destroy(operation& op)
{
    handle_state& owner = *op.owner_;
    const bool counted_work = op.counts_work_;
    op.finish_(&op, nullptr);
    strand_.run([&](effects& noted) {
        if (counted_work)
            owner.port_->discount_work(1);
        finish(owner, noted);
    });
}

void core::close(handle_state& h)
{
    strand_.run([&](effects& noted) {
        intrusive_ptr_add_ref(&h); // until it has left
        h.leaving_ = true;
        collect(noted);
        if (h.writes_)
            end(status::failed, errc::abandoned, noted);
        abort_operations(h, noted);
        if (h.under_way_ == 0)
            leave(h, noted);
    });
}

void core::leave(handle_state& h, effects& noted) noexcept
{
    if (!h.writes_)
    {
        --readers_;
        complete_drains(noted);
    }
    noted.leave(h);
}

void core::park_read(operation& op, effects& noted) noexcept
{
    const state s = load();
    const bool waits = s.is == status::open && op.awaited_ > s.size &&
                       !(op.awaits_end_ && s.final_size != unknown_size);
    if (waits)
        return op.owner_->port_->waiting_.park(op, s.size);
    decide(op, noted);
}

// Whether nothing has happened yet that completes the operation.
bool core::is_parked(const operation& op) const noexcept
{
    if (op.place_ == place::none || op.decided_)
        return false;
    const state s = load();
    return op.writes_ || (s.is == status::open && op.awaited_ > s.size);
}

// Destroys an operation that stands in no row; if the latest region was lent to it, nobody has it now.
void core::doom(operation& op, effects& noted) noexcept
{
    release(op);
    if (op.writes_ && static_cast<write_operation&>(op).lending_ == lendings_)
        take_back();
    noted.doom(op);
}

// Makes an operation that stands in no row ready to complete; unless it was aborted, a read finds out
// by itself what there is.
void core::decide(operation& op, effects& noted) noexcept
{
    op.decided_ = true;
    port& p = *op.owner_->port_;
    p.ready_.push_back(op);
    p.schedule(noted);
}

void core::cancel(handle_state& h)
{
    strand_.run([&](effects& noted) {
        collect(noted);
        abort_operations(h, noted);
    });
}

void core::abort_operations(handle_state& h, effects& noted) noexcept
{
    for (owner_node* n = h.operations_.next_; n != &h.operations_; n = n->next_)
        abort_operation(static_cast<operation&>(*n), noted);
}

void core::abort_operation(operation& op, effects& noted) noexcept
{
    if (!is_parked(op))
        return;
    op.owner_->port_->waiting_.erase(op);
    op.aborted_ = true;
    decide(op, noted);
}

// Readers.

void core::admit_reader(error_code& ec)
{
    strand_.run([&](effects&) {
        if (removed_)
            ec = errc::removed;
        else if (draining_)
            ec = errc::draining;
        else if (load().is == status::discarded)
            ec = cause_;
        else
        {
            ec = {};
            ++readers_;
        }
    });
}

void core::dismiss_reader()
{
    strand_.run([&](effects& noted) {
        --readers_;
        complete_drains(noted);
    });
}

// The end of an execution context: what was parked for it is destroyed, by the thread that ends it and
// before the context is gone, as Asio does with its own. Handles and operations may still point to the
// port, so it is kept, but out of the way of every append.

void core::move_to_dead(port& p) noexcept
{
    port** at = &ports_;
    while (*at && *at != &p)
        at = &(*at)->next_;
    if (*at == nullptr)
        return;
    *at = p.next_;
    p.next_ = std::exchange(dead_ports_, &p);
}

void core::end_port(port& p)
{
    core_ptr no_longer_kept;
    effects own; // because another thread, that happens to be the runner, might be late
    strand_.run([&](effects& noted) {
        collect(noted);
        p.dead_ = true;
        const auto belongs = [&](const operation& op) {
            return op.owner_->port_ == &p || op.other_port_ == &p;
        };
        const auto sweep = [&](operation_list& from, auto keep) {
            operation_list all;
            all.append(from);
            while (!all.empty())
            {
                operation& op = all.pop_front();
                if (!belongs(op))
                    keep(op);
                else
                    doom(op, own);
            }
        };
        const std::uint64_t size = load().size;
        for (port* q = ports_; q; q = q->next_)
        {
            operation_list parked;
            q->waiting_.take_reached(max_offset, parked);
            sweep(parked, [&](operation& op) { q->waiting_.park(op, size); });
            sweep(q->ready_, [&](operation& op) { q->ready_.push_back(op); });
            if (q->scheduled_ && q->ready_.empty())
                q->kept_for_batch_ = this;
        }
        no_longer_kept.swap(p.kept_for_batch_);
        sweep(writers_, [&](operation& op) { writers_.push_back(op); });
        sweep(drains_, [&](operation& op) { drains_.push_back(op); });
        serve_writers(noted);
        move_to_dead(p);
    });
    own.apply();
    p.forget_executor();
}

} // namespace spool::detail
