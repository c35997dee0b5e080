// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

#include <cstddef>
#include <cstdint>

namespace spool::test {

// A source of choices (splitmix64): the same seed makes the same choices.
class chance
{
public:
    explicit chance(std::uint64_t seed) noexcept : seed_(seed), state_(seed) {}

    std::uint64_t seed() const noexcept { return seed_; }

    std::uint64_t next() noexcept
    {
        std::uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
        return z ^ (z >> 31);
    }

    // One of 0 .. n-1.
    std::size_t below(std::size_t n) noexcept { return static_cast<std::size_t>(next() % n); }
    bool coin() noexcept { return (next() >> 63) != 0; }

private:
    std::uint64_t seed_;
    std::uint64_t state_;
};

} // namespace spool::test
