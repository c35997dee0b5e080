// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// Reading back what memory has let go of.

#include <spool/error.hpp>

#include "core.hpp"
#include "storage_calls.hpp"
#include "storage_port.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>
#include <new>
#include <utility>

namespace spool::detail {

asio::const_buffer storage_port::find(
    std::uint64_t offset, std::size_t max, boost::intrusive_ptr<chunk>& holder) noexcept
{
    cached_bytes found = cache_.find(offset, max);
    if (found.wants_more)
        load_more();
    holder = std::move(found.holder);
    return found.bytes;
}

read_outcome storage_port::missing(std::uint64_t offset) noexcept
{
    return cache_.take_failure(offset) ? read_outcome::storage : read_outcome::wait;
}

piece_ptr storage_port::want(std::uint64_t offset) noexcept
try
{
    return cache_.want(offset, written_.load(std::memory_order_acquire), true);
}
catch (const std::bad_alloc&)
{
    return piece::without_memory();
}

void storage_port::call_for(std::uint64_t offset)
{
    if (!has_let_go_of(offset))
        return;
    cache_.want(offset, written_.load(std::memory_order_acquire), false);
    load_more();
}

void storage_port::load_more()
{
    if (cache_.needs_loader())
        execute([this, keep = core_ptr(&owner_)] { load(); });
}

// Some pieces, then others have their turn on the executor.
void storage_port::load()
{
    for (int i = 0; i != turns; ++i)
    {
        const piece_ptr next = cache_.next();
        if (!next)
            return;
        load(*next);
    }
    execute([this, keep = core_ptr(&owner_)] { load(); });
}

void storage_port::load(piece& p)
{
    error_code ec;
    std::size_t n = 0;
    const std::uint64_t there = written_.load(std::memory_order_acquire) - p.begin();
    const asio::mutable_buffer room = asio::buffer(p.room(), there);
    if (room.size() == 0)
        ec = asio::error::no_memory;
    guarded(ec, [&] {
        while (n != room.size() && !ec)
        {
            const std::size_t got = storage_->read(p.begin() + n, room + n, ec);
            if (got == 0 && !ec)
                ec = errc::lost;
            n += got;
        }
    });
    if (ec)
        set_read_error(ec);
    cache_.finish(p, n, static_cast<bool>(ec));
    owner_.wake_loads();
}

const error_code& storage_port::read_error() const noexcept
{
    return *read_error_.load(std::memory_order_acquire);
}

// Handlers are given references to errors, so none is overwritten.
void storage_port::set_read_error(const error_code& ec)
{
    const std::lock_guard lock(errors_mutex_);
    auto at = std::find(errors_.begin(), errors_.end(), ec);
    if (at == errors_.end())
        at = errors_.insert_after(errors_.before_begin(), ec);
    read_error_.store(&*at, std::memory_order_release);
}

} // namespace spool::detail
