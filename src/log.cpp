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
    return index < doublings ? smallest_chunk << index : largest_chunk;
}

bool is_huge(std::size_t capacity) noexcept
{
    return capacity == largest_chunk;
}

#if defined(__linux__)

void* map(std::size_t size)
{
    void* const p =
        ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        throw std::bad_alloc();
    return p;
}

// Pages straight from the kernel: malloc would put its own notes into one of 4 KiB in front of each
// chunk. The kernel maps next to what was mapped before, so mostly the first attempt is aligned.
void* allocate_huge()
{
    void* p = map(largest_chunk);
    if (reinterpret_cast<std::uintptr_t>(p) % largest_chunk != 0)
    {
        ::munmap(p, largest_chunk);
        std::byte* const begin = static_cast<std::byte*>(map(2 * largest_chunk));
        const std::size_t before =
            largest_chunk - reinterpret_cast<std::uintptr_t>(begin) % largest_chunk;
        p = begin + before;
        ::munmap(begin, before);
        if (before != largest_chunk)
            ::munmap(begin + before + largest_chunk, largest_chunk - before);
    }
    // Advice only: without huge pages the chunk works the same, slower.
    static_cast<void>(::madvise(p, largest_chunk, MADV_HUGEPAGE));
    return p;
}

void free_huge(void* p) noexcept
{
    ::munmap(p, largest_chunk);
}

#else

void* allocate_huge()
{
    return ::operator new (largest_chunk, std::align_val_t{largest_chunk});
}

void free_huge(void* p) noexcept
{
    ::operator delete (p, std::align_val_t{largest_chunk});
}

#endif

} // namespace

chunk::chunk(std::size_t capacity)
    : capacity_(capacity),
      data_(static_cast<std::byte*>(is_huge(capacity) ? allocate_huge() : ::operator new(capacity)))
{
}

chunk::~chunk()
{
    if (is_huge(capacity_))
        free_huge(data_);
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
        boost::intrusive_ptr<chunk> c =
            spare_ && spare_->capacity() == capacity ? std::move(spare_) : new chunk(capacity);
        added.data = c->data();
        added.holder = c.detach();
        added.holds = 0;
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

void log::start_at(std::uint64_t offset) noexcept
{
    const chunk_position p = locate(offset);
    chunks_ = first_ = p.index;
    end_ = offset - p.inside;
    begin_.store(offset, std::memory_order_release);
}

std::uint64_t log::first_end() const noexcept
{
    const std::uint64_t begin = begin_.load(std::memory_order_relaxed);
    return begin + locate(begin).room;
}

// Of a slot that is gone and that nobody holds. Several may find that out.
boost::intrusive_ptr<chunk> log::take(const slot& s) noexcept
{
    return {std::atomic_ref(s.holder).exchange(nullptr, std::memory_order_acq_rel), false};
}

void log::let_go() noexcept
{
    const slot& s = slot_of(first_++);
    begin_.store(first_end(), std::memory_order_release);
    if (std::atomic_ref(s.holds).fetch_or(gone, std::memory_order_acq_rel) != 0)
        return;
    boost::intrusive_ptr<chunk> went = take(s);
    if (went && went->capacity() == largest_chunk && !went->is_shared())
        spare_ = std::move(went);
}

void log::clear() noexcept
{
    for (; first_ != chunks_; ++first_)
        take(slot_of(first_));
    for (table& t : tables_)
        t.reset();
    first_ = chunks_ = 0;
    end_ = 0;
}

hold::hold(const log& of, std::uint64_t offset) noexcept
{
    if (offset < of.begin())
        return;
    const chunk_position p = locate(offset);
    slot_ = &of.slot_of(p.index);
    if (!(std::atomic_ref(slot_->holds).fetch_add(1, std::memory_order_acquire) & log::gone))
        bytes_ = {slot_->data + p.inside, p.room};
}

hold::~hold()
{
    if (slot_ &&
        std::atomic_ref(slot_->holds).fetch_sub(1, std::memory_order_acq_rel) == (log::gone | 1))
        log::take(*slot_);
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
