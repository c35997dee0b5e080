// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// A clock that moves when the test says so, and a timer that follows it.

#include <boost/asio/basic_waitable_timer.hpp>

#include <chrono>

namespace spool::test {

struct manual_clock
{
    using duration = std::chrono::milliseconds;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<manual_clock>;
    static constexpr bool is_steady = false;

    static time_point now() noexcept { return time_point(elapsed); }
    static void advance(duration d) noexcept { elapsed += d; }

private:
    inline static duration elapsed{0};
};

// Never waits for real time: each poll of the context asks the clock again.
struct manual_wait_traits
{
    static manual_clock::duration to_wait_duration(const manual_clock::duration&)
    {
        return manual_clock::duration::zero();
    }
    static manual_clock::duration to_wait_duration(const manual_clock::time_point&)
    {
        return manual_clock::duration::zero();
    }
};

using manual_timer = boost::asio::basic_waitable_timer<manual_clock, manual_wait_traits>;

} // namespace spool::test
