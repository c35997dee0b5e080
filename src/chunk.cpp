// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "chunk.hpp"

#include <cstdlib>
#include <new>
#include <utility>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace spool::detail {

namespace {

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

chunk::chunk(std::size_t capacity, boost::intrusive_ptr<memory_use> counted)
    : capacity_(capacity), data_(static_cast<std::byte*>(
                               is_huge(capacity) ? allocate_huge() : ::operator new(capacity))),
      counted_(std::move(counted))
{
    if (counted_)
        counted_->bytes_.fetch_add(capacity_, std::memory_order_relaxed);
}

chunk::~chunk()
{
    if (is_huge(capacity_))
        free_huge(data_);
    else
        ::operator delete(data_);
    if (counted_)
        counted_->bytes_.fetch_sub(capacity_, std::memory_order_relaxed);
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

void intrusive_ptr_add_ref(memory_use* m) noexcept
{
    m->references_.fetch_add(1, std::memory_order_relaxed);
}

void intrusive_ptr_release(memory_use* m) noexcept
{
    if (m->references_.fetch_sub(1, std::memory_order_acq_rel) == 1)
        delete m;
}

} // namespace spool::detail
