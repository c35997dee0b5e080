// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// What the calling thread asks of the global allocator: `malloc` and all that is built on it, operator
// new as well as the `aligned_alloc` that Asio's recycling allocator calls.

#include <cstddef>
#include <cstdint>

namespace bench {

struct heap
{
    std::uint64_t calls = 0; // for memory; giving it back is not counted
    std::int64_t bytes = 0;  // in use, with what malloc itself adds
};

const heap& used_heap() noexcept;

} // namespace bench
