// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// How an operation gets its deadline: a completion token of ours takes the place of the caller's, and sees
// the initiation of the operation, which knows the executor.

#include <spool/detail/deadline_operation.hpp>
#include <spool/detail/parked_handler.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/require.hpp>

#include <type_traits>
#include <utility>

namespace spool::detail {

// A timer runs where the operation does, unless the handler belongs to a context of its own: that may end
// first, and then the timer must end with it. An executor that cannot count work, as that of a future,
// is of no context that ends.
template <class Timer, class Executor>
inline constexpr bool may_run_timer = false;
template <class Timer, class Executor>
requires std::is_convertible_v<Executor, typename Timer::executor_type> &&
    asio::can_query<Executor, asio::execution::context_t>::value inline constexpr bool
        may_run_timer<Timer, Executor> =
            std::is_same_v<Executor, asio::any_io_executor> ||
            asio::can_require<Executor, asio::execution::outstanding_work_t::tracked_t>::value;

template <class Timer, class Handler, class Executor>
typename Timer::executor_type executor_for_timer(const Handler& handler, const Executor& executor)
{
    if constexpr (may_run_timer<Timer, asio::associated_executor_t<Handler, any_other_executor>>)
    {
        auto other = asio::get_associated_executor(handler, executor);
        const asio::execution_context& context = asio::query(other, asio::execution::context);
        if (&context != &asio::query(executor, asio::execution::context))
            return other;
    }
    return executor;
}

// The initiation of an operation, and of the timer with it.
template <class Timer, class Initiation, class... Values>
class initiate_with_deadline
{
public:
    using executor_type = asio::associated_executor_t<Initiation, asio::any_io_executor>;

    explicit initiate_with_deadline(Initiation initiation) : initiation_(std::move(initiation)) {}

    executor_type get_executor() const noexcept { return initiation_.get_executor(); }

    template <class Handler, class... Args>
    void operator()(Handler&& handler, const typename Timer::duration& after, Args&&... args)
    {
        using handler_type = std::decay_t<Handler>;
        const auto executor = get_executor();
        if constexpr (std::is_same_v<executor_type, asio::any_io_executor>)
            if (!executor)
                return; // the context is gone: the handler is destroyed uninvoked
        deadline_operation<Timer, handler_type, Values...>::start(
            handler,
            executor_for_timer<Timer>(handler, executor),
            after,
            std::move(initiation_),
            std::forward<Args>(args)...);
    }

private:
    Initiation initiation_;
};

// The token that puts a deadline between an operation and the token for its result.
template <class Timer, class Token>
struct deadline_token
{
    typename Timer::duration after_;
    std::remove_reference_t<Token>& token_;
};

} // namespace spool::detail

namespace boost::asio {

template <class Timer, class Token, class Result, class... Values>
struct async_result<
    spool::detail::deadline_token<Timer, Token>,
    Result(boost::system::error_code, Values...)>
{
    template <class Initiation>
    using initiation = spool::detail::
        initiate_with_deadline<Timer, std::decay_t<Initiation>, std::decay_t<Values>...>;

    template <class Initiation, class... Args>
    static auto initiate(
        Initiation&& start, const spool::detail::deadline_token<Timer, Token>& with, Args&&... args)
        -> decltype(async_initiate<Token, Result(boost::system::error_code, Values...)>(
            std::declval<initiation<Initiation>>(),
            with.token_,
            with.after_,
            std::forward<Args>(args)...))
    {
        return async_initiate<Token, Result(boost::system::error_code, Values...)>(
            initiation<Initiation>(std::forward<Initiation>(start)),
            with.token_,
            with.after_,
            std::forward<Args>(args)...);
    }
};

} // namespace boost::asio
