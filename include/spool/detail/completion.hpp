// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// How handlers are carried and called: the memory an operation lives in, the work that its
// executors count, and the function object that finally calls the handler.

#include <spool/detail/cancel_hook.hpp>
#include <spool/detail/handle_state.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_allocator.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/associator.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/recycling_allocator.hpp>
#include <boost/asio/version.hpp>

#if BOOST_ASIO_VERSION >= 102700
#include <boost/asio/associated_immediate_executor.hpp>
#endif

#include <memory>
#include <new>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>

namespace spool::detail {

// What a completion token must be for an operation with these results.
template <class Token, class... Values>
concept token_for = asio::completion_token_for<Token, void(boost::system::error_code, Values...)>;

// A handler with its arguments, callable without any; everything associated with the handler is
// associated with it too.
template <class Handler, class... Args>
struct bound_handler
{
    Handler handler_;
    std::tuple<Args...> args_;

    void operator()()
    {
        std::apply([this](Args&... args) { std::move(handler_)(std::move(args)...); }, args_);
    }
};

// The same for an operation that has waited: the cancellation slot is cleared on the handler's own
// executor, where clearing cannot meet an emission, just before the handler may use it again.
template <class Handler, class... Args>
struct waited_handler : bound_handler<Handler, Args...>
{
    void operator()()
    {
        if (auto slot = asio::get_associated_cancellation_slot(this->handler_); slot.is_connected())
            slot.clear();
        bound_handler<Handler, Args...>::operator()();
    }
};

// Memory for one Op from the allocator associated with its handler. Asio's recycling allocator by
// default, as for Asio's own operations.
template <class Op, class Handler>
class operation_memory
{
    using associated = asio::associated_allocator_t<Handler, asio::recycling_allocator<void>>;
    static constexpr bool over_aligned = alignof(Op) > __STDCPP_DEFAULT_NEW_ALIGNMENT__;
    using chosen = std::conditional_t<
        over_aligned && std::is_same_v<associated, asio::recycling_allocator<void>>,
        std::allocator<void>,
        associated>;

public:
    using allocator_type = typename std::allocator_traits<chosen>::template rebind_alloc<Op>;

    static allocator_type allocator_of(const Handler& handler) noexcept
    {
        if constexpr (std::is_same_v<chosen, associated>)
            return allocator_type(
                asio::get_associated_allocator(handler, asio::recycling_allocator<void>()));
        else
            return allocator_type();
    }

    explicit operation_memory(const Handler& handler)
        : allocator_(allocator_of(handler)),
          memory_(std::allocator_traits<allocator_type>::allocate(allocator_, 1))
    {
    }

    operation_memory(allocator_type allocator, Op* op) noexcept
        : allocator_(allocator), op_(op), memory_(op)
    {
    }

    ~operation_memory()
    {
        if (op_)
            std::destroy_at(op_);
        if (memory_)
            std::allocator_traits<allocator_type>::deallocate(allocator_, memory_, 1);
    }

    operation_memory(const operation_memory&) = delete;
    operation_memory& operator=(const operation_memory&) = delete;

    template <class... Args>
    Op* construct(Args&&... args)
    {
        return op_ = ::new (static_cast<void*>(memory_)) Op(std::forward<Args>(args)...);
    }

    void release() noexcept { op_ = memory_ = nullptr; }

private:
    allocator_type allocator_;
    Op* op_ = nullptr;
    Op* memory_;
};

template <class Executor>
using tracked_executor = std::decay_t<decltype(asio::prefer(
    std::declval<const Executor&>(), asio::execution::outstanding_work.tracked))>;

// The handler of an operation that waits, with work counted on its executor and on the handle's.
template <class Handler>
class parked_handler
{
public:
    using executor_type = asio::associated_executor_t<Handler, asio::any_io_executor>;

    parked_handler(Handler&& handler, const handle_state& owner)
        : handle_work_(
              asio::prefer(owner.wake_executor(), asio::execution::outstanding_work.tracked)),
          handler_(std::move(handler))
    {
        executor_type executor = asio::get_associated_executor(handler_, owner.executor());
        if constexpr (std::is_same_v<executor_type, asio::any_io_executor>)
            if (executor == owner.executor())
                return;
        handler_work_.emplace(asio::prefer(executor, asio::execution::outstanding_work.tracked));
    }

