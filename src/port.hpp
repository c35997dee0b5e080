// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// The side of a stream that faces one execution context: its handles and what they have under way.
//
// Here stand the waiters that complete on that context, and those that are ready to; with a storage also
// those whose bytes must be read back first (`loads_`). Once the size has
// grown, the reached ones move from `waiting` to `ready`, and one batch is posted, however many they
// are; the batch takes a bounded number of them off the strand, posts the next batch if more are left,
// and completes its own: the bytes are copied on the reader's context, not on the writer's thread.
//
// The port of the stream's own context is guarded by the strand of the stream. Every other has a strand
// of its own, so that contexts do not meet where they serve their readers. Members that take `effects&`
// must be called on it. An append does not enter it where nobody waits for so much: see `settle`.
//
// One door out: an operation leaves its row only by moving to `ready` (reached, ended, cancelled) or to
// the doomed ones (its context is gone); both happen on the strand, so exactly one outcome wins. It
// counts with its handle, and its work with the port, from `park` to `finish`. One in a list of waiters
// for the next byte is moved with all its neighbours in one step and therefore not told; that it is
// decided shows by its awaited offset.
//
// Work is counted here too, for all operations at once where that is possible: a unit of outstanding
// work costs more than everything else that parking does.
//
// A port without an executor only stands for a context that handlers belong to while their
// operations complete elsewhere, so that its end finds them.

#include <spool/detail/cancel_hook.hpp>
#include <spool/detail/handle_state.hpp>

#include "effects.hpp"
#include "row.hpp"
#include "strand.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution_context.hpp>

#include <atomic>
#include <cstdint>
#include <memory>

namespace spool::detail {

class batch;
class context_registry;

class port : public owner_node
{
public:
    // `shared` is the strand of the stream, if that guards the port.
    port(
        core& owner,
        boost::asio::execution_context& context,
        const boost::asio::any_io_executor& executor,
        strand* shared);
    ~port();

    port(const port&) = delete;
    port& operator=(const port&) = delete;

    core& owner() const noexcept { return owner_; }
    bool completes() const noexcept { return completes_; }
    bool dead() const noexcept { return dead_.load(std::memory_order_acquire); }
    const boost::asio::any_io_executor& executor() const noexcept { return executor_->get(); }
    kept_executor& kept() const noexcept { return *executor_; }
    boost::asio::execution_context& context() const noexcept { return context_; }

    // Whether it can count work itself: its executor is one of Asio's own, of which no function is
    // user code, so that the strand may call them.
    bool counts_work() const noexcept { return counts_work_; }

    // Each enters the strand; `try_park` only if nobody is there.
    bool try_park(operation& op);
    void start(operation& op);
    void destroy(operation& op); // uninvoked, off the strand
    void cancel(handle_state& h);
    void close(handle_state& h);
    void cancel(cancel_hook& hook);
    void detach(cancel_hook& hook) noexcept;

    // The stream has become something else: on the strand, and off it. Of the latter, many at once are
    // one: see effects::look.
    void look(effects& noted) noexcept;
    void post_look(effects& noted) { strand_.post(look_, noted); }

    // Whether an append up to `size` can matter here. To be asked after a fence that follows the store
    // of the size.
    bool awaits(std::uint64_t size) const noexcept
    {
        return awaited_.load(std::memory_order_relaxed) <= size;
    }

    // Whether somebody waits for bytes that are read back. To be asked after a fence that follows the
    // end of the reading.
    bool awaits_load() const noexcept { return awaits_load_.load(std::memory_order_relaxed); }

    // Makes an operation that stands in no row ready to complete; unless it was aborted, a read finds
    // out by itself what there is.
    void decide(operation& op, effects& noted) noexcept;

    // Destroys an operation that stands in no row.
    void doom(operation& op, effects& noted) noexcept;

    // Somebody is about to post to the context, and says `posted` when that is over.
    // `forget_executor` waits for all of them, since the context may go then.
    void expect_post() noexcept { expected_.fetch_add(1, std::memory_order_relaxed); }
    void posted() noexcept;
    void forget_executor();

    // Off the strand: posts a batch.
    void post();

private:
    friend class core;
    friend class context_registry;
    friend class effects;
    friend class batch;
    friend void leave_turn(operation& op);

    struct look_task : task
    {
        explicit look_task(port& p) noexcept;
        port& port_;
    };

    void park(operation& op, effects& noted) noexcept;
    void park_read(operation& op, effects& noted) noexcept;
    void park_load(operation& op, effects& noted) noexcept;
    void take_loaded(effects& noted) noexcept;
    void end_turn(operation& op, effects& noted) noexcept;
    void finish(handle_state& h, effects& noted) noexcept;
    static bool waits(const operation& op, const state& s) noexcept;
    bool is_parked(const operation& op) const noexcept;
    void abort_operations(handle_state& h, effects& noted) noexcept;
    void abort_operation(operation& op, effects& noted) noexcept;
    static void release(operation& op) noexcept;
    void collect(effects& noted) noexcept;
    void take_reached(const state& s, effects& noted) noexcept;
    void settle(effects& noted) noexcept;
    void schedule(effects& noted) noexcept;

    // Of one operation more, of `n` less.
    void count_work();
    void discount_work(std::size_t n) noexcept;

    core& owner_;
    boost::asio::execution_context& context_;
    boost::intrusive_ptr<kept_executor> executor_;
    std::shared_ptr<context_registry> registry_;
    boost::asio::any_io_executor posting_; // the executor, as batches are posted
    strand own_strand_;
    strand& strand_;
    port* next_ = nullptr;          // in the list of all of the stream; set once
    std::atomic<bool> dead_{false}; // the context is gone
    const bool completes_;          // whether it was made with an executor
    const bool counts_work_;        // see counts_work()

    boost::asio::any_io_executor work_; // as long as any is counted
    std::size_t working_ = 0;           // how many operations
    row waiting_;
    operation_list loads_;
    operation_list ready_;
    batch* batches_ = nullptr;  // that run just now
    std::size_t elsewhere_ = 0; // operations whose handlers belong to another context
    bool scheduled_ = false;
    std::uint32_t changes_ = 0; // of the retention, as far as those who wait know
    core_ptr kept_for_batch_;   // if what a batch was posted for was destroyed meanwhile

    port* next_elsewhere_ = nullptr; // in the stream's list, on its strand
    port* next_wake_ = nullptr;      // in effects
    port* next_look_ = nullptr;      // in effects
    look_task look_;
    std::atomic<bool> look_noted_{false};
    std::atomic<std::uint64_t> awaited_{max_offset}; // no append that ends below it matters
    std::atomic<bool> awaits_load_{false};           // whether `loads_` has any
    std::atomic<std::uint32_t> expected_{0};         // how many posts there were to be
    std::atomic<std::uint32_t> posted_{0};           // how many of them are over
};

} // namespace spool::detail
