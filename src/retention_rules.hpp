// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// The rules of bounded streams, as functions of values: how large the chunks are, what has to go when
// something is appended, and how much can be appended.

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace spool::detail {

// Of the memory of a stream that may let go of bytes. The least keeps what a chunk costs itself from
// being more than its bytes.
inline constexpr std::uint64_t least_limit = 512;
inline constexpr std::uint64_t largest_window_chunk = std::uint64_t{256} << 10;

// So that a limit is of eight chunks or more: what goes, goes in small steps.
[[nodiscard]] constexpr std::size_t chunk_size_for(std::uint64_t limit) noexcept
{
    const std::uint64_t eighth = std::bit_floor(std::max(limit, least_limit) / 8);
    return static_cast<std::size_t>(std::min(eighth, largest_window_chunk));
}

// What a stream may hold, in whole chunks.
struct bounds
{
    std::uint64_t chunk = 1;
    std::uint64_t capacity = std::numeric_limits<std::uint64_t>::max();

    bool operator==(const bounds&) const = default;
};

[[nodiscard]] constexpr bounds bounds_of(std::uint64_t limit, std::uint64_t chunk) noexcept
{
    if (limit == std::numeric_limits<std::uint64_t>::max())
        return {chunk, limit};
    const std::uint64_t taken = std::max(limit, least_limit);
    return {chunk, taken - taken % chunk};
}

// Whether a stream can live with them: something else can come while the last chunk is not full.
[[nodiscard]] constexpr bool are_usable(const bounds& b) noexcept
{
    return b.capacity / b.chunk >= 2;
}

// The base that a stream needs to hold what ends at `end`.
[[nodiscard]] constexpr std::uint64_t needed_base(const bounds& b, std::uint64_t end) noexcept
{
    const std::uint64_t unused = (b.chunk - end % b.chunk) % b.chunk;
    return end > b.capacity - unused ? end - (b.capacity - unused) : 0;
}

// The most that can be appended at once, wherever the end is.
[[nodiscard]] constexpr std::uint64_t largest_append(const bounds& b) noexcept
{
    const bool is_bounded = b.capacity != std::numeric_limits<std::uint64_t>::max();
    return is_bounded ? b.capacity - b.chunk + 1 : b.capacity;
}

// How much can be appended behind `size`, when what is below `passed` may go. Readers have passed whole
// chunks only.
[[nodiscard]] constexpr std::uint64_t
room(const bounds& b, std::uint64_t size, std::uint64_t passed) noexcept
{
    const std::uint64_t begin = std::min(passed - passed % b.chunk, size - size % b.chunk);
    const std::uint64_t used = size - begin;
    return used < b.capacity ? b.capacity - used : 0;
}

} // namespace spool::detail
