// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

/// @file
/// Whole streams moved from and to anything that models AsyncWriteStream or AsyncReadStream.

#include <spool/detail/transfer_operation.hpp>
#include <spool/error.hpp>
#include <spool/reader.hpp>
#include <spool/stream.hpp>

#include <boost/asio/async_result.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/deferred.hpp>

#include <concepts>
#include <cstdint>

namespace spool {

/// Writes everything from the reader's offset on to `to`, until the stream ends.
///
/// The bytes are lent, not copied, and written several chunks at a time. The reader's offset follows
/// what was written, so that after an error a second call goes on where the first one stopped. Where `to`
/// is a socket of Asio, and only a file has the bytes, the kernel copies them from there (`sendfile`).
///
/// @par Concurrency
/// Neither `from` nor the written side of `to` may be used otherwise while the operation is pending.
/// @par Object lifetimes
/// Both objects must stay where they are until the handler is called.
/// @par Completion signature
/// `void(error_code, std::uint64_t)`, with the number of bytes written, also with an error.
/// @par Executor
/// The handler runs on its associated executor, by default that of the reader.
/// @par Per-operation cancellation
/// Terminal and partial: `operation_aborted`, with the number of bytes written. Emit the signal on
/// the handler's strand, as for all composed operations of Asio.
/// @par Errors
/// None at the end of a complete stream; the cause of a failed one, after all of its bytes; `errc::gap`
/// once where bytes are gone, and a second call goes on behind them; any error of `to`, and `std::errc::io_error` if it takes nothing without one.
/// @param from The reader.
/// @param to An AsyncWriteStream.
/// @param token The completion token.
template <class AsyncWriteStream, detail::token_for<std::uint64_t> Token = const asio::deferred_t&>
auto async_copy(reader& from, AsyncWriteStream& to, Token&& token = asio::deferred)
{
    return asio::async_compose<Token, void(error_code, std::uint64_t)>(
        detail::copy_out_operation<AsyncWriteStream>(from, to), token, from, to);
}

/// Appends everything that `from` gives to the stream, until `from` ends.
///
/// The bytes are read straight into the stream (`stream::prepare`). The stream is left open: whether it
/// is complete then, only the caller knows. While the operation waits for bytes a region is lent, so
/// other appends wait.
///
/// @par Concurrency
/// The read side of `from` may not be used otherwise while the operation is pending.
/// @par Object lifetimes
/// Both objects must stay where they are until the handler is called.
/// @par Completion signature
/// `void(error_code, std::uint64_t)`, with the number of bytes appended, also with an error.
/// @par Executor
/// The handler runs on its associated executor, by default that of `from`.
/// @par Per-operation cancellation
/// Terminal and partial: `operation_aborted`, with the number of bytes appended. Emit the signal on
/// the handler's strand, as for all composed operations of Asio.
/// @par Errors
/// None at the end of `from`; any other error of `from`, and `std::errc::io_error` if it gives nothing
/// without one; those of `stream::async_append`, and then the bytes that were read last are lost.
/// @param from An AsyncReadStream.
/// @param to The stream.
/// @param token The completion token.
template <class AsyncReadStream, detail::token_for<std::uint64_t> Token = const asio::deferred_t&>
    requires(!std::same_as<AsyncReadStream, reader>)
auto async_copy(AsyncReadStream& from, stream& to, Token&& token = asio::deferred)
{
    return asio::async_compose<Token, void(error_code, std::uint64_t)>(
        detail::copy_in_operation<AsyncReadStream>(from, to), token, from, to);
}

} // namespace spool
