// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

#include <spool/detail/operation.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution_context.hpp>

#include <atomic>
#include <memory>

namespace spool::detail {

class context_registry;

// What a handle shares with its operations: the executor, the way to the stream, and the list of
// what it has under way. It outlives the handle while operations refer to it. As an owner_node it
// stands in the registry of its execution context, which empties the executor when it ends.
class handle_state : public owner_node
{
public:
    handle_state(core_ptr stream, const boost::asio::any_io_executor& executor);
    virtual ~handle_state();

    handle_state(const handle_state&) = delete;
    handle_state& operator=(const handle_state&) = delete;

    // Null once the handle was closed.
    core* stream() const noexcept { return closed_ ? nullptr : core_.get(); }

    // Empty once the execution context is gone.
    const boost::asio::any_io_executor& executor() const noexcept { return executor_; }

    // An executor of the same context that no strand guards: wake-ups and work are counted there.
    const boost::asio::any_io_executor& wake_executor() const noexcept { return wake_executor_; }

    // Whether wake-ups run on `executor()` itself, so that a handler may be called there directly.
    bool direct() const noexcept { return direct_; }

    // Prepares an operation to be started; `other` is the context of the handler's executor, where
    // that is not the handle's own. May throw, and then has changed nothing.
    void adopt(operation& op, boost::asio::execution_context* other);

    // Starts an adopted operation: parks it, or completes it if there is nothing to wait for.
    void start(operation& op);

    // An operation that was started has done its work, or was destroyed: it no longer needs the
    // stream. The stream is left when the handle is closed and nothing needs it any more.
    void leave();

    // Completes what is under way with `operation_aborted`.
    void cancel();

    // Completes what is under way and leaves the stream as soon as nothing needs it any more.
    void close();

protected:
    // What the stream has to do when the handle leaves it.
    virtual void on_close(core& stream) = 0;
    virtual void on_leave(core& stream) = 0;

    friend class core;
    friend class context_registry;
    friend void intrusive_ptr_add_ref(handle_state* p) noexcept;
    friend void intrusive_ptr_release(handle_state* p) noexcept;

    boost::intrusive_ptr<handle_state> share() noexcept; // empty while it is being destroyed
    void forget_executor() noexcept;

    core_ptr core_;
    boost::asio::any_io_executor executor_;
    boost::asio::any_io_executor wake_executor_;
    std::shared_ptr<context_registry> registry_;
    port* port_ = nullptr;
    owner_node operations_; // the row of what is under way, touched on the strand only
    std::atomic<std::uint32_t> references_{0};
    std::atomic<std::uint32_t> uses_{1}; // the handle's, and one for each operation under way
    bool closed_ = false;
    bool direct_ = false;
};

} // namespace spool::detail
