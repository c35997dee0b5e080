// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "storage_port.hpp"

#include "blocking_pool.hpp"
#include "core.hpp"
#include "pause.hpp"
#include "storage_calls.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/execution/blocking.hpp>
#include <boost/asio/require.hpp>

#include <algorithm>
#include <new>
#include <utility>

namespace spool::detail {

namespace {

// At most so much is written by one job, so that what was written first is told early.
constexpr std::uint64_t most_written = std::uint64_t{2} << 20;

// How often to look whether there is more: about as long as it takes to wake a thread.
constexpr int patience = 500;

asio::any_io_executor posting(const asio::any_io_executor& chosen)
{
    return asio::require(chosen ? chosen : blocking_pool(), asio::execution::blocking.never);
}

const error_code no_memory = asio::error::no_memory;

} // namespace

storage_port::storage_port(
    core& owner, window& bytes, std::unique_ptr<storage> kept, const options& chosen)
    : owner_(owner), window_(bytes), storage_(std::move(kept)),
      executor_(posting(chosen.blocking_executor)), limit_(chosen.resident_limit / 2),
      written_(storage_->size()), synced_(storage_->finished() ? max_offset : 0),
      finished_(storage_->finished()), discarded_(storage_->base()),
      cache_(chosen.resident_limit / 2), read_error_(&no_memory)
{
}

// Closing may block, too.
storage_port::~storage_port()
{
    executor_.execute([kept = std::move(storage_)]() mutable { kept.reset(); });
}

// Writing.

storage_progress storage_port::progress() noexcept
{
    const state s = owner_.load();
    storage_progress p;
    p.size = s.size;
    p.written = written_;
    p.synced = synced_;
    p.sync_wanted = synced_ops_.empty() ? 0 : synced_ops_.front().awaited_;
    p.closed = s.is == status::closed;
    p.finished = finished_;
    p.failed = failed_;
    p.remove_wanted = removing_;
    p.removed = removed_;
    p.discarded = discarded_;
    p.least_discard = least_discard_;
    p.forgotten = std::min<std::uint64_t>(forgotten_, written_);
    const std::lock_guard lock(sending_mutex_);
    if (!sending_.empty())
        p.forgotten = std::min(p.forgotten, *sending_.begin());
    return p;
}

void storage_port::advance(effects& noted) noexcept
{
    if (!working_ && decide_job(progress()) != storage_job::none)
    {
        working_ = true;
        noted.work(owner_);
    }
}

void storage_port::post_job()
{
    execute([this, keep = core_ptr(&owner_)] { run_jobs(); });
}

// Some jobs, then others have their turn on the executor.
void storage_port::run_jobs()
{
    for (int i = 0; i != turns; ++i)
        if (!run_job())
            return;
    post_job();
}

// What has gathered until now is decided here, not when the job was posted. False if there is no other one.
bool storage_port::run_job()
{
    storage_progress p;
    owner_.strand_.run([&](effects&) { p = progress(); });
    const storage_job job = decide_job(p);
    std::uint64_t reached = p.written;
    std::uint64_t discarded = p.discarded;
    error_code ec;
    guarded(ec, [&] {
        switch (job)
        {
        case storage_job::none:
            break;
        case storage_job::write:
            write(reached, std::min(p.size, p.written + most_written), ec);
            break;
        case storage_job::discard:
            discarded = begin_discard(p.forgotten);
            storage_->discard(discarded, ec);
            break;
        case storage_job::sync:
            storage_->sync(ec);
            break;
        case storage_job::finish:
            storage_->finish(ec);
            break;
        case storage_job::remove:
            storage_->remove(ec);
            break;
        }
    });
    bool goes_on = false;
    bool has_told = false;
    owner_.strand_.run([&](effects& noted) {
        discarded_ = discarded;
        has_told = end_job(job, reached, ec, noted);
        goes_on = decide_job(progress()) != storage_job::none;
        working_ = goes_on || has_told;
    });
    if (goes_on || !has_told)
        return goes_on;
    await_more(reached);
    owner_.strand_.run(
        [&](effects&) { working_ = goes_on = decide_job(progress()) != storage_job::none; });
    return goes_on;
}

// Whoever was told that its bytes are safe may go on at once. That is sooner than another thread is woken,
// which is what a new job costs.
void storage_port::await_more(std::uint64_t written) const noexcept
{
    for (int left = patience; left != 0 && owner_.load().size == written; --left)
        pause();
}

// From `reached` on, which grows with every chunk that is written.
void storage_port::write(std::uint64_t& reached, std::uint64_t end, error_code& ec)
{
    while (reached != end)
    {
        const asio::const_buffer bytes =
            window_.at(reached, static_cast<std::size_t>(end - reached));
        storage_->write(reached, bytes, ec);
        if (ec)
            return;
        reached += bytes.size();
    }
}

bool storage_port::end_job(
    storage_job done, std::uint64_t reached, const error_code& ec, effects& noted) noexcept
{
    if (done == storage_job::write)
        written_.store(reached, std::memory_order_release);
    if (done == storage_job::remove)
    {
        removed_ = true;
        remove_failed_ = static_cast<bool>(ec);
        window_.clear();
        cache_.clear();
    }
    if (ec)
        fail(ec, noted);
    else if (done == storage_job::sync)
        synced_ = reached;
    else if (done == storage_job::finish)
    {
        finished_ = true;
        synced_ = max_offset;
    }
    const bool has_told = complete(written_ops_, written_, noted);
    const bool has_told_too = complete(synced_ops_, synced_, noted);
    const std::uint64_t size = owner_.load().size;
    while (!removed_ && lets_go(window_.first_end(), written_, size, limit_ / 2))
        window_.let_go_until(window_.first_end());
    window_.trim(limit_);
    owner_.go_on(noted);
    return has_told || has_told_too;
}

// Nothing is given to the storage any more. Memory keeps what is not written, so that readers do.
void storage_port::fail(const error_code& ec, effects& noted) noexcept
{
    if (!std::exchange(failed_, true))
        error_ = ec;
    owner_.end(status::failed, error_, noted);
}

void storage_port::forget(std::uint64_t base, std::uint64_t kept, effects& noted) noexcept
{
    forgotten_ = base;
    least_discard_ = least_discard(kept);
    advance(noted);
}

bool storage_port::begin_sending(std::uint64_t offset)
{
    const std::lock_guard lock(sending_mutex_);
    if (offset < discarding_)
        return false;
    sending_.insert(offset);
    return true;
}

void storage_port::end_sending(std::uint64_t offset) noexcept
{
    const std::lock_guard lock(sending_mutex_);
    sending_.erase(sending_.find(offset));
}

// From now on no sending begins below.
std::uint64_t storage_port::begin_discard(std::uint64_t end) noexcept
{
    const std::lock_guard lock(sending_mutex_);
    discarding_ = sending_.empty() ? end : std::min(end, *sending_.begin());
    discarding_ = std::max(discarding_, discarded_);
    return discarding_;
}

void storage_port::remove(effects& noted) noexcept
{
    removing_ = true;
    advance(noted);
}

// Waiting for a level.

bool storage_port::settle(write_operation& op, std::uint64_t offset) noexcept
{
    const std::uint64_t reached = op.level_ == level::synced ? synced_ : written_.load();
    if (op.level_ == level::visible || offset <= reached)
        op.outcome_ = write_outcome::accept;
    else if (failed_)
        op.outcome_ = write_outcome::storage;
    else
        return false;
    return true;
}

void storage_port::park(write_operation& op, std::uint64_t offset, effects& noted) noexcept
{
    op.awaited_ = offset;
    waiting(op.level_).push_back(op);
    advance(noted);
}

bool storage_port::complete(operation_list& waiting, std::uint64_t reached, effects& noted) noexcept
{
    bool has_told = false;
    while (!waiting.empty() && (failed_ || waiting.front().awaited_ <= reached))
    {
        auto& op = static_cast<write_operation&>(waiting.pop_front());
        settle(op, op.awaited_);
        owner_.own_port_->decide(op, noted);
        has_told = true;
    }
    return has_told;
}

} // namespace spool::detail
