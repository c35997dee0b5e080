// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

/// @file
/// What a stream and its readers are doing.

#include <cstddef>
#include <cstdint>

namespace spool {

/// A look at a stream. Its numbers are from one moment, but for those that readers change without the
/// stream: those are from about then.
struct stream_statistics
{
    std::uint64_t base = 0; ///< The first offset that is still held.
    std::uint64_t size = 0; ///< The end of the bytes that readers may see.
    /// The bytes that sequential reads have got, also of readers that are gone.
    std::uint64_t read = 0;
    /// The bytes that readers have lost to gaps, also those that are gone.
    std::uint64_t skipped = 0;
    std::size_t readers = 0;         ///< Readers that are not closed.
    std::size_t waiting_readers = 0; ///< Readers with a sequential read that waits.
    std::size_t waiting_writers = 0; ///< Writes that wait for their turn or for room.
    std::uint64_t resident = 0;      ///< Memory for the bytes of the stream, in bytes.
    std::uint64_t lent = 0;    ///< The region that is lent for writing, in bytes; it is resident.
    std::uint64_t pinned = 0;  ///< Memory that only views keep, in bytes.
    std::uint64_t slowest = 0; ///< The least offset of a reader; the size without any.

    /// How far the slowest reader is behind.
    [[nodiscard]] std::uint64_t lag() const noexcept { return slowest < size ? size - slowest : 0; }
};

/// A look at a reader.
struct reader_statistics
{
    std::uint64_t offset = 0;  ///< Where the next sequential read begins.
    std::uint64_t lag = 0;     ///< How many bytes there are to read from there on.
    std::uint64_t read = 0;    ///< The bytes that sequential reads have got.
    std::uint64_t skipped = 0; ///< The bytes that were lost to gaps.
    bool tethered = false;     ///< Whether it may hold up writers.
    bool waiting = false;      ///< Whether a sequential read waits.
};

} // namespace spool
