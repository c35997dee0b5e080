// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// The side of a stream that faces its storage.
//
// The window takes every byte first. A job on the executor for blocking calls hands on what is not written
// yet, all that has gathered since the one before; it syncs if somebody waits for that, and finishes the
// storage of a closed stream. One job is under way at a time, and as long as it is, it keeps the stream:
// so what was appended is written, also when all handles are gone. Afterwards memory lets go of what it
// may, and writers that waited for room go on.
//
// What memory has let go of is read back into the cache, by loaders on the same executor. A reader finds
// its bytes in the window, or in the cache, or waits for a piece of the cache.
//
// Members that take `effects&` must be called on the strand of the stream, the others from any thread.

#include <spool/detail/write_operation.hpp>
#include <spool/options.hpp>
#include <spool/storage.hpp>

#include "cache.hpp"
#include "effects.hpp"
#include "row.hpp"
#include "storage_rules.hpp"
#include "window.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <forward_list>
#include <memory>
#include <mutex>
#include <set>
#include <utility>

namespace spool::detail {

class storage_port
{
public:
    storage_port(core& owner, window& bytes, std::unique_ptr<storage> kept, const options& chosen);
    ~storage_port();

    storage_port(const storage_port&) = delete;
    storage_port& operator=(const storage_port&) = delete;

    const storage& kept() const noexcept { return *storage_; }

    // Reading: what the cache has of bytes that memory has let go of, and what it means if that is nothing.
    asio::const_buffer
    find(std::uint64_t offset, std::size_t max, boost::intrusive_ptr<chunk>& holder) noexcept;
    read_outcome missing(std::uint64_t offset) noexcept;

    // Whether memory has let go of an offset; the piece it is in, to wait for; to only ask for it.
    bool has_let_go_of(std::uint64_t offset) const noexcept { return offset < window_.begin(); }
    piece_ptr want(std::uint64_t offset) noexcept;
    void call_for(std::uint64_t offset);

    // Starts a loader if one is needed, off the strand.
    void load_more();

    const error_code& read_error() const noexcept;
    const error_code& error() const noexcept { return error_; } // once a job has failed

    // Whether `n` bytes more may be appended to `size`.
    bool has_room(std::uint64_t size, std::uint64_t n) const noexcept
    {
        return detail::has_room(size - written_, n, limit_);
    }
    std::uint64_t room(std::uint64_t size) const noexcept
    {
        return detail::room(size - written_, limit_);
    }

    // The stream has become something else: the next job, if none is under way.
    void advance(effects& noted) noexcept;
    void remove(effects& noted) noexcept;
    // Nobody asks any more for what is below `base`, of a stream that keeps so many bytes.
    void forget(std::uint64_t base, std::uint64_t kept, effects& noted) noexcept;
    bool is_removed() const noexcept { return removed_; }
    bool remove_failed() const noexcept { return remove_failed_; }

    // Whether the bytes up to `offset` have reached the level, or never will: then also what `op` gets.
    bool settle(write_operation& op, std::uint64_t offset) noexcept;
    // Waits until they have.
    void park(write_operation& op, std::uint64_t offset, effects& noted) noexcept;

    operation_list& waiting(level l) noexcept
    {
        return l == level::synced ? synced_ops_ : written_ops_;
    }

    // What is read from the storage by others than this is not discarded meanwhile. False, if it may be
    // already.
    bool begin_sending(std::uint64_t offset);
    void end_sending(std::uint64_t offset) noexcept;

    // Calls `function` where it may block.
    template <class Function>
    void execute(Function&& function)
    {
        executor_.execute(std::forward<Function>(function));
    }

    // Off the strand: posts the job.
    void post_job();

private:
    storage_progress progress() noexcept;
    std::uint64_t begin_discard(std::uint64_t end) noexcept;
    void run_jobs();
    bool run_job();
    void await_more(std::uint64_t written) const noexcept;
    void write(std::uint64_t& reached, std::uint64_t end, error_code& ec);
    bool
    end_job(storage_job done, std::uint64_t reached, const error_code& ec, effects& noted) noexcept;
    void fail(const error_code& ec, effects& noted) noexcept;
    bool complete(operation_list& waiting, std::uint64_t reached, effects& noted) noexcept;

    void load();
    void load(piece& p);
    void set_read_error(const error_code& ec);

    core& owner_;
    window& window_;
    std::unique_ptr<storage> storage_;
    const asio::any_io_executor executor_;
    const std::uint64_t
        limit_; // of what is not written, of what stays once it is, and of the cache

    // On the strand.
    std::atomic<std::uint64_t> written_; // loaders read it, too
    std::uint64_t synced_;
    bool finished_;
    bool failed_ = false;
    bool working_ = false;
    bool removing_ = false;
    bool removed_ = false;
    bool remove_failed_ = false;
    error_code error_;           // the first
    operation_list written_ops_; // in the order of what they wait for
    operation_list synced_ops_;

    std::uint64_t forgotten_ = 0;
    std::uint64_t discarded_;
    std::uint64_t least_discard_ = 0;

    std::mutex sending_mutex_;
    std::multiset<std::uint64_t> sending_; // from where on
    std::uint64_t discarding_ = 0;         // up to where

    cache cache_;
    std::mutex errors_mutex_;
    std::forward_list<error_code> errors_; // all that reading has met: handlers refer to them
    std::atomic<const error_code*> read_error_;
};

} // namespace spool::detail
