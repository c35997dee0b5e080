// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "counted_new.hpp"

#include <cstdlib>
#include <new>

namespace spool::test {

namespace {

thread_local new_count counted;

} // namespace

new_count counted_new() noexcept
{
    return counted;
}

} // namespace spool::test

#if !defined(__SANITIZE_ADDRESS__)

void* operator new(std::size_t n)
{
    ++spool::test::counted.calls;
    spool::test::counted.bytes += n;
    if (void* const p = std::malloc(n == 0 ? 1 : n))
        return p;
    throw std::bad_alloc();
}

void* operator new(std::size_t n, std::align_val_t alignment)
{
    ++spool::test::counted.calls;
    spool::test::counted.bytes += n;
    const auto a = static_cast<std::size_t>(alignment);
    if (void* const p = std::aligned_alloc(a, (n + a - 1) / a * a))
        return p;
    throw std::bad_alloc();
}

void operator delete(void* p) noexcept
{
    std::free(p);
}

void operator delete(void* p, std::size_t) noexcept
{
    std::free(p);
}

void operator delete(void* p, std::align_val_t) noexcept
{
    std::free(p);
}

void operator delete(void* p, std::size_t, std::align_val_t) noexcept
{
    std::free(p);
}

#endif
