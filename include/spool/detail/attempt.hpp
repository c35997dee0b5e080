// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

#include <spool/detail/operation.hpp>
#include <spool/detail/outcome.hpp>
#include <spool/view.hpp>

#include <boost/asio/buffer.hpp>

#include <cstdint>
#include <limits>

namespace spool::detail {

// What a read finds, and how many bytes there are for it.
struct attempt
{
    read_outcome outcome = read_outcome::ready;
    std::uint64_t available = 0;
    std::uint64_t base = 0; // where to go on after a gap
};

// Where the last of `min_bytes` from `offset` ends; past the largest offset it never arrives.
[[nodiscard]] constexpr std::uint64_t
awaited_offset(std::uint64_t offset, std::uint64_t min_bytes) noexcept
{
    constexpr std::uint64_t max = std::numeric_limits<std::uint64_t>::max();
    return min_bytes > max - offset ? max : offset + min_bytes;
}

// A read that wants at least `min_bytes` from `offset`, and one that wants the offset that lies
// `back` bytes before the end (then `available` is that offset).
attempt look(const core& stream, std::uint64_t offset, std::uint64_t min_bytes) noexcept;
attempt look_at_end(const core& stream, std::uint64_t back) noexcept;

// The visible ones of `n` bytes, if they lie in one chunk. Nothing tells nothing more: not whether
// there are bytes, nor how the stream ended.
boost::asio::const_buffer
visible_run(const core& stream, std::uint64_t offset, std::size_t n) noexcept;

// Both only for bytes that have been seen to be there. The stream may have let go of them: then less is
// copied or lent than was asked for, and if that is nothing, `missing` says what that means.
std::size_t copy_out(core& stream, std::uint64_t offset, boost::asio::mutable_buffer to) noexcept;
view lend(core& stream, std::uint64_t offset, std::size_t max) noexcept;
attempt missing(core& stream, std::uint64_t offset) noexcept;

// Whether it may let go of bytes; and how many of them are to be waited for at a time.
bool lets_go(const core& stream) noexcept;
std::uint64_t longest_step(const core& stream) noexcept;

// Asks the storage, if there is one, for the bytes at `offset`, if memory has let go of them.
void call_for(core& stream, std::uint64_t offset);

} // namespace spool::detail
