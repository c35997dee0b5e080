// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

#include <spool/detail/operation.hpp>

#include <algorithm>
#include <atomic>
#include <cstdint>

namespace spool::detail {

// What a reader of a stream that lets go of bytes keeps the stream from letting go of.
//
// Where the reader stands is told in whole chunks, so that most reads change nothing. The writer looks
// there when it needs room, and marks the first reader that it finds in its way; that one tells it when
// it has passed. A read that waited lands on another thread than the handle's, and its landing is void
// if the handle has sought meanwhile; so each place has the number of the last seek.
class tether
{
public:
    explicit tether(unsigned chunk_shift) noexcept : shift_(chunk_shift) {}

    // How far the reader has passed, in whole chunks; everything, if it holds up nobody.
    std::uint64_t passed() const noexcept
    {
        if (!holds())
            return std::uint64_t(-1);
        return (place_.load(std::memory_order_acquire) >> seek_bits) << shift_;
    }

    bool holds() const noexcept { return holds_.load(std::memory_order_acquire); }
    void hold(bool holds) noexcept { holds_.store(holds, std::memory_order_release); }

    // The handle's side: a read begins that waits; the handle has moved; it seeks.
    void begin() noexcept { begun_ = seeks_; }
    std::uint64_t at(std::uint64_t offset) const noexcept { return place_of(offset, seeks_); }
    std::uint64_t sought(std::uint64_t offset) noexcept
    {
        return place_of(offset, ++seeks_ & most_seeks);
    }

    // The completing side: the place of a landing, for `move` with `is_landing`.
    std::uint64_t landed(std::uint64_t offset) const noexcept { return place_of(offset, begun_); }

    // Whether it has passed fewer chunks at one place than at another.
    static bool is_before(std::uint64_t place, std::uint64_t other) noexcept
    {
        return place >> seek_bits < other >> seek_bits;
    }
    std::uint64_t place() const noexcept { return place_.load(std::memory_order_relaxed); }

    // Moves, unless a landing is void. Whether anything has changed.
    bool move(std::uint64_t to, bool is_landing) noexcept
    {
        std::uint64_t from = place();
        do
            if (from == to || (is_landing && (from & most_seeks) != (to & most_seeks)))
                return false;
        while (!place_.compare_exchange_weak(
            from, to, std::memory_order_release, std::memory_order_relaxed));
        return true;
    }

    // Whether the writer waits for it. To be asked after a fence that follows a move, and to be followed
    // by a fence that comes before the writer looks again.
    bool blocks() const noexcept { return blocks_.load(std::memory_order_relaxed); }
    void block(bool blocks) noexcept { blocks_.store(blocks, std::memory_order_relaxed); }

    std::uint64_t skipped() const noexcept { return skipped_.load(std::memory_order_relaxed); }
    void skip(std::uint64_t n) noexcept { skipped_.fetch_add(n, std::memory_order_relaxed); }

    // Behind where it stood when the writers began to wait, if it was in their way; on the strand.
    std::uint64_t stalled_ = 0;

private:
    static constexpr unsigned seek_bits = 16;
    static constexpr std::uint64_t most_seeks = (std::uint64_t{1} << seek_bits) - 1;

    std::uint64_t place_of(std::uint64_t offset, std::uint64_t seeks) const noexcept
    {
        const std::uint64_t most = std::uint64_t(-1) >> seek_bits;
        return std::min(offset >> shift_, most) << seek_bits | (seeks & most_seeks);
    }

    const unsigned shift_;
    std::uint64_t seeks_ = 0; // the handle's
    std::uint64_t begun_ = 0; // when the read that waits began
    std::atomic<std::uint64_t> place_{0};
    std::atomic<bool> holds_{true};
    std::atomic<bool> blocks_{false};
    std::atomic<std::uint64_t> skipped_{0};
};

} // namespace spool::detail
