// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

/// @file
/// Where the bytes of a stream are kept beyond memory.

#include <spool/config.hpp>
#include <spool/error.hpp>

#include <boost/asio/buffer.hpp>

#include <cstddef>
#include <cstdint>

namespace spool {

/// Where a stream keeps its bytes beyond memory: the interface of every storage, small and blocking.
///
/// A stream takes its storage over, takes every byte into memory first, and hands it on from there: with
/// `write`, strictly one after the other, from `size()` on and without a hole. What memory has let go of
/// comes back with `read`. All calls are made from the executor for blocking calls (`options`), never
/// from one that runs handlers, so each may take its time.
///
/// Every call gets a clear `ec` and sets it if it fails; an exception is taken for its error code, or
/// for `no_memory`. A failed `write`, `sync`, `discard` or `finish` fails the stream, and is the last of
/// them.
/// @par Thread safety
/// `write`, `sync`, `discard`, `finish` and `remove` are called one at a time; `read` meanwhile, and from
/// several threads at once.
class storage
{
public:
    virtual ~storage() = default;

    /// The number of bytes that were there when the storage was opened: the stream goes on behind them.
    [[nodiscard]] virtual std::uint64_t size() const noexcept = 0;
    /// Whether those are the whole: then the stream is a closed one, and nothing is written.
    [[nodiscard]] virtual bool finished() const noexcept = 0;
    /// The first byte that was still kept when the storage was opened: 0, or not behind what had been
    /// discarded. From there to `size()` all are right.
    [[nodiscard]] virtual std::uint64_t base() const noexcept { return 0; }

    /// Keeps all of `bytes`, at `offset`: they survive the end of the process when this returns.
    virtual void write(std::uint64_t offset, asio::const_buffer bytes, error_code& ec) = 0;
    /// Reads what `write` has kept.
    /// @return The number of bytes, at least one; 0 without an error means that they are lost.
    virtual std::size_t read(std::uint64_t offset, asio::mutable_buffer bytes, error_code& ec) = 0;
    /// Makes everything written so far survive the loss of power.
    virtual void sync(error_code& ec) = 0;
    /// Nobody will ask for the bytes below `end` any more: the storage may give back their space, now or
    /// later; by default it keeps them. The offsets of all others stay what they are. `end` never
    /// decreases, and is at most what was written. A read below it that is under way may fail, or give
    /// anything.
    ///
    /// A storage that lets bytes go remembers it first: `base()` never promises one of them later, also if
    /// the process ends, or the power goes, before this returns.
    virtual void discard([[maybe_unused]] std::uint64_t end, [[maybe_unused]] error_code& ec) {}
    /// Marks the whole as complete, after the last `write`, so that it survives the loss of power.
    virtual void finish(error_code& ec) = 0;
    /// Deletes everything; nothing is called afterwards.
    virtual void remove(error_code& ec) = 0;

    /// A descriptor from which the bytes can be read at their offsets, for `sendfile`; -1 if there is none.
    [[nodiscard]] virtual int native_handle() const noexcept { return -1; }

protected:
    /// For derived classes only, as are all of these.
    storage() = default;
    storage(const storage&) = default;            ///< Copies nothing.
    storage(storage&&) = default;                 ///< Moves nothing.
    storage& operator=(const storage&) = default; ///< Copies nothing.
    storage& operator=(storage&&) = default;      ///< Moves nothing.
};

} // namespace spool
