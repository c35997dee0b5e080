// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// The global allocator, counted. A program that links counted_new.cpp gets its operator new; only with
// AddressSanitizer it keeps the sanitizer's, which checks more than this counts.

#include <cstddef>

namespace spool::test {

#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool new_is_counted = false;
#else
inline constexpr bool new_is_counted = true;
#endif

// What the calling thread got from the global allocator, ever.
struct new_count
{
    std::size_t calls = 0;
    std::size_t bytes = 0;
};

new_count counted_new() noexcept;

} // namespace spool::test
