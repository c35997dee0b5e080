// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// What the tests with several threads share: their size, their seeds, and threads that start at once.

#include "support/chance.hpp"

#include <atomic>
#include <barrier>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <random>
#include <source_location>
#include <thread>
#include <vector>

namespace spool::test {

// How often to do what is normally done `n` times; SPOOL_ROUNDS is a percentage.
inline std::size_t rounds(std::size_t n)
{
    const char* const percent = std::getenv("SPOOL_ROUNDS");
    return percent ? n * std::strtoul(percent, nullptr, 10) / 100 + 1 : n;
}

// A seed that is printed; SPOOL_SEED repeats it.
inline std::uint64_t seed_for(const char* what)
{
    const char* const given = std::getenv("SPOOL_SEED");
    const std::uint64_t seed = given ? std::strtoull(given, nullptr, 10) : std::random_device()();
    std::cout << what << ": SPOOL_SEED=" << seed << std::endl;
    return seed;
}

// Boost.Test's checks are not for several threads: failures are counted, and checked at the end.
class failures
{
public:
    void check(bool ok, std::source_location at = std::source_location::current())
    {
        if (!ok && n_.fetch_add(1, std::memory_order_relaxed) < 10)
            std::cerr << at.file_name() << ':' << at.line() << ": failed\n";
    }
    std::size_t count() const noexcept { return n_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::size_t> n_{0};
};

// Runs `function(i)` on `n` threads that start together, and waits for them.
template <class Function>
void on_threads(std::size_t n, Function function)
{
    std::barrier start(static_cast<std::ptrdiff_t>(n));
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i != n; ++i)
        threads.emplace_back([&, i] {
            start.arrive_and_wait();
            function(i);
        });
    for (std::thread& t : threads)
        t.join();
}

} // namespace spool::test
