// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

/// @file
/// One independent position in a stream.

#include <spool/detail/read_operation.hpp>
#include <spool/error.hpp>
#include <spool/statistics.hpp>
#include <spool/view.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/deferred.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

namespace spool {

class stream;

namespace detail {
template <class AsyncWriteStream>
class copy_out_operation;
}

/// One independent position in a stream: reads its bytes while they are written, and afterwards.
///
/// A reader is a thin handle: it shares the stream's state, and stays valid when the write handle is
/// gone. It models AsyncReadStream, SyncReadStream and AsyncRandomAccessReadDevice, so Asio's and
/// Beast's composed operations work on it unchanged. Offsets and sizes are in bytes.
///
/// For all of its asynchronous operations:
/// @par Concurrency
/// Any number of `_at` operations and waits may be pending, and one sequential operation
/// (`async_read_some`, `async_read_view`, `async_seek_end`): a second gets `errc::read_pending`.
/// @par Object lifetimes
/// Buffers must stay valid until the handler is called. The reader may be moved, closed or destroyed
/// meanwhile; closing and destroying complete what is pending with `operation_aborted`.
/// @par Executor
/// The handler runs on its associated executor, by default `get_executor()`; never inside the call that
/// starts the operation. One that completes at once is posted, or from Boost 1.82 on dispatched
/// through the handler's immediate executor.
/// @par Per-operation cancellation
/// Terminal, partial and total: `operation_aborted`, nothing read, the offset unmoved. A completion
/// that was already decided stands.
/// @par Errors
/// `asio::error::eof` at the end of a closed stream, never of a failed one, which gives its cause;
/// `errc::gap` below `base()`; `errc::too_slow` if it has held up writers for too long; `message_size` from
/// a wait for more than the stream can hold; `bad_descriptor` on a closed or moved-from reader. Except from
/// `async_read_at` and the waits, an error comes with 0 bytes.
/// @par Complexity
/// Constant when the bytes are there, without the strand of the stream; else logarithmic in the
/// number of waiting operations, or constant for those that wait for the next byte.
/// @par Thread safety
/// Distinct readers: safe. One reader: unsafe, but its cancellation signals may be emitted anywhere.
class reader
{
public:
    using executor_type = asio::any_io_executor; ///< The type of the reader's executor.
    using lowest_layer_type = reader;            ///< The reader: there is no layer below it.

    /// Takes over the position and the pending operations; `other` is closed afterwards.
    reader(reader&& other) noexcept;
    /// Closes this reader, then takes over `other`.
    reader& operator=(reader&& other) noexcept;
    ~reader(); ///< Closes the reader.

    /// The executor that handlers run on by default; empty once its execution context is gone.
    [[nodiscard]] const executor_type& get_executor() const noexcept { return state_->executor(); }
    /// The reader itself.
    [[nodiscard]] lowest_layer_type& lowest_layer() noexcept { return *this; }
    /// The reader itself.
    [[nodiscard]] const lowest_layer_type& lowest_layer() const noexcept { return *this; }

    /// Makes another reader of the same stream at the same offset, on the same executor.
    /// @throws boost::system::system_error as `stream::make_reader`; `bad_descriptor` if this reader is
    /// closed or its execution context gone.
    [[nodiscard]] reader clone() const;
    /// @copydoc clone()const
    /// @param ec Set to the error, if any; the reader returned is closed then.
    [[nodiscard]] reader clone(error_code& ec) const;

    /// Whether neither `close()` was called nor the reader moved from.
    [[nodiscard]] bool is_open() const noexcept { return open_ && state_->stream(); }
    /// Completes all pending operations with `operation_aborted`, now or never: later ones are not hit.
    void cancel();
    /// Completes all pending operations with `operation_aborted` and leaves the stream. Idempotent.
    void close();

