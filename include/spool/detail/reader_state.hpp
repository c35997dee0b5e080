// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

#include <spool/detail/handle_state.hpp>
#include <spool/detail/tether.hpp>
#include <spool/retention.hpp>
#include <spool/statistics.hpp>

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
        std::uint64_t read;        // how many bytes
        std::uint64_t skipped = 0; // in a gap
    };

    explicit cursor(std::uint64_t offset = 0) noexcept : offset_(offset) {}

    // The handle's side.
    bool idle() const noexcept { return !pending_.load(std::memory_order_acquire); }

    std::uint64_t offset() const noexcept
    {
        return noted_.load(std::memory_order_relaxed) && idle()
                   ? landed_.load(std::memory_order_relaxed)
                   : offset_.load(std::memory_order_relaxed);
    }

    void seek(std::uint64_t offset) noexcept
    {
        offset_.store(offset, std::memory_order_relaxed);
        noted_.store(false, std::memory_order_relaxed);
    }

    void move(const landing& to) noexcept
    {
        seek(to.offset);
        count(to.read);
    }

    void begin() noexcept
    {
        seek(offset());
        noted_.store(true, std::memory_order_relaxed);
        pending_.store(true, std::memory_order_relaxed);
    }

    // How many bytes were read; for other threads, as the rest, about as they are just then.
    std::uint64_t read() const noexcept { return read_.load(std::memory_order_relaxed); }

    // The completing side of a read that waited.
    void land(const landing& to) noexcept
    {
        landed_.store(to.offset, std::memory_order_relaxed);
        count(to.read);
        pending_.store(false, std::memory_order_release);
    }

private:
    // Only one side does at a time: a read that need not wait begins when none waits.
    void count(std::uint64_t n) noexcept { read_.store(read() + n, std::memory_order_relaxed); }

    std::atomic<std::uint64_t> offset_;
    std::atomic<bool> noted_{false}; // a read started that will land, and no seek came after it
    std::atomic<bool> pending_{false};
    std::atomic<std::uint64_t> landed_{0};
    std::atomic<std::uint64_t> read_{0};
};

class reader_state : public handle_state
{
public:
    // Admits a reader to the stream; with an error, or without a stream, a closed one is made. A stream
    // that never lets go of bytes has readers without a tether.
    static boost::intrusive_ptr<reader_state> make(
        const core_ptr& stream,
        const boost::asio::any_io_executor& executor,
        start_position start,
        bool tethered,
        boost::system::error_code& ec);

    reader_state(core_ptr stream, const boost::asio::any_io_executor& executor)
        : handle_state(std::move(stream), executor, false)
    {
    }

    // Null for a reader that has none.
    tether* tied() noexcept;

    // A read that did not have to wait moves the reader; one that waited begins, and lands; the handle
    // seeks.
    void move(const cursor::landing& to)
    {
        position_.move(to);
        if (has_tether_) [[unlikely]]
            move_tether(to, tied()->at(to.offset), false);
    }
    void begin() noexcept
    {
        if (has_tether_) [[unlikely]]
            tied()->begin();
        position_.begin();
    }
    void land(const cursor::landing& to)
    {
        if (has_tether_) [[unlikely]]
            move_tether(to, tied()->landed(to.offset), true);
        position_.land(to);
    }
    void seek(std::uint64_t offset)
    {
        position_.seek(offset);
        if (has_tether_) [[unlikely]]
            move_tether({offset, 0}, tied()->sought(offset), false);
    }

    void set_tethered(bool tethered);
    reader_statistics statistics() noexcept;

    cursor position_;

private:
    void move_tether(const cursor::landing& to, std::uint64_t place, bool is_landing);
    void tell_blocked();
};

class tethered_reader_state final : public reader_state
{
public:
    tethered_reader_state(
        core_ptr stream, const boost::asio::any_io_executor& executor, unsigned chunk_shift)
        : reader_state(std::move(stream), executor), tether_(chunk_shift)
    {
        has_tether_ = true;
    }

    tether tether_;
    tethered_reader_state* next_cut_off_ = nullptr; // in effects
};

inline tether* reader_state::tied() noexcept
{
    return has_tether_ ? &static_cast<tethered_reader_state*>(this)->tether_ : nullptr;
}

} // namespace spool::detail
