// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "log.hpp"

#include <algorithm>
#include <cstring>
#include <new>

namespace spool::detail {

namespace {

constexpr std::size_t capacity_of(std::size_t index) noexcept
{
    return index < doublings ? smallest_chunk << index : largest_chunk;
}

} // namespace

log::~log()
{
    clear();
}

// That of the next chunk. The memory of a table is zeroed by whoever gives it, which for a large one is
// the kernel, page by page as they are used.
log::slot& log::new_slot()
{
    if (chunks_ < doublings)
        return small_[chunks_];
    const entry e = entry_of(chunks_ - doublings);
    table& t = tables_[e.table];
    if (!t)
        t.reset(static_cast<slot*>(std::calloc(e.size, sizeof(slot))));
    if (!t)
        throw std::bad_alloc();
    return t[e.index];
}

void log::grow(std::uint64_t end)
{
    while (end_ < end)
    {
        slot& added = new_slot();
        const std::size_t capacity = capacity_of(chunks_);
        boost::intrusive_ptr<chunk> c(new chunk(capacity));
        added.data = c->data();
        added.holder = c.detach();
        end_ += capacity;
        ++chunks_;
    }
}

asio::mutable_buffer
log::room(std::uint64_t offset, std::size_t max, boost::intrusive_ptr<chunk>& holder)
{
    reserve(offset, 1);
    const chunk_position p = locate(offset);
    const slot& s = slot_of(p.index);
    holder = s.holder;
    return {s.data + p.inside, std::min(max, p.room)};
}

void log::clear() noexcept
{
    for (std::size_t i = 0; i != chunks_; ++i)
        intrusive_ptr_release(slot_of(i).holder);
    for (table& t : tables_)
        t.reset();
    chunks_ = 0;
    end_ = 0;
}

void log::copy_in(std::uint64_t offset, std::span<const asio::const_buffer> buffers) noexcept
{
    for (asio::const_buffer from : buffers)
        while (from.size() != 0)
        {
            const chunk_position p = locate(offset);
            const std::size_t n = std::min(from.size(), p.room);
            std::memcpy(slot_of(p.index).data + p.inside, from.data(), n);
            from += n;
            offset += n;
        }
}

asio::const_buffer
log::at(std::uint64_t offset, std::size_t max, boost::intrusive_ptr<chunk>& holder) const noexcept
{
    const chunk_position p = locate(offset);
    const slot& s = slot_of(p.index);
    holder = s.holder;
    return {s.data + p.inside, std::min(max, p.room)};
}

void log::copy_out(std::uint64_t offset, asio::mutable_buffer to) const noexcept
{
    while (to.size() != 0)
    {
        const chunk_position p = locate(offset);
        const std::size_t n = std::min(to.size(), p.room);
        std::memcpy(to.data(), slot_of(p.index).data + p.inside, n);
        to += n;
        offset += n;
    }
}

} // namespace spool::detail