    /// The offset of the next sequential read; 0 on a closed reader.
    [[nodiscard]] std::uint64_t offset() const noexcept;
    /// Moves an open reader to any offset, also beyond the size; a sequential read that waits no longer moves it.
    void seek(std::uint64_t offset) noexcept;
    /// How many bytes sequential reads have lost to gaps; 0 on a closed reader.
    [[nodiscard]] std::uint64_t skipped() const noexcept;
    /// Whether it may hold up writers, under `retain_unread`: by default, if the stream can have that.
    [[nodiscard]] bool is_tethered() const noexcept;
    /// Lets it hold up writers or not; one that does not may find that bytes have gone: `errc::gap`.
    void set_tethered(bool tethered);
    /// What the reader is doing.
    [[nodiscard]] reader_statistics statistics() const noexcept;
    /// The end of the bytes that can be read now; 0 on a closed reader.
    [[nodiscard]] std::uint64_t size() const noexcept;
    /// The first offset that is still held; 0 on a closed reader.
    [[nodiscard]] std::uint64_t base() const noexcept;
    /// The size the stream will have or has: once it is closed, or was declared.
    [[nodiscard]] std::optional<std::uint64_t> final_size() const noexcept;
    /// How many bytes there are to read from `offset()` on.
    [[nodiscard]] std::uint64_t lag() const noexcept;

    /// Reads at the reader's offset and advances it.
    ///
    /// Completes as soon as one byte is there, with as much as is there and fits; at the end of the
    /// stream with an error and 0 bytes; with empty buffers at once and 0.
    /// @par Completion signature
    /// `void(error_code, std::size_t)`
    /// @par Errors
    /// `errc::gap` is reported once: the reader then stands at `base()`, and `skipped()` has grown.
    /// @param buffers Where the bytes go: a MutableBufferSequence.
    /// @param token The completion token.
    template <
        class MutableBufferSequence,
        detail::token_for<std::size_t> Token = detail::default_token>
    auto async_read_some(const MutableBufferSequence& buffers, Token&& token = asio::deferred)
    {
        return start(token, detail::read_some_into<MutableBufferSequence, true>{buffers});
    }

    /// Reads at `offset`, otherwise as `async_read_some`; leaves the reader's offset alone.
    /// @par Completion signature
    /// `void(error_code, std::size_t)`
    template <
        class MutableBufferSequence,
        detail::token_for<std::size_t> Token = detail::default_token>
    auto async_read_some_at(
        std::uint64_t offset, const MutableBufferSequence& buffers, Token&& token = asio::deferred)
    {
        return start(token, detail::read_some_into<MutableBufferSequence, false>{buffers}, offset);
    }

    /// Fills the buffers from `offset` on, or as much of them as there is before the end: the result is
    /// that of `asio::async_read_at` on this reader.
    /// @par Completion signature
    /// `void(error_code, std::size_t)`
    /// @par Errors
    /// At the end, `eof` or the cause together with the bytes that were read.
    template <
        class MutableBufferSequence,
        detail::token_for<std::size_t> Token = detail::default_token>
    auto async_read_at(
        std::uint64_t offset, const MutableBufferSequence& buffers, Token&& token = asio::deferred)
    {
        return start(token, detail::read_all_action<MutableBufferSequence>{buffers}, offset);
    }

    /// Waits until `min_bytes` can be read from the reader's offset on, or the stream ends.
    ///
    /// Reads nothing. The result says how many bytes can be read, also with an error; with 0
    /// `min_bytes` it is there at once.
    /// @par Completion signature
    /// `void(error_code, std::uint64_t)`
    template <detail::token_for<std::uint64_t> Token = detail::default_token>
    auto async_wait(std::uint64_t min_bytes, Token&& token = asio::deferred)
    {
        return start(token, detail::wait_action{min_bytes});
    }

    /// Waits as `async_wait`, from `offset` on.
    /// @par Completion signature
    /// `void(error_code, std::uint64_t)`
    template <detail::token_for<std::uint64_t> Token = detail::default_token>
    auto
    async_wait_at(std::uint64_t offset, std::uint64_t min_bytes, Token&& token = asio::deferred)
    {
        return start(token, detail::wait_action{min_bytes}, offset);
    }

