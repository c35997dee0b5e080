// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// The function objects that finally call a handler, and the completion of an operation that has
// nothing to wait for.

#include <spool/detail/handle_state.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_allocator.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/associator.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/execution/allocator.hpp>
#include <boost/asio/execution/blocking.hpp>
#include <boost/asio/execution/executor.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/require.hpp>
#include <boost/asio/version.hpp>

#if BOOST_ASIO_VERSION >= 102700
#include <boost/asio/associated_immediate_executor.hpp>
#include <boost/asio/system_executor.hpp>
#endif

#include <tuple>
#include <type_traits>
#include <utility>

namespace spool::detail {

// What a completion token must be for an operation with these results.
template <class Token, class... Values>
concept token_for = asio::completion_token_for<Token, void(boost::system::error_code, Values...)>;

// That Boost 1.81, too, lets a coroutine await without naming a token.
using default_token = const asio::deferred_t&;

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

// Of a handler whose slot is emitted to on other threads, so that it is left as it is.
template <class Handler>
concept keeps_slot = requires
{
    typename Handler::keeps_slot;
};

// Clears the cancellation slot of a handler that has waited. This happens on the handler's own
// executor, where it cannot meet an emission, just before the handler may use the slot again.
template <class Handler>
void clear_slot(const Handler& handler)
{
    if constexpr (keeps_slot<Handler>)
        return;
    else if (auto slot = asio::get_associated_cancellation_slot(handler); slot.is_connected())
        slot.clear();
}

// A bound handler of an operation that has waited.
template <class Handler, class... Args>
struct waited_handler : bound_handler<Handler, Args...>
{
    void operator()()
    {
        clear_slot(this->handler_);
        bound_handler<Handler, Args...>::operator()();
    }
};

// Posts a function to the executor that is associated with it. `asio::post` would count work for the
// way from the one to the other. An executor that cannot be asked to post, as that of
// `any_completion_handler`, is reached through the handle's own.
template <class Executor, class Function>
void post_to(const Executor& executor, const handle_state& owner, Function&& function)
{
    if constexpr (!asio::execution::is_executor<Executor>::value)
        asio::post(executor, std::forward<Function>(function));
    else if constexpr (asio::can_require<Executor, asio::execution::blocking_t::never_t>::value)
        asio::prefer(
            asio::require(executor, asio::execution::blocking.never),
            asio::execution::allocator(asio::get_associated_allocator(function)))
            .execute(std::forward<Function>(function));
    else
        asio::post(
            owner.executor(),
            [to = asio::prefer(executor, asio::execution::outstanding_work.tracked),
             f = std::forward<Function>(function)]() mutable { asio::dispatch(to, std::move(f)); });
}

#if BOOST_ASIO_VERSION >= 102700
// Whether the handler says how it is to be called by an operation that has nothing to wait for.
template <class Handler>
inline constexpr bool has_immediate_executor = !std::is_same_v<
    asio::associated_immediate_executor_t<Handler, asio::system_executor>,
    std::decay_t<
        asio::require_result_t<asio::system_executor, asio::execution::blocking_t::never_t>>>;
#endif

// Completes an operation that has nothing to wait for: never inside the initiating function, unless
// the handler has an immediate executor that says otherwise.
template <class Handler, class... Values>
void complete_now(
    const handle_state& owner,
    Handler handler,
    const boost::system::error_code& ec,
    Values... values)
{
    using bound_type = bound_handler<Handler, boost::system::error_code, Values...>;
#if BOOST_ASIO_VERSION >= 102700
    if constexpr (has_immediate_executor<Handler>)
    {
        auto immediate = asio::get_associated_immediate_executor(handler, owner.executor());
        // The system executor calls it here. A handler that has an executor of its own still goes there,
        // for which asio::dispatch would count work.
        if constexpr (std::is_same_v<decltype(immediate), asio::system_executor>)
        {
            auto executor = asio::get_associated_executor(handler, immediate);
            bound_type bound{std::move(handler), {ec, std::move(values)...}};
            if constexpr (std::is_same_v<decltype(executor), asio::any_io_executor>)
                if (executor == owner.executor() && owner.runs_here())
                    return bound();
            executor.execute(std::move(bound));
        }
        else
            asio::dispatch(immediate, bound_type{std::move(handler), {ec, std::move(values)...}});
        return;
    }
#endif
    auto executor = asio::get_associated_executor(handler, owner.executor());
    post_to(executor, owner, bound_type{std::move(handler), {ec, std::move(values)...}});
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
