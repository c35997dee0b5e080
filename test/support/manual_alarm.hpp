// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

#include <spool/alarm.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <functional>
#include <utility>

namespace spool::test {

// An alarm whose time the test moves.
struct manual_alarm : alarm
{
    void set(std::chrono::nanoseconds after, std::function<void()> ring) override
    {
        BOOST_TEST(!rings, "there is one alarm at a time");
        left = after;
        rings = std::move(ring);
    }

    void cancel() override { rings = nullptr; }

    // Whether it rang.
    bool advance(std::chrono::nanoseconds by)
    {
        left -= by;
        if (!rings || left > std::chrono::nanoseconds::zero())
            return false;
        std::exchange(rings, nullptr)();
        return true;
    }

    std::chrono::nanoseconds left{};
    std::function<void()> rings;
};

} // namespace spool::test
