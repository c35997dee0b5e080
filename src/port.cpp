// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "port.hpp"

#include <spool/error.hpp>

#include "batch.hpp"
#include "context_registry.hpp"
#include "core.hpp"
#include "owner_list.hpp"
#include "under_way.hpp"

#include <boost/asio/execution/blocking.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/require.hpp>
#include <boost/asio/thread_pool.hpp>

#include <utility>

namespace spool::detail {

namespace {

bool is_of_asio(const boost::asio::any_io_executor& executor) noexcept
{
    return executor.target<boost::asio::io_context::executor_type>() != nullptr ||
           executor.target<boost::asio::thread_pool::executor_type>() != nullptr;
}

} // namespace

port::look_task::look_task(port& p) noexcept : port_(p)
{
    run_ = [](task& t, effects& noted) {
        port& self = static_cast<look_task&>(t).port_;
        self.look_noted_.exchange(false, std::memory_order_acq_rel);
        self.look(noted);
    };
}

port::port(
    core& owner,
    boost::asio::execution_context& context,
    const boost::asio::any_io_executor& executor,
    strand* shared)
    : owner_(owner), context_(context), executor_(new kept_executor(executor)),
      registry_(context_registry::of(context)), strand_(shared ? *shared : own_strand_),
      completes_(executor), counts_work_(is_of_asio(executor)), look_(*this)
{
    if (executor)
        posting_ = boost::asio::require(executor, boost::asio::execution::blocking.never);
    registry_->add(*this);
}

port::~port()
{
    registry_->remove(*this);
}

// Work.

void port::count_work()
{
    if (working_++ == 0)
        work_ =
            boost::asio::prefer(executor_->get(), boost::asio::execution::outstanding_work.tracked);
}

void port::discount_work(std::size_t n) noexcept
{
    working_ -= n;
    if (working_ == 0)
        work_ = boost::asio::any_io_executor();
}

// Parking and finishing.

bool port::try_park(operation& op)
{
    return strand_.try_run([&](effects& noted) {
        park(op, noted);
        settle(noted);
    });
}

void port::start(operation& op)
{
    op.run_ = [](task& t, effects& noted) {
        auto& started = static_cast<operation&>(t);
        port& p = *started.owner_->port_;
        p.park(started, noted);
        p.settle(noted);
    };
    strand_.post(op);
}

// Parks the reads that handlers of running batches have started. Everything that looks for waiting
// operations comes here first.
void port::collect(effects& noted) noexcept
{
    for (batch* b = batches_; b; b = b->next_)
        b->collect(noted);
}

void port::park(operation& op, effects& noted) noexcept
{
    handle_state& owner = *op.owner_;
    owner_algorithms::link_before(&owner, &op);
    ++owner.under_way_;
    elsewhere_ += op.other_port_ != nullptr;
    if (dead() || (op.other_port_ && op.other_port_->dead()))
    {
        op.counts_work_ = false;
        return doom(op, noted);
    }
    if (op.counts_work_)
        count_work();
    if (owner.is_cut_off())
    {
        op.aborted_ = true;
        return decide(op, noted);
    }
    if (op.role_ == role::writes)
        return owner_.park_write(static_cast<write_operation&>(op), noted);
    park_read(op, noted);
}

// Whether a read cannot complete yet.
bool port::waits(const operation& op, const state& s) noexcept
{
    return s.is == status::open && op.awaited_ > s.size &&
           !(op.role_ == role::ends && s.final_size != unknown_size);
}

void port::park_read(operation& op, effects& noted) noexcept
{
    const state s = owner_.load();
    if (waits(op, s))
    {
        if (waiting_.size() != s.size)
            take_reached(s, noted); // all of a row wait for more than one size
        return waiting_.park(op, s.size);
    }
    const std::uint64_t next = op.awaited_ - 1;
    storage_port* const kept = op.role_ == role::reads ? owner_.kept() : nullptr;
    if (kept && !op.waits_for_ && next < s.size && kept->has_let_go_of(next))
        op.waits_for_ = kept->want(next);
    if (op.waits_for_ && !op.waits_for_->is_done())
        return park_load(op, noted);
    decide(op, noted);
}

// The end of what is under way is noted, then `awaits_load_` is loaded; here it is the other way round.
void port::park_load(operation& op, effects& noted) noexcept
{
    loads_.push_back(op);
    awaits_load_.store(true, std::memory_order_relaxed);
    std::atomic_thread_fence(std::memory_order_seq_cst);
    if (op.waits_for_->is_done())
        take_loaded(noted);
    else
        noted.load(owner_);
}

void port::take_loaded(effects& noted) noexcept
{
    const bool all = owner_.load().is == status::discarded;
    operation_list waiting;
    waiting.append(loads_);
    while (!waiting.empty())
    {
        operation& op = waiting.pop_front();
        if (op.waits_for_->is_done() || (all && op.waits_for_->may_be_left()))
            decide(op, noted);
        else
            loads_.push_back(op);
    }
    awaits_load_.store(!loads_.empty(), std::memory_order_relaxed);
}

// An operation that was taken has found that it must wait again, or had no turn.
void port::end_turn(operation& op, effects& noted) noexcept
{
    op.place_ = place::none;
    op.decided_ = false;
    park_read(op, noted);
    if (op.cancelled_)
        abort_operation(op, noted); // unless what it waits for has come meanwhile
}

// An operation has done its work or was destroyed: it no longer needs the stream or its owner.
void port::finish(handle_state& h, effects& noted) noexcept
{
    if (--h.under_way_ == 0 && h.leaving_)
        noted.leave(h);
}

void port::destroy(operation& op)
{
    handle_state& owner = *op.owner_;
    const bool counted_work = op.counts_work_;
    const std::uint64_t lending =
        op.role_ == role::writes ? static_cast<write_operation&>(op).lending_ : 0;
    op.finish_(&op, nullptr);
    strand_.run([&](effects& noted) {
        if (lending != 0)
            owner_.forget(lending, noted);
        if (counted_work)
            discount_work(1);
        finish(owner, noted);
        if (owner_.kept())
            noted.load(owner_);
    });
}

// An operation in its turn has its bytes: nobody may find it any more.
void leave_turn(operation& op)
{
    op.owner_->port_->strand_.run([&op](effects&) {
        op.place_ = place::none;
        port::release(op);
    });
}

// Unlinks an operation from all that could still reach it.
void port::release(operation& op) noexcept
{
    leave_ring(op);
    op.owner_->port_->elsewhere_ -= op.other_port_ != nullptr;
    if (cancel_hook* const hook = std::exchange(op.hook_, nullptr))
        hook->operation_.store(nullptr, std::memory_order_release);
}

void port::doom(operation& op, effects& noted) noexcept
{
    release(op);
    noted.doom(op);
}

// Waking.

void port::decide(operation& op, effects& noted) noexcept
{
    op.decided_ = true;
    ready_.push_back(op);
    schedule(noted);
}

void port::schedule(effects& noted) noexcept
{
    if (!dead() && !std::exchange(scheduled_, true))
        noted.wake(*this);
}

void port::take_reached(const state& s, effects& noted) noexcept
{
    waiting_.take_reached(s.is == status::open ? s.size : max_offset, ready_);
    if (s.final_size != unknown_size)
    {
        operation_list end_known;
        waiting_.take_end_waiters(end_known);
        while (!end_known.empty())
            decide(end_known.pop_front(), noted);
    }
    if (!ready_.empty())
        schedule(noted);
}

// Those who were started meanwhile come after the rows, which are taken as they stood before.
void port::look(effects& noted) noexcept
{
    const std::uint32_t changes = owner_.changes();
    if (std::exchange(changes_, changes) != changes)
        waiting_.take_reached(max_offset, ready_); // to find out whether they wait still
    take_reached(owner_.load(), noted);
    if (!loads_.empty())
        take_loaded(noted);
    collect(noted);
    settle(noted);
}

// Says in `awaited_` which appends matter, so that others need not enter the strand.
//
// An append stores the size, then loads `awaited_`; here it is the other way round, with a fence between
// the two on either side, so that one of them sees the other. While a batch runs, every append matters:
// what its handlers start is not known here yet.
void port::settle(effects& noted) noexcept
{
    if (&strand_ != &own_strand_)
        return;
    for (;;)
    {
        const std::uint64_t least = batches_ ? 0 : waiting_.least_awaited();
        const std::uint64_t before = awaited_.load(std::memory_order_relaxed);
        if (least == before)
            return;
        awaited_.store(least, std::memory_order_relaxed);
        if (least > before)
            return;
        std::atomic_thread_fence(std::memory_order_seq_cst);
        const state s = owner_.load();
        if (s.size < least || least == 0)
            return;
        take_reached(s, noted);
    }
}

} // namespace spool::detail
