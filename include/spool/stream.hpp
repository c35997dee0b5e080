// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

/// @file
/// The written side of a stream.

#include <spool/detail/writer_state.hpp>
#include <spool/error.hpp>
#include <spool/options.hpp>
#include <spool/reader.hpp>
#include <spool/retention.hpp>
#include <spool/statistics.hpp>
#include <spool/storage.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/deferred.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

namespace spool {

/// The type of `discard`.
struct discard_t
{
};

/// Makes `stream::abort` give the cause at once, before bytes that could still be read.
inline constexpr discard_t discard{};

/// The written side of a stream: bytes are appended once, and read by any number of readers.
///
/// A stream is *open* until `close()` makes it complete or `abort()` fails it; the first of the two wins
/// and is final. A thin handle: destroying it while the stream is open fails the stream with
/// `errc::abandoned`, and the readers keep all that was written. It models AsyncWriteStream and
/// SyncWriteStream. Sizes are in bytes.
///
/// For all of its asynchronous operations:
/// @par Concurrency
/// Any number of operations may be pending. Appends never interleave; those that wait, for room or for a
/// lent region, go on in the order in which they came.
/// @par Object lifetimes
/// Buffers must stay valid until the handler is called. The handle may be moved or destroyed while
/// operations are pending: that completes writes with `errc::abandoned`, unless readers can see their
/// bytes already, and drains and flushes with `operation_aborted`.
/// @par Executor
/// As for `reader`.
/// @par Per-operation cancellation
/// Terminal, partial and total, while the operation waits: `operation_aborted` and nothing written.
/// @par Errors
/// `errc::closed` after `close()`; the cause after `abort()`; `errc::size_mismatch` beyond the declared
/// final size, with nothing written; `message_size` for an append that is larger than the stream can hold;
/// `no_memory`; `bad_descriptor` on a moved-from handle.
/// @par Thread safety
/// Distinct handles: safe. One handle: all members may be called from several threads at once, except
/// move and destruction. Members that return a result take their turn with other threads inside the
/// library's own short functions, and wait for nothing else.
class stream
{
public:
    /// The type of the executor of the stream.
    using executor_type = asio::any_io_executor;
    /// The stream itself: there is no layer below it.
    using lowest_layer_type = stream;

    /// Makes an open, empty stream in memory.
    /// @param executor Runs handlers by default, also those of readers made without another one.
    explicit stream(const executor_type& executor);
    /// Makes an open, empty stream in memory that uses the executor of `context`.
    template <detail::execution_context ExecutionContext>
    explicit stream(ExecutionContext& context) : stream(executor_type(context.get_executor()))
    {
    }
    /// Makes an open, empty stream in memory that may let go of bytes.
    /// @param executor Runs handlers by default, also those of readers made without another one.
    /// @param chosen What it keeps.
    stream(const executor_type& executor, const options& chosen);
    /// The same with the executor of `context`.
    template <detail::execution_context ExecutionContext>
    stream(ExecutionContext& context, const options& chosen)
        : stream(executor_type(context.get_executor()), chosen)
    {
    }
    /// Makes a stream that keeps its bytes in `kept`, behind those that are there: an open one, or a
    /// closed one if the storage is finished. What is appended is written soon, in the order of the
    /// appends; while the storage is too far behind, writes wait.
    /// @param executor Runs handlers by default, also those of readers made without another one.
    /// @param kept The storage, which the stream takes over.
    /// @param chosen How much stays in memory, and where the storage is called.
    template <std::derived_from<storage> Storage>
    stream(const executor_type& executor, Storage kept, const options& chosen = {})
        : stream(executor, std::make_unique<Storage>(std::move(kept)), chosen)
    {
    }
    /// The same with the executor of `context`.
    template <detail::execution_context ExecutionContext, std::derived_from<storage> Storage>
    stream(ExecutionContext& context, Storage kept, const options& chosen = {})
        : stream(executor_type(context.get_executor()), std::move(kept), chosen)
    {
    }
    /// Takes over the stream and the pending operations; `other` refers to none afterwards.
    stream(stream&& other) noexcept;
    /// Gives up this stream as the destructor does, then takes over `other`.
    stream& operator=(stream&& other) noexcept;
    /// Fails the stream with `errc::abandoned` if it is open.
    ~stream();

    /// The executor that handlers run on by default; empty once its execution context is gone.
    [[nodiscard]] const executor_type& get_executor() const noexcept { return state_->executor(); }
    /// The stream itself.
    [[nodiscard]] lowest_layer_type& lowest_layer() noexcept { return *this; }
    /// The stream itself.
    [[nodiscard]] const lowest_layer_type& lowest_layer() const noexcept { return *this; }

    /// Whether the stream has neither been closed nor failed.
    [[nodiscard]] bool is_open() const noexcept;
    /// The end of the bytes that readers may see.
    [[nodiscard]] std::uint64_t size() const noexcept;
    /// The first offset that is still held.
    [[nodiscard]] std::uint64_t base() const noexcept;
    /// The size the stream will have or has: once it is closed, or was declared.
    [[nodiscard]] std::optional<std::uint64_t> final_size() const noexcept;

