// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// How an operation that waits carries its handler: the memory it lives in, the work that is counted
// for it, and the executor that it is called on.

#include <spool/detail/cancel_hook.hpp>
#include <spool/detail/completion.hpp>
#include <spool/detail/handle_state.hpp>
#include <spool/detail/operation_memory.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/query.hpp>

#include <memory>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

namespace spool::detail {

template <class Executor>
using tracked_executor = std::decay_t<decltype(asio::prefer(
    std::declval<const Executor&>(), asio::execution::outstanding_work.tracked))>;

// Stands in for an executor where it is asked whether a handler has one of its own.
struct any_other_executor
{
};

template <class Handler>
inline constexpr bool has_own_executor =
    !std::is_same_v<asio::associated_executor_t<Handler, any_other_executor>, any_other_executor>;

// The handler of an operation that waits. Work is counted on its own executor, if it has one that
// differs from the handle's; on the handle's by the port or else by `hold_work`.
template <class Handler>
class parked_handler
{
    static constexpr bool own = has_own_executor<Handler>;
    using executor_type = asio::associated_executor_t<Handler, asio::any_io_executor>;
    using work_memory = operation_memory<asio::any_io_executor, Handler>;

public:
    parked_handler(Handler&& handler, const handle_state& owner) : handler_(std::move(handler))
    {
        if constexpr (own)
        {
            executor_type executor = asio::get_associated_executor(handler_, owner.executor());
            if (!is_owners(executor, owner))
                own_work_.emplace(
                    asio::prefer(executor, asio::execution::outstanding_work.tracked));
        }
    }

    // The context of the handler's executor, where that is another one than the handle's.
    asio::execution_context* other_context(const handle_state& owner) const noexcept
    {
        if constexpr (own && asio::can_query<executor_type, asio::execution::context_t>::value)
        {
            executor_type executor = asio::get_associated_executor(handler_, owner.executor());
            if (is_owners(executor, owner))
                return nullptr;
            asio::execution_context& other = asio::query(executor, asio::execution::context);
            return &other == &owner.context() ? nullptr : &other;
        }
        else
            return nullptr;
    }

    const Handler& handler() const noexcept { return handler_; }

    // Counts work on the handle's context.
    void hold_work(const handle_state& owner)
    {
        work_memory memory(handler_);
        memory.construct(
            asio::prefer(owner.wake_executor(), asio::execution::outstanding_work.tracked));
        work_ = memory.release();
    }

    // Gives the memory for the counted work back, and goes on counting it in the result.
    std::optional<asio::any_io_executor> take_work() noexcept
    {
        if (!work_)
            return std::nullopt;
        const work_memory memory(handler_, work_);
        return std::move(*std::exchange(work_, nullptr));
    }

    // Calls the handler on its executor. This happens in a wake-up of the handle's context, so inline
    // where the executor allows; but not on another context: see port::batch.
    template <class... Values>
    void call(
        const handle_state& owner,
        bool elsewhere,
        const boost::system::error_code& ec,
        Values... values)
    {
        if (owner.direct() &&
            (!own || is_owners(asio::get_associated_executor(handler_, owner.executor()), owner)))
        {
            clear_slot(handler_);
            return std::move(handler_)(ec, std::move(values)...);
        }
        executor_type executor = asio::get_associated_executor(handler_, owner.executor());
        waited_handler<Handler, boost::system::error_code, Values...> bound{
            {std::move(handler_), {ec, std::move(values)...}}};
        if (elsewhere)
            post_to(executor, owner, std::move(bound));
        else
            asio::dispatch(executor, std::move(bound));
    }

private:
    static bool is_owners(const executor_type& executor, const handle_state& owner) noexcept
    {
        if constexpr (!own)
            return true;
        else if constexpr (std::is_same_v<executor_type, asio::any_io_executor>)
            return executor == owner.executor();
        else
            return false;
    }

    Handler handler_;
    asio::any_io_executor* work_ = nullptr;
    [[no_unique_address]] std::
        conditional_t<own, std::optional<tracked_executor<executor_type>>, std::monostate>
            own_work_;
};

// Moves the handler out of an operation and gives its memory back, so that the handler may start the
// next operation in it; also on the way to destruction, because the handler may own the allocator.
template <class Handler, class Op>
parked_handler<Handler> take_handler(Op* op, parked_handler<Handler>& handler)
{
    const operation_memory<Op, Handler> freed_on_return(handler.handler(), op);
    parked_handler<Handler> taken(std::move(handler));
    return taken;
}

// Allocates, constructs and starts a waiting operation.
template <class Op, class Handler, class... Args>
void start_operation(handle_state& owner, Handler& handler, Args&&... args)
{
    operation_memory<Op, Handler> memory(handler);
    Op* const op = memory.construct(std::move(handler), owner, std::forward<Args>(args)...);
    owner.adopt(*op, op->parked().other_context(owner));
    if (auto slot = asio::get_associated_cancellation_slot(op->parked().handler());
        slot.is_connected())
        op->hook_ = &slot.template emplace<cancel_hook>(core_ptr(owner.stream()), *op);
    if (owner.try_start(*memory.release()))
        return;
    operation_memory<Op, Handler> again(op->parked().handler(), op);
    try
    {
        op->parked().hold_work(owner);
    }
    catch (...)
    {
        if (op->hook_)
            asio::get_associated_cancellation_slot(op->parked().handler()).clear();
        throw;
    }
    owner.start(*again.release());
}

} // namespace spool::detail
