// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// The shared state of a stream: its bytes, the strand, and what waits for a turn to write or for the end.
//
// The bytes are in a log, or, if the stream may let go of them, in a window. Readers load the state (base
// and status first, then size: a stream that is seen closed is seen with its final size) and copy from
// there without any strand. Those that wait stand in the port of their context.
// Everything else happens on the strand: members that take `effects&` must be called there. The bytes
// are published by the release-store of `size_`, and the ports look at it then.

#include <spool/detail/attempt.hpp>
#include <spool/detail/handle_state.hpp>
#include <spool/detail/write_operation.hpp>
#include <spool/options.hpp>
#include <spool/statistics.hpp>
#include <spool/view.hpp>

#include "effects.hpp"
#include "log.hpp"
#include "port.hpp"
#include "readers.hpp"
#include "retention_rules.hpp"
#include "row.hpp"
#include "stall_watch.hpp"
#include "state.hpp"
#include "storage_port.hpp"
#include "strand.hpp"
#include "window.hpp"

#include <boost/system/error_code.hpp>

#include <atomic>
#include <bit>
#include <cstdint>
#include <memory>
#include <span>

namespace spool::detail {

using boost::system::error_code;

class core
{
public:
    core() = default;
    // `kept` may be null.
    core(
        const asio::any_io_executor& executor,
        std::unique_ptr<storage> kept,
        const options& chosen);
    ~core();
    core(const core&) = delete;
    core& operator=(const core&) = delete;

    // From any thread.
    state load() const noexcept;
    attempt look(std::uint64_t offset, std::uint64_t min_bytes) const noexcept;
    attempt look_at_end(std::uint64_t back) const noexcept;
    const error_code& cause() const noexcept { return cause_; } // once it is not open
    const log& bytes() const noexcept { return log_; }
    const window* letting_go() const noexcept { return window_.get(); } // null if it never does
    storage_port* kept() const noexcept { return storage_.get(); }      // null in memory
    std::uint64_t longest_step() const noexcept { return window_ ? bounds_.chunk : max_offset; }
    unsigned chunk_shift() const noexcept
    {
        return static_cast<unsigned>(std::countr_zero(bounds_.chunk));
    }
    std::uint32_t changes() const noexcept { return changes_.load(std::memory_order_relaxed); }
    core_ptr share() noexcept; // empty while it is being destroyed

    port& port_of(asio::execution_context& context, const asio::any_io_executor& executor);

    // Each enters the strand; `try_append` only if nobody is there.
    void admit_reader(reader_state& r, start_position start, error_code& ec);
    void dismiss_reader(reader_state& r);
    void hold_back(tether& t, std::uint64_t place, bool is_landing);
    void hold(tether& t);
    void look_for_room();
    void settle_alarm();
    error_code set_retention(const retention& r);
    stream_statistics statistics();
    write_outcome append(std::span<const asio::const_buffer> buffers, std::size_t& n, bool some);
    write_outcome
    try_append(std::span<const asio::const_buffer> buffers, std::size_t& n, bool some);
    write_outcome prepare(std::size_t n, asio::mutable_buffer& region);
    write_outcome commit(std::size_t n);
    error_code close();
    void abort(error_code cause, bool discard);
    error_code declare(std::uint64_t n);
    bool is_open() const noexcept;
    void end_port(port& p);
    void wake_loads();

private:
    friend class port;
    friend class storage_port;
    friend void intrusive_ptr_add_ref(core* p) noexcept;
    friend void intrusive_ptr_release(core* p) noexcept;

    port* find_port(const asio::execution_context& context, bool completes) const noexcept;
    void sweep(port& of, const port& ended, effects& doomed, effects& noted) noexcept;

    void publish(std::uint64_t size, effects& noted) noexcept;
    void look(effects& noted) noexcept;
    void end(status how, error_code cause, effects& noted) noexcept;
    void complete_drains(effects& noted) noexcept;
    void park_write(write_operation& op, effects& noted) noexcept;
    void forget(std::uint64_t lending, effects& noted) noexcept;

    write_outcome write(
        std::span<const asio::const_buffer> buffers,
        std::size_t& n,
        bool some,
        bool waits,
        effects& noted) noexcept;
    write_outcome lend(std::size_t n, bool waits, effects& noted) noexcept;
    void reserve(std::uint64_t offset, std::size_t n, effects& noted);
    bool serve(write_operation& op, bool waits, effects& noted) noexcept;
    void serve_writers(effects& noted) noexcept;
    void go_on(effects& noted) noexcept;
    void flush(write_operation& op, effects& noted) noexcept;
    bool is_lent() const noexcept;
    bool is_blocked(std::size_t n) noexcept;
    bool has_passed_room(std::size_t n) noexcept;
    std::size_t at_most_room(std::size_t n) const noexcept;
    void take_back() noexcept;

    void advance_base(std::uint64_t base, effects& noted) noexcept;
    void watch_stall(effects& noted) noexcept;
    void alarm_rang(std::uint64_t number);

    // Loaded by readers on every read, so apart from what only the strand touches.
    std::atomic<status> status_{status::open};
    std::atomic<std::uint64_t> base_{0};
    std::atomic<std::uint64_t> size_{0};
    std::atomic<std::uint64_t> final_size_{unknown_size};
    std::atomic<std::uint64_t> longest_wait_{max_offset};
    error_code cause_; // written once, before status_
    log log_;
    std::unique_ptr<window> window_;
    std::unique_ptr<storage_port> storage_;

    std::atomic<std::uint32_t> references_{0};
    strand strand_;
    std::atomic<port*> ports_{nullptr}; // all there have been, linked by port::next_
    port* own_port_ = nullptr;          // of the write handle: guarded by `strand_`
    port* ports_elsewhere_ = nullptr;   // with strands of their own
    operation_list writers_;            // those that wait for their turn
    operation_list drains_;
    readers readers_;
    lent_region lent_;           // stays writable until it is given back
    std::uint64_t lendings_ = 0; // the number of the latest region
    bool draining_ = false;
    bool removing_ = false;
    bool removed_ = false;

    // What may go, for a stream with a window.
    retention retain_;
    bounds bounds_;
    std::atomic<std::uint32_t> changes_{0}; // of these
    std::uint64_t held_below_ = 0; // what readers have not passed, and the first writer waits for
    std::unique_ptr<stall_watch> watch_;
};

inline state core::load() const noexcept
{
    state s;
    s.base = base_.load(std::memory_order_acquire);
    s.is = status_.load(std::memory_order_acquire);
    s.final_size = final_size_.load(std::memory_order_acquire);
    s.size = size_.load(std::memory_order_acquire);
    return s;
}

inline attempt core::look(std::uint64_t offset, std::uint64_t min_bytes) const noexcept
{
    const state s = load();
    const read_decision d =
        decide_read(s, offset, min_bytes, longest_wait_.load(std::memory_order_relaxed));
    return {d.outcome, d.available, s.base};
}

} // namespace spool::detail
