// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

/// @file
/// Operations that are given up after a while.

#include <spool/detail/initiate_deadline.hpp>

#include <boost/asio/deferred.hpp>
#include <boost/asio/steady_timer.hpp>

#include <utility>

namespace spool {

/// Runs an operation, and cancels it when its time is up.
///
/// It completes when the operation does, with what that gives; one that was cancelled by the deadline gives
/// `errc::timed_out` in the place of `operation_aborted`. Nothing is lost: a cancelled read has read
/// nothing, a wait says how many bytes there are, a drain has only stopped waiting. An operation that has its
/// result when the time is up keeps it. With no time it is tried: what is not ready has timed out.
///
/// Boost 1.86 has `asio::cancel_after`, which this does not need: that leaves the error as it is, so a
/// deadline cannot be told from a cancellation, and it needs a strand where several threads run handlers.
/// @par Concurrency
/// As the operation. The deadline of an operation of a stream or reader needs no strand. That of any other
/// operation cancels it on the executor of the handler: it must be a strand, or of one thread, as for all
/// cancellation of those.
/// @par Object lifetimes
/// As the operation.
/// @par Completion signature
/// That of the operation, `void(error_code, ...)`.
/// @par Executor
/// The handler runs on its associated executor, by default that of the operation; never inside this
/// call. The timer runs on the executor of the operation, or on that of the handler if it belongs to
/// another execution context; so if the context of the operation ends first, the handler is destroyed
/// when its own one runs or ends.
/// @par Per-operation cancellation
/// As the operation: `operation_aborted`, also when the time is up meanwhile. Emit the signal on the executor
/// of the handler.
/// @par Errors
/// `errc::timed_out`; those of the operation.
/// @par Example
/// @code
/// // At least 4096 bytes, or what is there after five seconds.
/// auto [ec, n] = co_await spool::with_deadline(5s, r.async_wait(4096), asio::as_tuple(use_awaitable));
/// @endcode
/// @tparam Timer An `asio::basic_waitable_timer`: its clock measures the time.
/// @param after How long the operation may take.
/// @param operation A deferred operation: what an initiating function gives for `asio::deferred`, the
/// default token of spool. Its initiation must know its executor.
/// @param token The completion token.
template <class Timer = asio::steady_timer, class Operation, class Token = detail::default_token>
auto with_deadline(
    const typename Timer::duration& after, Operation&& operation, Token&& token = asio::deferred)
{
    return std::forward<Operation>(operation)(detail::deadline_token<Timer, Token>{after, token});
}

} // namespace spool
