// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// The side of a stream that faces one execution context.
//
// Here stand the waiters that complete on that context, and those that are ready to. An append moves
// the reached ones from `waiting` to `ready` and posts one batch, however many they are; the batch
// takes a bounded number of them off the strand, posts the next batch if more are left, and completes
// its own: the bytes are copied on the reader's context, not on the writer's thread.
//
// Work is counted here too, for all operations at once where that is possible: a unit of outstanding
// work costs more than everything else that parking does.
//
// A port without an executor only stands for a context that handlers belong to while their
// operations complete elsewhere, so that its end finds them.

#include <spool/detail/handle_state.hpp>

#include "effects.hpp"
#include "row.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution_context.hpp>

#include <atomic>
#include <cstdint>
#include <memory>

namespace spool::detail {

class context_registry;

class port : public owner_node
{
public:
    port(
        core& owner,
        boost::asio::execution_context& context,
        const boost::asio::any_io_executor& executor);
    ~port();

    port(const port&) = delete;
    port& operator=(const port&) = delete;

    core& owner() const noexcept { return owner_; }
    bool completes() const noexcept { return completes_; }
    const boost::asio::any_io_executor& executor() const noexcept { return executor_->get(); }
    kept_executor& kept() const noexcept { return *executor_; }
    boost::asio::execution_context& context() const noexcept { return context_; }

    // Whether it can count work itself: its executor is one of Asio's own, of which no function is
    // user code, so that the strand may call them.
    bool counts_work() const noexcept { return counts_work_; }

    // On the strand: counts the work of one operation more, of `n` less.
    void count_work();
    void discount_work(std::size_t n) noexcept;

    // On the strand: `ready` is no longer empty.
    void schedule(effects& noted) noexcept;

    // On the strand: somebody is about to post to the context, and says `posted` when that is over.
    // `forget_executor` waits for all of them, since the context may go then.
    void expect_post() noexcept { ++expected_; }

    // Off the strand: posts a batch.
    void post();
    void posted() noexcept;
    void forget_executor();

private:
    friend class core;
    friend class context_registry;
    friend class effects;
    friend class batch;

    core& owner_;
    boost::asio::execution_context& context_;
    boost::intrusive_ptr<kept_executor> executor_;
    std::shared_ptr<context_registry> registry_;
    boost::asio::any_io_executor posting_; // the executor, as batches are posted
    boost::asio::any_io_executor work_;    // as long as any is counted
    std::size_t working_ = 0;              // how many operations

    core_ptr kept_for_batch_; // if what a batch was posted for was destroyed meanwhile

    row waiting_;
    operation_list ready_;
    port* next_ = nullptr;                 // in the stream's list
    port* next_wake_ = nullptr;            // in effects
    std::uint32_t expected_ = 0;           // how many posts there were to be
    std::atomic<std::uint32_t> posted_{0}; // how many of them are over
    std::size_t elsewhere_ = 0;            // operations whose handlers belong to another context
    bool scheduled_ = false;
    bool completes_;    // whether it was made with an executor
    bool counts_work_;  // see counts_work()
    bool dead_ = false; // the context is gone
};

} // namespace spool::detail
