// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

/// @file
/// Finding the beginning of a line, for readers of logs.

#include <spool/detail/line_operation.hpp>
#include <spool/error.hpp>
#include <spool/reader.hpp>

#include <boost/asio/async_result.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/deferred.hpp>

#include <cstdint>

namespace spool {

/// Moves a reader back to the beginning of the line that it stands in: behind the last line feed before its
/// offset. Who joins a log late begins with a whole line so:
///
/// @code
/// spool::reader r = log.make_reader(spool::from_last(4096));
/// co_await spool::async_seek_line(r, use_awaitable);
/// @endcode
///
/// Without a line feed before it, that is the first byte that is still held, which is the beginning of a
/// line if the stream holds it from 0 on.
/// @par Concurrency
/// No sequential read of `from` may be pending, or be started meanwhile.
/// @par Object lifetimes
/// The reader must stay where it is until the handler is called.
/// @par Completion signature
/// `void(error_code, std::uint64_t)`, with the offset that was reached.
/// @par Executor
/// The handler runs on its associated executor, by default that of the reader.
/// @par Per-operation cancellation
/// Terminal and partial: `operation_aborted`, and the reader has not moved. Emit the signal on the
/// handler's strand, as for all composed operations of Asio.
/// @par Errors
/// Those of `reader::async_read_view_at`, and the reader has not moved; `invalid_argument` if it stands behind
/// the end. Bytes that go meanwhile (`retain_last`) are no error: the line begins behind them then.
/// @par Complexity
/// Linear in the distance to the line feed; a few KiB are looked at in one step, without copying them.
/// @param from The reader.
/// @param token The completion token.
template <detail::token_for<std::uint64_t> Token = const asio::deferred_t&>
auto async_seek_line(reader& from, Token&& token = asio::deferred)
{
    return asio::async_compose<Token, void(error_code, std::uint64_t)>(
        detail::line_operation(from), token, from);
}

} // namespace spool
