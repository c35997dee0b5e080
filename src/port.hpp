// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// The side of a stream that faces one execution context.
//
// Here stand the waiters that complete on that context, and those that are ready to. An append moves
// the reached ones from `waiting` to `ready` and posts one batch, however many they are; the batch
// takes a bounded number of them off the strand, posts the next batch if more are left, and completes
// its own: the bytes are copied on the reader's context, not on the writer's thread.
//
// A port without an executor only stands for a context that handlers belong to while their
// operations complete elsewhere, so that its end finds them.

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
    const boost::asio::any_io_executor& executor() const noexcept { return executor_; }
    const boost::asio::execution_context& context() const noexcept { return context_; }

    // On the strand: `ready` is no longer empty.
    void schedule(effects& noted) noexcept;

    // Off the strand: posts a batch.
    void post();
    void posted() noexcept;
    void forget_executor();

private:
    friend class core;
    friend class context_registry;
    friend struct effects;

    struct batch;

    core& owner_;
    boost::asio::execution_context& context_;
    boost::asio::any_io_executor executor_;
    std::shared_ptr<context_registry> registry_;

    row waiting_;
    operation_list ready_;
    port* next_ = nullptr;                  // in the stream's list
    port* next_wake_ = nullptr;             // in effects
    std::atomic<std::uint32_t> posting_{0}; // wake-ups that are noted and not yet posted
    bool scheduled_ = false;
    bool completes_;    // whether it was made with an executor
    bool dead_ = false; // the context is gone
};

} // namespace spool::detail