    /// Makes a reader, in every state of the stream.
    /// @param start Where it begins: an offset, `from_base`, `from_end` or `from_last(bytes)`.
    /// @throws boost::system::system_error `errc::draining` or `errc::removed` after a drain was
    /// started; the cause after `abort(cause, discard)`; `bad_descriptor` if this handle was moved from
    /// or the execution context of the executor is gone.
    [[nodiscard]] reader make_reader(start_position start = 0);
    /// @copydoc make_reader(start_position)
    /// @param ec Set to the error instead; the reader returned is closed then.
    [[nodiscard]] reader make_reader(start_position start, error_code& ec);
    /// @copydoc make_reader(start_position)
    /// @param executor Runs the handlers of this reader by default.
    [[nodiscard]] reader make_reader(const executor_type& executor, start_position start = 0);
    /// @copydoc make_reader(const executor_type&,start_position)
    /// @param ec Set to the error instead; the reader returned is closed then.
    [[nodiscard]] reader
    make_reader(const executor_type& executor, start_position start, error_code& ec);

    /// Changes which bytes the stream keeps. What is too much then goes at once, except what tethered
    /// readers keep under `retain_unread`; writers that find room go on.
    /// @throws boost::system::system_error `operation_not_supported` if the stream was made without
    /// options; `invalid_argument` if the limit is less than two of its chunks.
    void set_retention(const retention& retain);
    /// @copydoc set_retention(const retention&)
    /// @param ec Set to the error instead.
    void set_retention(const retention& retain, error_code& ec);
    /// What the stream and its readers are doing; takes time in proportion to the number of readers.
    [[nodiscard]] stream_statistics statistics() const;

    /// Appends all bytes of `buffers`, next to each other, or nothing.
    ///
    /// Completes when readers can see the bytes; waits only while a region is lent (`prepare`), the
    /// storage is too far behind, or readers keep what would have to go (`retain_unread`).
    /// @par Completion signature
    /// `void(error_code, std::size_t)`
    /// @param buffers The bytes: a ConstBufferSequence. With none of them it succeeds in every state.
    /// @param token The completion token.
    template <
        class ConstBufferSequence,
        detail::token_for<std::size_t> Token = detail::default_token>
    auto async_append(const ConstBufferSequence& buffers, Token&& token = asio::deferred)
    {
        return async_append(buffers, level::visible, std::forward<Token>(token));
    }
    /// Appends as above, and completes when the bytes have reached a level of safety.
    /// @par Completion signature
    /// `void(error_code, std::size_t)`
    /// @par Per-operation cancellation
    /// Only until readers can see the bytes.
    /// @param buffers The bytes: a ConstBufferSequence.
    /// @param reached The level; beyond `visible` a stream in memory gives `operation_not_supported`.
    /// @param token The completion token.
    template <
        class ConstBufferSequence,
        detail::token_for<std::size_t> Token = detail::default_token>
    auto
    async_append(const ConstBufferSequence& buffers, level reached, Token&& token = asio::deferred)
    {
        return asio::async_initiate<Token, void(error_code, std::size_t)>(
            detail::initiate_append<false>(*state_, open_), token, buffers, reached);
    }
    /// Completes when everything appended so far has reached a level; of a closed stream, `synced` says
    /// that the storage is finished too. Cancelling it stops the waiting only.
    /// @par Completion signature
    /// `void(error_code)`
    /// @param reached The level, as for `async_append`.
    /// @param token The completion token.
    template <detail::token_for<> Token = detail::default_token>
    auto async_flush(level reached, Token&& token = asio::deferred)
    {
        return asio::async_initiate<Token, void(error_code)>(
            detail::initiate_flush(*state_, open_), token, reached);
    }

    /// Writes at least one byte of `buffers`, as many as there is room for; all, if the stream keeps all.
    /// @par Completion signature
    /// `void(error_code, std::size_t)`
    /// @param buffers The bytes: a ConstBufferSequence.
    /// @param token The completion token.
    template <
        class ConstBufferSequence,
        detail::token_for<std::size_t> Token = detail::default_token>
    auto async_write_some(const ConstBufferSequence& buffers, Token&& token = asio::deferred)
    {
        return asio::async_initiate<Token, void(error_code, std::size_t)>(
            detail::initiate_append<true>(*state_, open_), token, buffers, level::visible);
    }

