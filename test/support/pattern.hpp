// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// Bytes that tell offsets apart.

#include <cstddef>
#include <cstdint>
#include <string>

namespace spool::test {

// Also offsets a power of two away from each other.
inline char byte_at(std::uint64_t offset)
{
    return static_cast<char>((offset * 2654435761u) >> 24);
}

inline std::string bytes_at(std::uint64_t offset, std::size_t n)
{
    std::string bytes(n, '\0');
    for (std::size_t i = 0; i != n; ++i)
        bytes[i] = byte_at(offset + i);
    return bytes;
}

} // namespace spool::test
