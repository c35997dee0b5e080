// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

#include <spool/detail/operation.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution_context.hpp>

#include <atomic>
#include <cstdint>
#include <memory>

namespace spool::detail {

class context_registry;

// An executor as spool keeps it: shared by all who use an equal one on the same stream, and emptied
// when its execution context ends, which finds it through the registry.
class kept_executor : public owner_node
{
public:
    explicit kept_executor(const boost::asio::any_io_executor& executor);
    ~kept_executor();

    kept_executor(const kept_executor&) = delete;
    kept_executor& operator=(const kept_executor&) = delete;

    const boost::asio::any_io_executor& get() const noexcept { return executor_; }

private:
    friend class context_registry;
    friend void intrusive_ptr_add_ref(kept_executor* p) noexcept;
    friend void intrusive_ptr_release(kept_executor* p) noexcept;

    boost::intrusive_ptr<kept_executor> share() noexcept; // empty while it is being destroyed

    boost::asio::any_io_executor executor_;
    std::shared_ptr<context_registry> registry_;
    std::atomic<std::uint32_t> references_{0};
};

void intrusive_ptr_add_ref(kept_executor* p) noexcept;
void intrusive_ptr_release(kept_executor* p) noexcept;

// What a handle shares with its operations: the executor, the way to the stream, and the list of
// what it has under way.
//
// Operations are counted on the strand of the port, in `under_way_`, from their start until they have
// finished. A closed handle leaves the stream when that count is 0; until then the stream refers to the
// state, and the state to the stream, so an operation needs no reference of its own.
//
// As a node it is the head of the ring of what is parked or ready, on the strand; and once that is empty
// and the handle leaves, the link to another that does.
class handle_state : public owner_node
{
public:
    handle_state(core_ptr stream, const boost::asio::any_io_executor& executor, bool writes);
    virtual ~handle_state();

    handle_state(const handle_state&) = delete;
    handle_state& operator=(const handle_state&) = delete;

    // Null once the handle was closed.
    core* stream() const noexcept { return closed_ ? nullptr : core_.get(); }

    // Empty once the execution context is gone.
    const boost::asio::any_io_executor& executor() const noexcept { return executor_->get(); }

    // Where wake-ups run and work is counted: an executor of the same context that no strand guards.
    const boost::asio::any_io_executor& wake_executor() const noexcept;
    boost::asio::execution_context& context() const noexcept;

    // Whether wake-ups run on `executor()` itself, so that a handler may be called there directly.
    bool direct() const noexcept { return direct_; }

    // Whether that is so, and this thread runs handlers of the executor just now.
    bool runs_here() const noexcept;

    // Prepares an operation to be started; `other` is the context of the handler's executor, where
    // that is not the handle's own. May throw, and then has changed nothing.
    void adopt(operation& op, boost::asio::execution_context* other)
    {
        op.owner_ = this;
        if (other)
            op.other_port_ = &port_of(*other);
    }

    // Starts an adopted operation, if nobody is on the strand and the port can count its work: it is
    // parked, or completes if there is nothing to wait for.
    bool try_start(operation& op);

    // Starts an adopted operation that counts its work itself.
    void start(operation& op);

    // Completes what is under way with `operation_aborted`.
    void cancel();

    // Whether the stream has cut off this reader, because it stalled.
    bool is_cut_off() const noexcept { return cut_off_.load(std::memory_order_acquire); }

    // Completes what is under way, and leaves the stream when it has finished.
    void close();

private:
    friend class cancel_hook;
    friend class effects;
    friend class port;
    friend class readers;
    friend void leave_turn(operation& op);
    friend void intrusive_ptr_add_ref(handle_state* p) noexcept;
    friend void intrusive_ptr_release(handle_state* p) noexcept;

    port& port_of(boost::asio::execution_context& context);

    core_ptr core_;
    boost::intrusive_ptr<kept_executor> executor_;
    port* port_ = nullptr;
    std::atomic<std::uint32_t> references_{0};
    std::uint32_t under_way_ = 0; // on the strand
    std::uint32_t index_ = 0;     // among the readers; on the strand of the stream
    bool leaving_ = false;        // on the strand: the handle is closed
    bool closed_ = false;
    bool direct_ = false;
    bool writes_;
    std::atomic<bool> cut_off_{false};

protected:
    // Of an open handle, or one with something under way.
    core& owner() const noexcept { return *core_; }

    bool has_tether_ = false; // it is a tethered_reader_state; here, because here is room for it
};

} // namespace spool::detail
