// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// How much a lane runs of what could go on without end.

#include <algorithm>
#include <cstdint>
#include <cstdlib>

namespace spool::test {

inline std::uint64_t from_environment(const char* name, std::uint64_t otherwise)
{
    const char* const value = std::getenv(name);
    return value ? std::strtoull(value, nullptr, 0) : otherwise;
}

// Of so many runs: SPOOL_SHARE is how many of a hundred there are to be, for a slow build.
inline std::uint64_t share_of(std::uint64_t runs)
{
    return std::max<std::uint64_t>(1, runs * from_environment("SPOOL_SHARE", 100) / 100);
}

} // namespace spool::test
