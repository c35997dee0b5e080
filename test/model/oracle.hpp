// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// What a stream must do, as plainly as it can be written: all bytes in one string, the writers'
// queue, how far readers have come, and for every operation that is not over what its handler may be
// called with.
//
// The model is told of every call, and of every handler that is called. In between it looks (`follow`): which
// reads have landed, and which writers have gone on. Where the schedule decides, it knows the set of legal
// outcomes and follows the one that happened.

#include <spool/statistics.hpp>

#include "limits.hpp"
#include "operation.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spool::test {

class oracle
{
public:
    // The region that is lent.
    struct region
    {
        bool lent = false;
        operation* holder = nullptr; // whose handler has yet to hand it over
        std::uint64_t limit = 0;     // it cannot be larger
        std::uint64_t size = 0;      // once it was handed over
    };

    // What a write gives that does not wait.
    struct written
    {
        error_code error;
        std::uint64_t n = 0;
    };

    // What the stream keeps, and how long a reader may stall; 0 is for ever.
    void begin(const limits& kept, std::chrono::nanoseconds stall_limit);

    bool is_open() const noexcept { return status_ == status::open; }
    bool is_closed() const noexcept { return status_ == status::closed; }
    bool is_removing() const noexcept { return removing_; }
    std::uint64_t base() const noexcept { return base_; }
    std::uint64_t size() const noexcept { return bytes_.size(); }
    const std::string& bytes() const noexcept { return bytes_; }
    std::optional<std::uint64_t> final_size() const noexcept { return final_size_; }
    const limits& kept() const noexcept { return limits_; }
    const region& lent() const noexcept { return lent_; }
    const std::vector<operation*>& live() const noexcept { return live_; }
    const std::deque<operation*>& queue() const noexcept { return queue_; }
    const std::vector<std::shared_ptr<reader_model>>& readers() const noexcept { return readers_; }
    bool is_stalled() const noexcept { return stalls_; } // readers keep the first writer waiting
    bool has_lost_count() const noexcept { return lost_count_; } // of what closed readers read

    // Calls of the write handle: what each must return.
    written append(std::string_view bytes, bool some);
    error_code prepare(std::uint64_t n);
    void handed_over(std::uint64_t size) noexcept;
    error_code commit(std::uint64_t n, std::string_view bytes);
    error_code close();
    void abort(error_code cause, bool discard);
    error_code declare(std::uint64_t n);
    error_code set_retention(const retention& r);
    void abandon();
    void start_write(operation& op, bool open);

    // Calls of readers. A read that does not wait gets its verdict in `op`.
    std::shared_ptr<reader_model> admitted(error_code ec, std::uint64_t offset, bool tethered);
    // The number is how many bytes it has got, if it did not wait.
    void start_read(operation& op, std::uint64_t read);
    void read_now(operation& op, std::uint64_t read);
    void check(const operation& op, error_code ec, std::uint64_t n) const;
    void seek(reader_model& r, std::uint64_t offset) noexcept;
    void cancel(const reader_model& r);
    void close(reader_model& r);
    void cancel(operation& op);

    // What happened. First every open reader is looked at, then the stream itself; without the latter, its
    // write handle is gone, and no writer waits.
    void look_at(reader_model& r, const reader_statistics& now);
    void follow(const stream_statistics& now);
    void follow();
    void report(operation& op, error_code ec, std::uint64_t n);
    void drop(operation& op);
    void become_quiet(); // nothing is left to run

    // The clock goes on: whether the alarm of the stream must ring. If it does, some readers are cut off.
    bool advance(std::chrono::nanoseconds by);

    // Before and after the end of an execution context.
    bool loses_region(std::size_t context) const noexcept;
    void end_context(std::size_t context);
    void region_lost();

    bool waits_for_sure(const operation& op) const noexcept;

private:
    enum class status : std::uint8_t
    {
        open,
        closed,
        failed,
        discarded,
    };

    struct finding
    {
        bool waits;
        error_code error;
        std::uint64_t available;
    };

    // A read that has landed since the model looked last.
    struct landing
    {
        operation* op;
        std::uint64_t read;
        std::uint64_t skipped;
        std::optional<std::uint64_t> moved_to; // by a seek
    };

    std::uint64_t available(std::uint64_t offset) const noexcept;
    finding find(const operation& op) const;
    finding find_end(std::uint64_t back) const;
    bool may_find(operation& op) const;
    bool may_find_all(operation& op) const;
    void may_abort(operation& op) const;
    bool refuse(operation& op) const;
    void move(operation& op, std::uint64_t read);
    void wait(operation& op);
    void settle(operation& op, const error_code& ec, std::uint64_t n = 0);
    void settle(const landing& l);
    void finish(operation& op);
    bool is_reached(const operation& op) const noexcept;
    void abort_operations(const reader_model* r);
    void look();
    void look(operation& op) const;

    void end(status how, error_code cause);
    error_code write_error(std::uint64_t n, bool waits, bool whole) const;
    std::uint64_t passed(std::uint64_t reader_model::*where) const noexcept;
    bool is_blocked(std::uint64_t n, std::uint64_t passed) const noexcept;
    std::uint64_t room(std::uint64_t passed) const noexcept;
    void take(std::string_view bytes);
    void lend(std::uint64_t most, operation* holder);
    error_code error_for(const operation& op, bool waits) const;
    void accept(operation& op, std::uint64_t n);
    std::uint64_t taken_by_first(std::size_t served, std::uint64_t grown_to) const;
    void serve(std::size_t served, std::uint64_t grown_to);
    void decide_prepare(operation& op, std::uint64_t most);
    void watch();
    bool holds_up(const reader_model& r) const noexcept;
    void cut_off(reader_model& r);
    bool may_be_drained() const noexcept;
    void complete_drains();

    limits limits_;
    std::string bytes_;
    std::uint64_t base_ = 0;
    std::uint64_t base_before_ = 0; // when the model looked last
    status status_ = status::open;
    error_code cause_;
    std::optional<std::uint64_t> final_size_;
    region lent_;
    std::deque<operation*> queue_;
    std::vector<operation*> live_;
    std::vector<std::shared_ptr<reader_model>> readers_;
    std::vector<landing> landings_;
    std::chrono::nanoseconds stall_limit_{};
    std::chrono::nanoseconds stalled_for_{};
    bool stalls_ = false;
    bool lost_count_ = false;
    bool draining_ = false;
    bool removing_ = false;
    bool drained_ = false;
    bool removed_ = false;
};

} // namespace spool::test
