// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

#include <spool/detail/handle_state.hpp>

#include <atomic>
#include <cstdint>

namespace spool::detail {

// Where a reader stands.
//
// The handle is used by one thread at a time, but a waiting read completes on a thread of its
// context. So the completion only leaves a note of where the read landed, and the handle's side takes
// the note up the next time it looks: nobody's write can overtake the other's, and a `seek` while a
// read waits simply makes the note void.
class cursor
{
public:
    struct landing
    {
        std::uint64_t offset;
        std::uint64_t skipped;
    };

    explicit cursor(std::uint64_t offset) noexcept : offset_(offset) {}

    // The handle's side.
    bool idle() const noexcept { return !pending_.load(std::memory_order_acquire); }

    std::uint64_t offset() const noexcept
    {
        return noted_ && idle() ? landed_.load(std::memory_order_relaxed) : offset_;
    }

    std::uint64_t skipped() const noexcept { return skipped_.load(std::memory_order_relaxed); }

    void seek(std::uint64_t offset) noexcept
    {
        offset_ = offset;
        noted_ = false;
    }

    void move(const landing& to) noexcept
    {
        seek(to.offset);
        skip(to.skipped);
    }

    void begin() noexcept
    {
        offset_ = offset();
        noted_ = true;
        pending_.store(true, std::memory_order_relaxed);
    }

    // The completing side of a read that waited.
    void land(const landing& to) noexcept
    {
        landed_.store(to.offset, std::memory_order_relaxed);
        skip(to.skipped);
        pending_.store(false, std::memory_order_release);
    }

private:
    void skip(std::uint64_t n) noexcept
    {
        if (n != 0)
            skipped_.fetch_add(n, std::memory_order_relaxed);
    }

    std::uint64_t offset_;
    bool noted_ = false; // a read started that will land, and no seek came after it
    std::atomic<bool> pending_{false};
    std::atomic<std::uint64_t> landed_{0};
    std::atomic<std::uint64_t> skipped_{0};
};

class reader_state final : public handle_state
{
public:
    // Admits a reader to the stream; with an error, or without a stream, a closed one is made.
    static boost::intrusive_ptr<reader_state> make(
        const core_ptr& stream,
        const boost::asio::any_io_executor& executor,
        std::uint64_t offset,
        boost::system::error_code& ec);

    reader_state(
        core_ptr stream, const boost::asio::any_io_executor& executor, std::uint64_t offset)
        : handle_state(std::move(stream), executor, false), position_(offset)
    {
    }

    cursor position_;
};

} // namespace spool::detail
