// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "log.hpp"

#include <algorithm>
#include <cstring>
#include <new>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace spool::detail {

namespace {

constexpr std::size_t capacity_of(std::size_t index) noexcept
{
    constexpr std::size_t doublings =
        std::countr_zero(largest_chunk) - std::countr_zero(smallest_chunk);
    return index < doublings ? smallest_chunk << index : largest_chunk;
}

bool is_huge(std::size_t capacity) noexcept
{
    return capacity == largest_chunk;
}

} // namespace

chunk::chunk(std::size_t capacity) : capacity_(capacity)
{
    if (is_huge(capacity))
    {
        data_ = static_cast<std::byte*>(::operator new (capacity, std::align_val_t{largest_chunk}));
#if defined(__linux__)
        // Advice only: without huge pages the chunk works the same, slower.
        static_cast<void>(::madvise(data_, capacity, MADV_HUGEPAGE));
#endif
    }
    else
        data_ = static_cast<std::byte*>(::operator new(capacity));
}

chunk::~chunk()
{
    if (is_huge(capacity_))
        ::operator delete (data_, std::align_val_t{largest_chunk});
    else
        ::operator delete(data_);
}

void intrusive_ptr_add_ref(chunk* c) noexcept
{
    c->references_.fetch_add(1, std::memory_order_relaxed);
}

void intrusive_ptr_release(chunk* c) noexcept
{
    if (c->references_.fetch_sub(1, std::memory_order_acq_rel) == 1)
        delete c;
}

log::~log() = default;

void log::grow(std::uint64_t end)
{
    while (end_ < end)
    {
        const unsigned level = static_cast<unsigned>(std::bit_width(chunks_ + 1)) - 1;
        if (!levels_[level])
            levels_[level] = std::make_unique<slot[]>(std::size_t{1} << level);
        const std::size_t capacity = capacity_of(chunks_);
        slot_of(chunks_) = new chunk(capacity);
        ++chunks_;
        end_ += capacity;
    }
}

asio::mutable_buffer
log::room(std::uint64_t offset, std::size_t max, boost::intrusive_ptr<chunk>& holder)
{
    reserve(offset, 1);
    const chunk_position p = locate(offset);
    holder = slot_of(p.index);
    return {holder->data() + p.inside, std::min(max, p.room)};
}

void log::clear() noexcept
{
    for (auto& level : levels_)
        level.reset();
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
            std::memcpy(slot_of(p.index)->data() + p.inside, from.data(), n);
            from += n;
            offset += n;
        }
}

asio::const_buffer
log::at(std::uint64_t offset, std::size_t max, boost::intrusive_ptr<chunk>& holder) const noexcept
{
    const chunk_position p = locate(offset);
    holder = slot_of(p.index);
    return {holder->data() + p.inside, std::min(max, p.room)};
}

} // namespace spool::detail
