// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "batch.hpp"

#include "core.hpp"

#include <utility>

namespace spool::detail {

thread_local batch* batch::current = nullptr;

batch::batch(port& p) : port_(p), stream_(p.owner_), outer_(std::exchange(current, this))
{
    bool more = false;
    stream_.strand_.run([&](effects&) {
        kept_.swap(p.kept_for_batch_);
        take();
        more = !p.ready_.empty();
        p.scheduled_ = more;
        next_ = std::exchange(stream_.batches_, this);
    });
    if (more)
        p.post();
}

batch::~batch()
{
    current = outer_;
    stream_.strand_.run([&](effects& noted) {
        collect(noted);
        batch** at = &stream_.batches_;
        while (*at != this)
            at = &(*at)->next_;
        *at = next_;
        put_back(noted);
        for (std::size_t i = 0; i != finished_; ++i)
            stream_.finish(*owners_[i], noted);
        if (counted_work_ != 0)
            port_.discount_work(counted_work_);
    });
}

// Those whose handlers belong to another context go first, and by post: afterwards a handler that is
// called here may destroy that context.
void batch::complete()
{
    for (std::size_t i = 0; elsewhere_ != 0 && i != taken_; ++i)
        if (operations_[i]->other_port_)
        {
            --elsewhere_;
            complete(operations_[i]);
        }
    for (std::size_t i = 0; i != taken_ && bytes_ < most_bytes; ++i)
        if (operations_[i])
            complete(operations_[i]);
}

void batch::complete(operation*& place)
{
    operation* const op = std::exchange(place, nullptr);
    owners_[finished_++] = op->owner_;
    counted_work_ += op->counts_work_;
    bytes_ += op->finish_(op, &stream_);
}

bool batch::rearm(const port& p, operation& op) noexcept
{
    batch* const b = current;
    if (!b || &b->port_ != &p || op.writes_)
        return false;
    const std::size_t n = b->published_.load(std::memory_order_relaxed);
    if (n == most_operations)
        return false;
    b->started_[n] = &op;
    b->published_.store(n + 1, std::memory_order_release);
    return true;
}

void batch::collect(effects& noted) noexcept
{
    const std::size_t n = published_.load(std::memory_order_acquire);
    while (collected_ != n)
        stream_.park(*started_[collected_++], noted);
}

void batch::take() noexcept
{
    for (; taken_ != most_operations && !port_.ready_.empty(); ++taken_)
    {
        operation& op = port_.ready_.pop_front();
        operations_[taken_] = &op;
        __builtin_prefetch(op.owner_);
    }
    for (std::size_t i = 0; i != taken_; ++i)
    {
        core::release(*operations_[i]);
        elsewhere_ += operations_[i]->other_port_ != nullptr;
    }
}

void batch::put_back(effects& noted) noexcept
{
    for (std::size_t i = taken_; i-- != 0;)
    {
        if (!operations_[i])
            continue;
        if (port_.dead_)
            noted.doom(*operations_[i]);
        else
            port_.ready_.push_front(*operations_[i]);
    }
    if (!port_.ready_.empty())
        port_.schedule(noted);
}

void port::post()
{
    posting_.execute([this] { batch(*this).complete(); });
}

} // namespace spool::detail
