// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// The rules of a stream with a storage, as functions of values: what its storage is to do next, whether
// a writer must wait for it, and what memory may let go of.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace spool::detail {

// How far a stream is on its way to the storage. Offsets; `synced <= written <= size`.
struct storage_progress
{
    std::uint64_t size = 0;
    std::uint64_t written = 0;
    std::uint64_t synced = 0;
    std::uint64_t sync_wanted = 0; // the least that somebody waits for to be synced, or 0
    bool closed = false;           // the stream is complete
    bool finished = false;         // the storage, too
    bool failed = false;
    bool remove_wanted = false;
    bool removed = false;
    std::uint64_t forgotten = 0; // what nobody asks for any more, as far as it is written
    std::uint64_t discarded = 0;
    std::uint64_t least_discard = 0; // so much at a time, or more
};

enum class storage_job : std::uint8_t
{
    none,
    write,   // from `written` on
    discard, // what is forgotten
    sync,
    finish,
    remove,
};

// The next job, when none is under way. A sync and a discard come before the next write, because writes
// may go on without end; but not before a sync helps somebody, so that many share one, nor before there
// is much to discard.
[[nodiscard]] constexpr storage_job decide_job(const storage_progress& p) noexcept
{
    if (p.remove_wanted)
        return p.removed ? storage_job::none : storage_job::remove;
    if (p.failed || p.finished)
        return storage_job::none;
    if (p.synced < p.sync_wanted && p.sync_wanted <= p.written)
        return storage_job::sync;
    if (p.forgotten > p.discarded && p.forgotten - p.discarded >= p.least_discard)
        return storage_job::discard;
    if (p.written < p.size)
        return storage_job::write;
    return p.closed ? storage_job::finish : storage_job::none;
}

// Whether `n` more bytes may be taken in while `unwritten` ones are on their way. One append may be
// larger than the limit, but then it goes alone.
[[nodiscard]] constexpr bool
has_room(std::uint64_t unwritten, std::uint64_t n, std::uint64_t limit) noexcept
{
    return unwritten == 0 || (unwritten < limit && n <= limit - unwritten);
}

// How much is discarded at a time, of a stream that keeps so many bytes: small enough for their space not
// to matter, and large enough for the calls not to.
[[nodiscard]] constexpr std::uint64_t least_discard(std::uint64_t kept) noexcept
{
    constexpr std::uint64_t least = std::uint64_t{4} << 20;
    return std::max(kept / 8, least);
}

// How many bytes may be taken in, once one may.
[[nodiscard]] constexpr std::uint64_t room(std::uint64_t unwritten, std::uint64_t limit) noexcept
{
    return unwritten == 0 ? std::numeric_limits<std::uint64_t>::max() : limit - unwritten;
}

// Whether memory lets go of its first chunk, which ends at `end`: it is written, and behind it there is
// still as much as is to be kept for those who read near the end.
[[nodiscard]] constexpr bool
lets_go(std::uint64_t end, std::uint64_t written, std::uint64_t size, std::uint64_t kept) noexcept
{
    return end <= written && size - end >= kept;
}

} // namespace spool::detail