    // The context of the handler's executor, where that is another one than the handle's.
    asio::execution_context* other_context(const handle_state& owner) const noexcept
    {
        executor_type executor = asio::get_associated_executor(handler_, owner.executor());
        if constexpr (asio::can_query<executor_type, asio::execution::context_t>::value)
        {
            asio::execution_context& own =
                asio::query(owner.wake_executor(), asio::execution::context);
            asio::execution_context& other = asio::query(executor, asio::execution::context);
            return &own == &other ? nullptr : &other;
        }
        else
            return nullptr;
    }

    const Handler& handler() const noexcept { return handler_; }

    // Calls the handler on its executor. This happens in a wake-up of the handle's context, so inline
    // where the executor allows; but not on another context: see port::batch.
    template <class... Args>
    void call(const handle_state& owner, bool elsewhere, Args... args)
    {
        executor_type executor = asio::get_associated_executor(handler_, owner.executor());
        waited_handler<Handler, Args...> bound{
            {std::move(handler_), std::tuple<Args...>(std::move(args)...)}};
        if constexpr (std::is_same_v<executor_type, asio::any_io_executor>)
        {
            if (owner.direct() && executor == owner.executor())
            {
                handle_work_ = asio::any_io_executor();
                return bound();
            }
        }
        if (elsewhere)
            asio::post(executor, std::move(bound));
        else
            asio::dispatch(executor, std::move(bound));
    }

private:
    asio::any_io_executor handle_work_;
    std::optional<tracked_executor<executor_type>> handler_work_;
    Handler handler_;
};

// Moves the handler out of an operation and gives its memory back, so that the handler may start the
// next operation in it; also on the way to destruction, because the handler may own the allocator.
template <class Handler, class Op>
parked_handler<Handler> take_handler(Op* op, parked_handler<Handler>& handler)
{
    using memory = operation_memory<Op, Handler>;
    const memory freed_on_return(memory::allocator_of(handler.handler()), op);
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
    memory.release();
    owner.start(*op);
}

// Completes an operation that has nothing to wait for: never inside the initiating function, unless
// the handler has an immediate executor that says otherwise.
template <class Handler, class... Args>
void complete_now(const handle_state& owner, Handler&& handler, Args... args)
{
    using bound_type = bound_handler<std::decay_t<Handler>, Args...>;
#if BOOST_ASIO_VERSION >= 102700
    auto executor = asio::get_associated_immediate_executor(handler, owner.executor());
    asio::dispatch(
        executor,
        bound_type{std::forward<Handler>(handler), std::tuple<Args...>(std::move(args)...)});
#else
    auto executor = asio::get_associated_executor(handler, owner.executor());
    asio::post(
        executor,
        bound_type{std::forward<Handler>(handler), std::tuple<Args...>(std::move(args)...)});
#endif
}

} // namespace spool::detail

template <
    template <class, class>
    class Associator,
    class Handler,
    class... Args,
    class DefaultCandidate>
struct boost::asio::
    associator<Associator, spool::detail::bound_handler<Handler, Args...>, DefaultCandidate>
    : Associator<Handler, DefaultCandidate>
{
    static auto get(const spool::detail::bound_handler<Handler, Args...>& h) noexcept
    {
        return Associator<Handler, DefaultCandidate>::get(h.handler_);
    }

    static auto
    get(const spool::detail::bound_handler<Handler, Args...>& h, const DefaultCandidate& c) noexcept
    {
        return Associator<Handler, DefaultCandidate>::get(h.handler_, c);
    }
};

template <
    template <class, class>
    class Associator,
    class Handler,
    class... Args,
    class DefaultCandidate>
struct boost::asio::
    associator<Associator, spool::detail::waited_handler<Handler, Args...>, DefaultCandidate>
    : associator<Associator, spool::detail::bound_handler<Handler, Args...>, DefaultCandidate>
{
};
