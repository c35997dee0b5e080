// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "core.hpp"

#include <spool/error.hpp>

#include "references.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>
#include <memory>
#include <utility>

namespace spool::detail {

namespace {

// Of a stream with a storage: less is not worth a call of it.
constexpr std::uint64_t least_window_chunk = std::uint64_t{4} << 10;

} // namespace

void intrusive_ptr_add_ref(core* p) noexcept
{
    p->references_.fetch_add(1, std::memory_order_relaxed);
}

void intrusive_ptr_release(core* p) noexcept
{
    if (p->references_.fetch_sub(1, std::memory_order_acq_rel) == 1)
        delete p;
}

core::core(
    const asio::any_io_executor& executor, std::unique_ptr<storage> kept, const options& chosen)
    : retain_(chosen.retain),
      bounds_(bounds_of(chosen.retain.limit(), chunk_size_for(chosen.retain.limit())))
{
    longest_wait_.store(largest_append(bounds_), std::memory_order_relaxed);
    if (chosen.stall_limit != std::chrono::nanoseconds())
        watch_ = std::make_unique<stall_watch>(executor, chosen.stall_limit, chosen.stall_alarm);
    const std::uint64_t size = kept ? kept->size() : 0;
    const std::uint64_t resident =
        kept ? std::max<std::uint64_t>(chosen.resident_limit / 2, 8 * least_window_chunk)
             : chosen.retain.limit();
    window_ = std::make_unique<window>(chunk_size_for(resident), size);
    if (!kept)
        return;
    base_.store(kept->base(), std::memory_order_relaxed);
    storage_ = std::make_unique<storage_port>(*this, *window_, std::move(kept), chosen);
    size_.store(size, std::memory_order_relaxed);
    if (!storage_->kept().finished())
        return;
    final_size_.store(size, std::memory_order_relaxed);
    status_.store(status::closed, std::memory_order_relaxed);
}

core::~core()
{
    for (port* p = ports_.load(std::memory_order_relaxed); p;)
        delete std::exchange(p, p->next_);
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

// The ports.

port* core::find_port(const asio::execution_context& context, bool completes) const noexcept
{
    port* p = ports_.load(std::memory_order_acquire);
    while (p && (p->dead() || &p->context() != &context || p->completes() != completes))
        p = p->next_;
    return p;
}

port& core::port_of(asio::execution_context& context, const asio::any_io_executor& executor)
{
    const bool completes = static_cast<bool>(executor);
    if (port* const found = find_port(context, completes))
        return *found;

    // Made off the strand, because it calls into Asio and may throw; another thread may be quicker. The
    // first is that of the write handle, which is made before anybody knows the stream.
    strand* const shared = own_port_ ? nullptr : &strand_;
    auto made = std::make_unique<port>(*this, context, executor, shared);
    port* found = nullptr;
    strand_.run([&](effects&) {
        found = find_port(context, completes);
        if (found)
            return;
        found = made.release();
        found->next_ = ports_.load(std::memory_order_relaxed);
        ports_.store(found, std::memory_order_release);
        if (shared)
            own_port_ = found;
        else if (completes && !found->dead())
            found->next_elsewhere_ = std::exchange(ports_elsewhere_, found);
    });
    return *found;
}

// The end of an execution context: what was parked for it is destroyed, by the thread that ends it and
// before the context is gone, as Asio does with its own. Handles and operations may still point to the
// port, so it is kept, but out of the way of every append.

// On the strand of `of`: destroys what belongs to the context of `ended`.
void core::sweep(port& of, const port& ended, effects& doomed, effects& noted) noexcept
{
    of.collect(noted);
    const auto sweep_list = [&](operation_list& from, auto keep) {
        operation_list all;
        all.append(from);
        while (!all.empty())
        {
            operation& op = all.pop_front();
            if (&of == &ended || op.other_port_ == &ended)
                of.doom(op, doomed);
            else
                keep(op);
        }
    };
    const state s = load();
    of.take_reached(s, noted); // before those that still wait are parked again
    operation_list parked;
    of.waiting_.take_reached(max_offset, parked);
    sweep_list(parked, [&](operation& op) { of.waiting_.park(op, s.size); });
    sweep_list(of.ready_, [&](operation& op) { of.ready_.push_back(op); });
    if (of.scheduled_ && of.ready_.empty() && !of.dead())
        of.kept_for_batch_ = this;
    sweep_list(of.loads_, [&](operation& op) { of.loads_.push_back(op); });
    if (&of == own_port_)
    {
        sweep_list(writers_, [&](operation& op) { writers_.push_back(op); });
        sweep_list(drains_, [&](operation& op) { drains_.push_back(op); });
        for (const level l : {level::written, level::synced})
            if (storage_)
                sweep_list(storage_->waiting(l), [&](operation& op) {
                    storage_->waiting(l).push_back(op);
                });
        serve_writers(noted); // who stood behind one of those
    }
    of.settle(noted);
}

void core::end_port(port& p)
{
    core_ptr no_longer_kept;
    effects doomed; // not noted with the rest: another thread, if it is the runner, might be late
    std::shared_ptr<alarm> no_longer_used;
    const auto on_strands = [&](auto function) {
        if (p.completes())
            p.strand_.run([&](effects& noted) { function(p, noted); });
        else
            for (port* q = ports_.load(std::memory_order_acquire); q; q = q->next_)
                q->strand_.run([&](effects& noted) { function(*q, noted); });
    };
    // What was started before must be found by the sweep, not by whoever parks it later.
    on_strands([](port& of, effects& noted) {
        of.collect(noted);
        of.settle(noted);
    });
    p.strand_.run([&](effects&) {
        p.dead_.store(true, std::memory_order_release);
        no_longer_kept.swap(p.kept_for_batch_);
    });
    on_strands([&](port& of, effects& noted) { sweep(of, p, doomed, noted); });
    strand_.run([&](effects&) {
        if (watch_ && &p == own_port_)
            no_longer_used = watch_->give_up();
        for (port** at = &ports_elsewhere_; *at; at = &(*at)->next_elsewhere_)
            if (*at == &p)
            {
                *at = p.next_elsewhere_;
                break;
            }
    });
    doomed.apply();
    p.forget_executor();
}

// A piece was loaded. Each port knows which of its operations wait for it.
void core::wake_loads()
{
    std::atomic_thread_fence(std::memory_order_seq_cst); // see port::park_load
    effects noted;
    for (port* p = ports_.load(std::memory_order_acquire); p; p = p->next_)
        if (p->awaits_load())
            noted.look(*p);
    noted.apply();
}

} // namespace spool::detail
