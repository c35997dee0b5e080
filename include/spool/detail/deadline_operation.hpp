// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// An operation with a timer that cancels it.
//
// One object, in memory of the handler's allocator, holds the handler, the timer and the signal for the
// slot of the operation. Three hold the object: the call that starts both, the timer and the operation.
// The last one to leave frees it and calls the handler; in the starting call it posts it.
//
// Timer and operation may end on two threads at once. So nobody touches the slot between the start of the
// operation and the end of both: the signal is not emitted before (`started`), and an operation of spool
// does not clear the slot (`keeps_slot`), while a cancellation that comes late finds nothing.

#include <spool/detail/completion.hpp>
#include <spool/detail/operation_memory.hpp>
#include <spool/error.hpp>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associator.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <atomic>
#include <cstdint>
#include <optional>
#include <tuple>
#include <utility>

namespace spool::detail {

// Those who hold the object.
enum class deadline_side : std::uint8_t
{
    start,
    timer,
    operation,
};

// What one of them has of it; for the timer and the operation also their handler.
template <class Operation, deadline_side Side>
class deadline_part
{
public:
    using handler_type = typename Operation::handler_type;
    using cancellation_slot_type = asio::cancellation_slot;
    using keeps_slot = void;

    explicit deadline_part(Operation& of) noexcept : of_(&of) {}
    deadline_part(deadline_part&& other) noexcept : of_(std::exchange(other.of_, nullptr)) {}
    deadline_part& operator=(deadline_part&&) = delete;
    ~deadline_part()
    {
        if (of_)
            of_->end(Side);
    }

    const handler_type& handler() const noexcept { return of_->handler(); }

    cancellation_slot_type get_cancellation_slot() const noexcept
    {
        return Side == deadline_side::operation ? of_->slot() : cancellation_slot_type();
    }

    template <class... Values>
    void operator()(const error_code& ec, Values&&... values)
    {
        Operation& of = *std::exchange(of_, nullptr);
        if constexpr (Side == deadline_side::timer)
            of.end_timer(ec);
        else
            of.end_operation(ec, std::forward<Values>(values)...);
    }

private:
    Operation* of_;
};

template <class Timer, class Handler, class... Values>
class deadline_operation
{
public:
    using handler_type = Handler;

    deadline_operation(
        Handler&& handler,
        const typename Timer::executor_type& executor,
        const typename Timer::duration& after)
        : handler_(std::move(handler)), timer_(executor, after)
    {
    }

    deadline_operation(const deadline_operation&) = delete;
    deadline_operation& operator=(const deadline_operation&) = delete;

    // Starts both. A timer of another thread may be up before the operation is there.
    template <class Initiation, class... Args>
    static void start(
        Handler& handler,
        const typename Timer::executor_type& executor,
        const typename Timer::duration& after,
        Initiation&& initiation,
        Args&&... args)
    {
        memory allocated(handler);
        auto& self = *allocated.construct(std::move(handler), executor, after);
        const part<deadline_side::start> starting(self);
        part<deadline_side::timer> of_timer(self);
        part<deadline_side::operation> of_operation(self);
        allocated.release();
        if (auto slot = asio::get_associated_cancellation_slot(self.handler_); slot.is_connected())
            self.forwarder_ = &slot.template emplace<forwarder>(self);
        self.timer_.async_wait(std::move(of_timer));
        std::forward<Initiation>(initiation)(std::move(of_operation), std::forward<Args>(args)...);
        self.cancel_if(self.set(started), expired);
    }

    const Handler& handler() const noexcept { return handler_; }
    asio::cancellation_slot slot() noexcept { return signal_.slot(); }

    void end_timer(const error_code& ec)
    {
        if (!ec)
            cancel_if(set(expired), started);
        leave(deadline_side::timer);
    }

    void end_operation(error_code ec, Values... values)
    {
        const std::uint8_t flags = set(completed);
        if (ec == asio::error::operation_aborted && (flags & (expired | cancelled)) == expired)
            ec = errc::timed_out;
        result_.emplace(ec, std::move(values)...);
        end(deadline_side::operation);
    }

    // Also if it never completes.
    void end(deadline_side side)
    {
        if (side == deadline_side::operation)
            timer_.cancel();
        leave(side);
    }

private:
    enum : std::uint8_t
    {
        started = 1,   // the operation has its slot
        expired = 2,   // the time is up
        cancelled = 4, // from outside
        completed = 8,
    };

    template <deadline_side Side>
    using part = deadline_part<deadline_operation, Side>;
    using memory = operation_memory<deadline_operation, Handler>;
    using bound_type = bound_handler<Handler, error_code, Values...>;

    // What stands in the slot of the handler.
    struct forwarder
    {
        deadline_operation* to_;

        explicit forwarder(deadline_operation& to) noexcept : to_(&to) {}
        forwarder(const forwarder&) = delete;
        forwarder& operator=(const forwarder&) = delete;
        ~forwarder()
        {
            if (to_)
                to_->forwarder_ = nullptr;
        }

        void operator()(asio::cancellation_type type)
        {
            if (!to_)
                return;
            to_->set(cancelled);
            to_->signal_.emit(type);
        }
    };

    std::uint8_t set(std::uint8_t flag) noexcept
    {
        return flags_.fetch_or(flag, std::memory_order_acq_rel);
    }

    // Of the start and the expiry, the second one cancels.
    void cancel_if(std::uint8_t flags, std::uint8_t other)
    {
        constexpr auto any = asio::cancellation_type::terminal | asio::cancellation_type::partial |
                             asio::cancellation_type::total;
        if ((flags & (other | completed)) == other)
            signal_.emit(any);
    }

    void leave(deadline_side side)
    {
        if (holders_.fetch_sub(1, std::memory_order_acq_rel) != 1)
            return;
        if (forwarder_ && result_)
            asio::get_associated_cancellation_slot(handler_).clear();
        else if (forwarder_) // its signal may be gone
            forwarder_->to_ = nullptr;
        if (!result_)
            static_cast<void>(take_handler());
        else if (side != deadline_side::start)
            take_all()();
        else
        {
            const typename Timer::executor_type executor = timer_.get_executor();
            asio::post(executor, take_all());
        }
    }

    Handler take_handler()
    {
        const memory freed_on_return(handler_, this);
        Handler taken(std::move(handler_));
        return taken;
    }

    bound_type take_all()
    {
        auto values = std::move(*result_);
        return {take_handler(), std::move(values)};
    }

    Handler handler_;
    Timer timer_;
    asio::cancellation_signal signal_;
    forwarder* forwarder_ = nullptr;
    std::optional<std::tuple<error_code, Values...>> result_;
    std::atomic<std::uint8_t> flags_{0};
    std::atomic<std::uint8_t> holders_{3};
};

} // namespace spool::detail

namespace boost::asio {

template <
    template <class, class>
    class Associator,
    class Operation,
    spool::detail::deadline_side Side,
    class DefaultCandidate>
struct associator<Associator, spool::detail::deadline_part<Operation, Side>, DefaultCandidate>
    : Associator<typename Operation::handler_type, DefaultCandidate>
{
    using handler_type = typename Operation::handler_type;

    static auto get(const spool::detail::deadline_part<Operation, Side>& h) noexcept
    {
        return Associator<handler_type, DefaultCandidate>::get(h.handler());
    }

    static auto
    get(const spool::detail::deadline_part<Operation, Side>& h, const DefaultCandidate& c) noexcept
    {
        return Associator<handler_type, DefaultCandidate>::get(h.handler(), c);
    }
};

} // namespace boost::asio
