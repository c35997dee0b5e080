// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// The completion handler of every operation of the model. It may own something, also the very object
// that its operation belongs to.

#include "operation.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <memory>
#include <utility>

namespace spool::test {

// Who is told what becomes of a handler.
class handler_watcher
{
public:
    virtual void called(operation& op, error_code ec, std::uint64_t n) = 0;
    virtual void dropped(operation& op) noexcept = 0;

protected:
    ~handler_watcher() = default;
};

class model_handler
{
public:
    using executor_type = boost::asio::any_io_executor;
    using cancellation_slot_type = boost::asio::cancellation_slot;

    model_handler(
        handler_watcher& watcher,
        operation& op,
        executor_type executor,
        cancellation_slot_type slot,
        std::shared_ptr<void> owned) noexcept
        : watcher_(&watcher), op_(&op), executor_(std::move(executor)), slot_(slot),
          owned_(std::move(owned))
    {
    }

    model_handler(model_handler&& other) noexcept
        : watcher_(other.watcher_), op_(std::exchange(other.op_, nullptr)),
          executor_(std::move(other.executor_)), slot_(other.slot_), owned_(std::move(other.owned_))
    {
    }

    ~model_handler()
    {
        if (op_)
            watcher_->dropped(*op_);
    }

    executor_type get_executor() const noexcept { return executor_; }
    cancellation_slot_type get_cancellation_slot() const noexcept { return slot_; }

    void operator()(error_code ec) && { call(ec, 0); }
    void operator()(error_code ec, std::uint64_t n) && { call(ec, n); }

    void operator()(error_code ec, spool::view lent) &&
    {
        const std::uint64_t n = lent.size();
        if (op_)
            op_->view = std::move(lent);
        call(ec, n);
    }

    void operator()(error_code ec, boost::asio::mutable_buffer region) &&
    {
        if (op_)
            op_->region = region;
        call(ec, region.size());
    }

private:
    void call(error_code ec, std::uint64_t n)
    {
        expect(op_ != nullptr, "C51: a handler was called twice, or after it was moved from");
        watcher_->called(*std::exchange(op_, nullptr), ec, n);
    }

    handler_watcher* watcher_;
    operation* op_; // null once it was called or moved from
    executor_type executor_;
    cancellation_slot_type slot_;
    std::shared_ptr<void> owned_;
};

// The same without an executor of its own.
class plain_handler : private model_handler
{
public:
    using model_handler::cancellation_slot_type;

    explicit plain_handler(model_handler&& handler) noexcept : model_handler(std::move(handler)) {}

    using model_handler::get_cancellation_slot;
    using model_handler::operator();
};

} // namespace spool::test
