// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// The operations that one wake-up completes.
//
// They are taken off the strand together, and told finished together, so that one of them costs little
// more than its handler. What is left when the batch ends early, for its size or because a handler threw,
// goes back in front.
//
// Most handlers start the next read. While a batch runs, the reads that its handlers start on the same
// port do not enter the strand one by one: they are published in an array that only this thread writes,
// and parked by whoever is on the strand next (`collect`), at the latest by the end of the batch. An
// append that just misses one is seen then, when the read is parked and looks at the size again.
//
// A read of a stream with a storage may find that its bytes have left memory before its turn came. So
// it stays where a cancellation finds it while it has its turn; then it goes on waiting, or is let go of
// the moment before its handler is called (`leave_turn`).
//
// An operation that stands in the ready list keeps its handle, and the handle the stream; so a posted
// batch finds its stream alive. If its operations went with the context of their handlers, the port
// keeps the stream for it.

#include "port.hpp"

#include <array>
#include <atomic>
#include <cstddef>

namespace spool::detail {

class batch
{
public:
    explicit batch(port& p);
    ~batch();

    batch(const batch&) = delete;
    batch& operator=(const batch&) = delete;

    void complete();

    // Publishes a read that a handler of this batch has started, while there is room.
    static bool rearm(const port& p, operation& op) noexcept;

    // On the strand: parks what was published since the last time.
    void collect(effects& noted) noexcept;

private:
    friend class port;

    // A batch ends at either bound, so that other work on the context goes on: 64 handlers, or as many
    // bytes as are copied out of cache in some tens of microseconds.
    static constexpr std::size_t most_operations = 64;
    static constexpr std::size_t most_bytes = std::size_t{256} << 10;

    void take() noexcept;
    void put_back(effects& noted) noexcept;
    void put_back_elsewhere();
    void destroy_left();
    void complete(operation*& place);

    static thread_local batch* current; // the innermost that this thread runs

    port& port_;
    core& stream_;
    core_ptr kept_;
    batch* const outer_;
    batch* next_ = nullptr; // of the port's running batches
    std::array<operation*, most_operations> operations_;
    std::array<handle_state*, most_operations> owners_; // of those that finished
    std::size_t taken_ = 0;
    std::size_t elsewhere_ = 0;
    std::size_t finished_ = 0;
    std::size_t counted_work_ = 0;
    std::size_t bytes_ = 0;
    std::array<operation*, most_operations> started_;
    std::atomic<std::size_t> published_{0};
    std::size_t collected_ = 0;
};

} // namespace spool::detail
