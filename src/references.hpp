// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

#include <atomic>
#include <cstdint>

namespace spool::detail {

// Takes a reference to an object that somebody else may just be destroying.
inline bool add_reference_unless_zero(std::atomic<std::uint32_t>& references) noexcept
{
    std::uint32_t n = references.load(std::memory_order_relaxed);
    while (n != 0)
        if (references.compare_exchange_weak(n, n + 1, std::memory_order_relaxed))
            return true;
    return false;
}

} // namespace spool::detail