    /// Appends as `async_append` without waiting.
    /// @param buffers The bytes: a ConstBufferSequence.
    /// @param ec Set to the error, `would_block` where the asynchronous form would wait.
    /// @return The number of bytes: all or 0.
    template <class ConstBufferSequence>
    std::size_t append(const ConstBufferSequence& buffers, error_code& ec)
    {
        const detail::flat_buffers<ConstBufferSequence> flat(buffers);
        return append(flat.span(), flat.size(), false, ec);
    }
    /// Appends as the form with `ec`, or throws a `system_error`.
    template <class ConstBufferSequence>
    std::size_t append(const ConstBufferSequence& buffers)
    {
        return detail::or_throw("append", [&](error_code& ec) { return append(buffers, ec); });
    }
    /// Writes as `async_write_some` without waiting, and reports as `append`.
    template <class ConstBufferSequence>
    std::size_t write_some(const ConstBufferSequence& buffers, error_code& ec)
    {
        const detail::flat_buffers<ConstBufferSequence> flat(buffers);
        return append(flat.span(), flat.size(), true, ec);
    }
    /// Writes as the form with `ec`, or throws a `system_error`.
    template <class ConstBufferSequence>
    std::size_t write_some(const ConstBufferSequence& buffers)
    {
        return detail::or_throw(
            "write_some", [&](error_code& ec) { return write_some(buffers, ec); });
    }

    /// Lends between 1 and `n` writable bytes at the end of the stream, to be filled in place.
    ///
    /// One region is lent at a time; while it is, other appends wait. It stays writable until it is
    /// given back with `commit` or the handle is destroyed, also when the stream ends meanwhile.
    /// @throws boost::system::system_error `would_block` if a region is lent or others wait in front.
    [[nodiscard]] asio::mutable_buffer prepare(std::size_t n);
    /// @copydoc prepare(std::size_t)
    /// @param ec Set to the error instead.
    [[nodiscard]] asio::mutable_buffer prepare(std::size_t n, error_code& ec);
    /// Lends as `prepare`, when it is this call's turn.
    /// @par Completion signature
    /// `void(error_code, asio::mutable_buffer)`
    /// @param n The largest number of bytes wanted.
    /// @param token The completion token.
    template <detail::token_for<asio::mutable_buffer> Token = detail::default_token>
    auto async_prepare(std::size_t n, Token&& token = asio::deferred)
    {
        return asio::async_initiate<Token, void(error_code, asio::mutable_buffer)>(
            detail::initiate_prepare(*state_, open_), token, n);
    }
    /// Gives the lent region back and makes its first `n` bytes readable.
    /// @throws boost::system::system_error `invalid_argument` if fewer than `n` bytes are lent, and
    /// then they stay lent; the stream's error if it has ended, and `n` is not 0.
    void commit(std::size_t n);
    /// @copydoc commit(std::size_t)
    /// @param ec Set to the error instead.
    void commit(std::size_t n, error_code& ec);

    /// Ends the stream: it is complete. Does nothing to a stream that has ended.
    /// @throws boost::system::system_error if the stream is not complete after the call: the cause if
    /// it has failed; `errc::size_mismatch` if it is short of the declared size, which fails it.
    void close();
    /// @copydoc close()
    /// @param ec Set to the error instead.
    void close(error_code& ec);
    /// Fails the stream: readers get every byte, then `cause`. Does nothing to one that has ended.
    /// @param cause What readers and later writes get; `errc::abandoned` in the place of no error and
    /// of `eof`, which would look like a complete stream.
    void abort(error_code cause);
    /// Fails the stream as `abort`, and readers get `cause` at once.
    void abort(error_code cause, discard_t);
    /// Declares the size that the stream will have; once, before the end.
    /// @throws boost::system::system_error `errc::size_mismatch` if it is larger already;
    /// `errc::final_size_known`; `errc::closed` or the cause if it has ended.
    void set_final_size(std::uint64_t n);
    /// @copydoc set_final_size(std::uint64_t)
    /// @param ec Set to the error instead.
    void set_final_size(std::uint64_t n, error_code& ec);

    /// Refuses new readers from now on, and completes when the last reader is closed and the stream
    /// has ended. Cancelling it stops the waiting only.
    /// @par Completion signature
    /// `void(error_code)`
    /// @param token The completion token.
    template <detail::token_for<> Token = detail::default_token>
    auto async_drain(Token&& token = asio::deferred)
    {
        return asio::async_initiate<Token, void(error_code)>(
            detail::initiate_drain(*state_, open_), token);
    }
    /// Drains as `async_drain`, then lets go of the bytes; `make_reader` gives `errc::removed` then.
    /// @par Completion signature
    /// `void(error_code)`
    /// @param token The completion token.
    template <detail::token_for<> Token = detail::default_token>
    auto async_remove(Token&& token = asio::deferred)
    {
        return asio::async_initiate<Token, void(error_code)>(
            detail::initiate_remove(*state_, open_), token);
    }

private:
    stream(const executor_type& executor, std::unique_ptr<storage> kept, const options& chosen);
    std::size_t
    append(std::span<const asio::const_buffer> buffers, std::size_t n, bool some, error_code& ec);
    detail::core* shared() const noexcept;
    void abandon();

    boost::intrusive_ptr<detail::writer_state> state_;
    bool open_;
};

} // namespace spool
