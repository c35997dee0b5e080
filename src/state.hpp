// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// The rules of a stream, as functions of values: what a read, a write, a close or a declaration
// finds in a given state. Nothing here knows Asio, locks or memory.

#include <spool/detail/outcome.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>

namespace spool::detail {

inline constexpr std::uint64_t max_offset = std::numeric_limits<std::uint64_t>::max();

// `final_size` while it is neither declared nor reached. No stream can be that large.
inline constexpr std::uint64_t unknown_size = max_offset;

enum class status : std::uint8_t
{
    open,
    closed,    // complete: reads end with eof
    failed,    // reads end with the cause, after the bytes
    discarded, // reads get the cause, whatever there is
};

struct state
{
    status is = status::open;
    std::uint64_t base = 0;
    std::uint64_t size = 0;
    std::uint64_t final_size = unknown_size; // declared, or reached by closing
};

struct read_decision
{
    read_outcome outcome;
    std::uint64_t available; // readable bytes from the offset on

    bool operator==(const read_decision&) const = default;
};

// A read that wants at least `min_bytes` from `offset`, where at most `longest` can be waited for (C2, C5,
// C33, C36).
[[nodiscard]] inline read_decision decide_read(
    const state& s,
    std::uint64_t offset,
    std::uint64_t min_bytes,
    std::uint64_t longest = max_offset) noexcept
{
    if (s.is == status::discarded)
        return {read_outcome::cause, 0};
    if (offset < s.base)
        return {read_outcome::gap, 0};
    const std::uint64_t available = offset < s.size ? s.size - offset : 0;
    if (available >= min_bytes)
        return {read_outcome::ready, available};
    switch (s.is)
    {
    case status::open:
        return {min_bytes > longest ? read_outcome::too_large : read_outcome::wait, available};
    case status::closed:
        return {read_outcome::end, available};
    case status::failed:
    case status::discarded:
        break;
    }
    return {read_outcome::cause, available};
}

// A write of `n` bytes, where the stream can hold `largest` at once; `waits` says that a region is lent,
// there is no room or others wait in front (C20, C23-C27).
[[nodiscard]] inline write_outcome decide_write(
    const state& s, std::uint64_t n, bool waits, std::uint64_t largest = max_offset) noexcept
{
    if (n == 0)
        return write_outcome::accept;
    if (s.is == status::closed)
        return write_outcome::closed;
    if (s.is != status::open)
        return write_outcome::cause;
    if (n > largest)
        return write_outcome::too_large;
    if (waits)
        return write_outcome::wait;
    if (n > s.final_size - s.size)
        return write_outcome::size_mismatch;
    return write_outcome::accept;
}

// How many bytes of at most `n` may be lent for writing, once decide_write accepts one byte.
[[nodiscard]] std::size_t lendable(const state& s, std::size_t n) noexcept;

enum class close_outcome : std::uint8_t
{
    close,
    fail_short, // the declared final size was not reached
    nothing,    // it ended before
};

[[nodiscard]] close_outcome decide_close(const state& s) noexcept;

enum class declare_outcome : std::uint8_t
{
    accept,
    known,
    closed,
    cause,
    size_mismatch,
};

// The declaration that the stream will have `n` bytes (C27).
[[nodiscard]] declare_outcome decide_declare(const state& s, std::uint64_t n) noexcept;

} // namespace spool::detail