    /// Reads at most `max` bytes as `async_read_some`, but lends them instead of copying.
    /// @par Completion signature
    /// `void(error_code, spool::view)`
    template <detail::token_for<view> Token = detail::default_token>
    auto async_read_view(std::size_t max, Token&& token = asio::deferred)
    {
        return start(token, detail::view_action<true>{max});
    }

    /// Reads as `async_read_view` at `offset`; leaves the reader's offset alone.
    /// @par Completion signature
    /// `void(error_code, spool::view)`
    template <detail::token_for<view> Token = detail::default_token>
    auto async_read_view_at(std::uint64_t offset, std::size_t max, Token&& token = asio::deferred)
    {
        return start(token, detail::view_action<false>{max}, offset);
    }

    /// Moves to `back` bytes before the end, once the final size is known.
    /// @par Completion signature
    /// `void(error_code, std::uint64_t)`, with the offset that was reached.
    /// @par Errors
    /// `invalid_argument` if the stream is shorter than `back`; the cause if it failed without a
    /// declared final size. The offset is unmoved then.
    template <detail::token_for<std::uint64_t> Token = detail::default_token>
    auto async_seek_end(std::uint64_t back, Token&& token = asio::deferred)
    {
        return start(token, detail::seek_end_action{back});
    }

    /// @name Reading without waiting
    /// As the asynchronous forms, but where those would wait the error is `would_block`. `ec` is set to
    /// the error or to success; the forms without it throw a `system_error`.
    /// @{

    /// As `async_read_some`.
    template <class MutableBufferSequence>
    std::size_t read_some(const MutableBufferSequence& buffers, error_code& ec)
    {
        const detail::read_some_into<MutableBufferSequence, true> action{buffers};
        return detail::read_now(*state_, open_, state_->position_.offset(), action, ec);
    }
    /// As `async_read_some`.
    template <class MutableBufferSequence>
    std::size_t read_some(const MutableBufferSequence& buffers)
    {
        const detail::read_some_into<MutableBufferSequence, true> action{buffers};
        return detail::read_now(*state_, open_, state_->position_.offset(), action, "read_some");
    }
    /// As `async_read_some_at`. @return The number of bytes.
    template <class MutableBufferSequence>
    std::size_t
    read_some_at(std::uint64_t offset, const MutableBufferSequence& buffers, error_code& ec)
    {
        const detail::read_some_into<MutableBufferSequence, false> action{buffers};
        return detail::read_now(*state_, open_, offset, action, ec);
    }
    /// As `async_read_some_at`. @return The number of bytes.
    template <class MutableBufferSequence>
    std::size_t read_some_at(std::uint64_t offset, const MutableBufferSequence& buffers)
    {
        const detail::read_some_into<MutableBufferSequence, false> action{buffers};
        return detail::read_now(*state_, open_, offset, action, "read_some_at");
    }
    /// As `async_read_view`.
    view read_view(std::size_t max, error_code& ec);
    /// As `async_read_view`.
    view read_view(std::size_t max);
    /// As `async_read_view_at`.
    view read_view_at(std::uint64_t offset, std::size_t max, error_code& ec);
    /// As `async_read_view_at`.
    view read_view_at(std::uint64_t offset, std::size_t max);
    /// @}

private:
    friend class stream;
    template <class AsyncWriteStream>
    friend class detail::copy_out_operation;

    explicit reader(boost::intrusive_ptr<detail::reader_state> state) noexcept;

    template <class Token, class Action>
    auto start(Token& token, Action action, std::optional<std::uint64_t> at = {})
    {
        return detail::start_read(*state_, open_, token, std::move(action), at);
    }

    boost::intrusive_ptr<detail::reader_state> state_;
    bool open_;
};

} // namespace spool
