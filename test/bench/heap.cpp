// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "heap.hpp"

#include <cerrno>
#include <cstdlib>
#include <malloc.h>

// glibc lets a program define these, and keeps its own under other names.
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* old, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
void __libc_free(void* memory);
}

namespace bench {

namespace {

constinit thread_local heap used;

std::int64_t bytes_of(void* memory) noexcept
{
    constexpr std::size_t header = sizeof(std::size_t);
    return memory ? static_cast<std::int64_t>(malloc_usable_size(memory) + header) : 0;
}

void* counted(void* memory) noexcept
{
    ++used.calls;
    used.bytes += bytes_of(memory);
    return memory;
}

} // namespace

const heap& used_heap() noexcept
{
    return used;
}

} // namespace bench

extern "C" {

void* malloc(std::size_t size)
{
    return bench::counted(__libc_malloc(size));
}

void* calloc(std::size_t count, std::size_t size)
{
    return bench::counted(__libc_calloc(count, size));
}

void* realloc(void* old, std::size_t size)
{
    const std::int64_t before = bench::bytes_of(old);
    void* const memory = __libc_realloc(old, size);
    if (memory || size == 0)
        bench::used.bytes -= before;
    return bench::counted(memory);
}

void* memalign(std::size_t alignment, std::size_t size)
{
    return bench::counted(__libc_memalign(alignment, size));
}

void* aligned_alloc(std::size_t alignment, std::size_t size)
{
    return memalign(alignment, size);
}

int posix_memalign(void** memory, std::size_t alignment, std::size_t size)
{
    *memory = memalign(alignment, size);
    return *memory || size == 0 ? 0 : ENOMEM;
}

void free(void* memory)
{
    bench::used.bytes -= bench::bytes_of(memory);
    __libc_free(memory);
}
}
