// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// What a stream must do, as plainly as it can be written: all bytes in one string, the writers'
// queue, and for every operation that is not over what its handler may be called with.
//
// The model is told of every call, of every handler that is called, and of every landing that is seen.
// Where the schedule decides, it knows the set of legal outcomes and follows the one that happened.

#include "operation.hpp"

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

    bool is_open() const noexcept { return status_ == status::open; }
    bool is_closed() const noexcept { return status_ == status::closed; }
    bool is_removing() const noexcept { return removing_; }
    std::uint64_t size() const noexcept { return bytes_.size(); }
    const std::string& bytes() const noexcept { return bytes_; }
    std::optional<std::uint64_t> final_size() const noexcept { return final_size_; }
    const region& lent() const noexcept { return lent_; }
    const std::vector<operation*>& live() const noexcept { return live_; }
    const std::deque<operation*>& queue() const noexcept { return queue_; }

    // Calls of the write handle: what each must return.
    error_code append(std::string_view bytes);
    error_code prepare(std::uint64_t n);
    void handed_over(std::uint64_t size) noexcept;
    error_code commit(std::uint64_t n, std::string_view bytes);
    error_code close();
    void abort(error_code cause, bool discard);
    error_code declare(std::uint64_t n);
    void abandon();
    void start_write(operation& op, bool open);

    // Calls of readers. A read that does not wait gets its verdict in `op`; the error it gave says
    // whether one that was pending has landed.
    std::shared_ptr<reader_model> admitted(error_code ec, std::uint64_t offset);
    void start_read(operation& op);
    void read_now(operation& op, error_code ec);
    void check_now(const operation& op, error_code ec, std::uint64_t n) const;
    void seek(reader_model& r, std::uint64_t offset) noexcept;
    void cancel(const reader_model& r);
    void close(reader_model& r);
    void cancel(operation& op);

    // What happened.
    void report(operation& op, error_code ec, std::uint64_t n);
    void drop(operation& op);
    void landed(reader_model& r, std::uint64_t offset);
    void landed_unmoved(reader_model& r);

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

    finding find(const operation& op) const;
    finding find_end(std::uint64_t back) const;
    verdict judge(const operation& op, const finding& f) const;
    bool refuse(operation& op) const;
    void land(operation& op, error_code ec, std::uint64_t n);
    bool is_legal(const operation& op, error_code ec, std::uint64_t n) const;
    void decide(operation& op, const verdict& v) noexcept;
    void wait(operation& op);
    void finish(operation& op);
    void abort_operations(const reader_model* r);

    void publish(std::string_view bytes);
    void wake();
    void end(status how, error_code cause);
    error_code write_error(std::uint64_t n, bool waits) const;
    bool serve(operation& op, bool waits);
    void serve_queue();
    bool may_be_drained() const noexcept;
    void complete_drains();

    std::string bytes_;
    status status_ = status::open;
    error_code cause_;
    std::optional<std::uint64_t> final_size_;
    region lent_;
    std::deque<operation*> queue_;
    std::vector<operation*> live_;
    std::vector<std::shared_ptr<reader_model>> readers_;
    bool draining_ = false;
    bool removing_ = false;
    bool drained_ = false;
    bool removed_ = false;
};

} // namespace spool::test
