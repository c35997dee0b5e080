// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// What says where the bytes of a file begin, once the first of them have given their space back: below its
// base a file has holes, which read as zeros.
//
// While it is written, that is an anchor, in front of the records. It says, too, from which record on the
// bytes need a proof, so that the records before that can go with the bytes. There are two slots for it, and
// the next one is written where the last one is not: torn, it leaves that one. Once it is on the disk, it is
// copied to the other slot, so that a sector which goes bad later does not bring back an older one.
//
// A finished file says it itself, so that it is one file, which can be renamed and copied: it begins with a
// mark, where nothing is kept any more, and ends, behind the bytes, with another one, which has the base. Who
// finds only one of them has a damaged file. Bytes that look like a mark by themselves get one at the end,
// too: it says that all of them are there.

#include "file_records.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace spool::detail {

// Of no two slots can one write tear both.
inline constexpr std::size_t slot_size = 4096;
inline constexpr std::uint64_t first_record = 2 * slot_size;

struct file_anchor
{
    std::uint64_t base = 0;
    std::uint64_t end = 0;                // what lies below it was synced, and needs no proof
    std::uint64_t records = first_record; // where those of the other bytes begin
    record_chain chain;                   // as it was there

    bool operator==(const file_anchor&) const = default;
};

inline constexpr std::size_t anchor_size = 2 * record_size;
using encoded_anchor = std::array<std::byte, anchor_size>;

encoded_anchor encode(const file_anchor& a) noexcept;

struct found_anchor
{
    file_anchor anchor;        // or that of a file from which nothing was discarded
    std::size_t next_slot = 0; // for the next one
    bool is_damaged = false;   // there was one, and none is left: no crash does that
};

// The last one of those in the slots.
found_anchor find_anchor(std::span<const std::byte, first_record> slots) noexcept;

struct kept_range
{
    std::uint64_t base = 0;
    std::uint64_t end = 0;

    bool operator==(const kept_range&) const = default;
};

inline constexpr std::size_t mark_size = 32;
using file_mark = std::array<std::byte, mark_size>;

file_mark front_mark() noexcept;
file_mark end_mark(const kept_range& kept) noexcept;

// What a finished file of that size keeps, by its first and its last bytes; nothing if it is damaged. Bytes
// that are all there need no mark unless this says something else of them.
std::optional<kept_range>
range_of(std::uint64_t size, const file_mark& first, const file_mark& last) noexcept;

constexpr std::uint64_t whole_blocks(std::uint64_t n, std::uint64_t block) noexcept
{
    return n - n % block;
}

// Where the first hole begins: in front of it is the mark.
constexpr std::uint64_t first_hole(std::uint64_t block) noexcept
{
    return whole_blocks(mark_size + block - 1, block);
}

// Whether it is time to give the bytes from `base` to `to` back, of a file that ends at `end`. Each time costs
// two syncs, so a file may be some larger than what is kept: by a quarter, and by 256 blocks or 16 MiB.
constexpr bool
is_worth_it(std::uint64_t base, std::uint64_t to, std::uint64_t end, std::uint64_t block) noexcept
{
    constexpr std::uint64_t most = std::uint64_t{16} << 20;
    const std::uint64_t blocks = std::min(256 * block, most);
    return to > base && to - base >= std::max(blocks, (end - to) / 4);
}

// How much space is taken ahead of what is written, of a file that keeps so many bytes: system calls that
// write then find it allocated. It is little beside them, and a small file has none.
constexpr std::uint64_t space_ahead(std::uint64_t kept) noexcept
{
    constexpr std::uint64_t least = std::uint64_t{1} << 20;
    const std::uint64_t space = std::min(kept / 8, 8 * least);
    return space < least ? 0 : space;
}

} // namespace spool::detail
