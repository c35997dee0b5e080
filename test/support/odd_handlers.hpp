// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// Handlers that only just are handlers (C57). Each counts its calls where it was told to.

#include <boost/system/error_code.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <utility>

namespace spool::test {

// Can be moved, but neither copied nor assigned, and not derived from.
struct move_only_handler final
{
    std::unique_ptr<std::size_t*> calls;

    explicit move_only_handler(std::size_t& n) : calls(std::make_unique<std::size_t*>(&n)) {}
    move_only_handler(move_only_handler&&) = default;
    move_only_handler& operator=(move_only_handler&&) = delete;

    template <class... Args>
    void operator()(boost::system::error_code, Args&&...) &&
    {
        ++**calls;
    }
};

struct large_handler
{
    std::array<std::uint64_t, 1024> ballast{};
    std::size_t* calls;

    explicit large_handler(std::size_t& n) : calls(&n) { ballast.fill(0x5a5a5a5a5a5a5a5a); }

    template <class... Args>
    void operator()(boost::system::error_code, Args&&...)
    {
        for (const std::uint64_t b : ballast)
            if (b != 0x5a5a5a5a5a5a5a5a)
                throw std::logic_error("a handler was damaged");
        ++*calls;
    }
};

struct alignas(256) over_aligned_handler
{
    std::size_t* calls;

    explicit over_aligned_handler(std::size_t& n) : calls(&n) {}

    template <class... Args>
    void operator()(boost::system::error_code, Args&&...)
    {
        BOOST_TEST(reinterpret_cast<std::uintptr_t>(this) % 256 == 0u);
        ++*calls;
    }
};

struct handler_failure : std::runtime_error
{
    using runtime_error::runtime_error;
};

// Throws when called. Its move might throw too, as far as the compiler knows.
struct throwing_handler
{
    std::size_t* calls;

    explicit throwing_handler(std::size_t& n) : calls(&n) {}
    throwing_handler(throwing_handler&& other) noexcept(false) : calls(other.calls) {}

    template <class... Args>
    void operator()(boost::system::error_code, Args&&...)
    {
        ++*calls;
        throw handler_failure("thrown by a handler");
    }
};

} // namespace spool::test
