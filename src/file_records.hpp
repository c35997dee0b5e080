// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// What stands in the record file beside a file that is being written, so that after a crash it is known
// which of its bytes are those that were appended.
//
// Each write is followed by a record: where it ended, and a sum of its bytes. A loss of power may keep
// any part of what was not synced, so a record counts only if its check follows from the one before (the
// records are a chain, and none that is stale, torn or out of order fits), and bytes only if they have
// the sum. A record of a sync says that everything before it needs no proof.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace spool::detail {

struct file_record
{
    enum class kind : std::uint64_t
    {
        write = 1,
        sync = 2,
    };

    std::uint64_t end = 0; // of the bytes that are written, or synced
    std::uint64_t sum = 0; // of those since the record before
    kind what = kind::write;

    bool operator==(const file_record&) const = default;
};

inline constexpr std::size_t record_size = 32;
using encoded_record = std::array<std::byte, record_size>;

// The state of a chain: the check of its last record.
struct record_chain
{
    std::uint64_t last = 0x73706f6f6c207631; // "spool v1": of a chain without records

    // Puts a record at the end of the chain.
    encoded_record add(const file_record& r) noexcept;

    // Whether `bytes` are the next record of the chain; then it is read, and the chain goes on.
    bool next(std::span<const std::byte, record_size> bytes, file_record& r) noexcept;

    bool operator==(const record_chain&) const = default;
};

// A sum of bytes that finds what is missing, torn or exchanged; not a protection against intent. Eight
// lanes take two words each in turn, one of them mixed with what the lane has become, and keep both halves
// of the product, which every bit of the two has a part in: the multiplication that wyhash is made of
// (https://github.com/wangyi-fudan/wyhash).
class byte_sum
{
public:
    void add(std::span<const std::byte> bytes) noexcept;
    std::uint64_t value() const noexcept;

private:
    using lanes = std::array<std::uint64_t, 8>;

    static const lanes begin;

    void mix(const std::byte* blocks, std::size_t n) noexcept;

    lanes lanes_ = begin;
    std::array<std::byte, 128> begun_{}; // a block that is not whole yet
    std::size_t size_ = 0;               // of all
};

} // namespace spool::detail
