// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

/// @file
/// What tells a stream that time has passed.

#include <spool/config.hpp>

#include <chrono>
#include <functional>

namespace spool {

/// Tells a stream that time has passed. It has one of its own; another one can be given to it in
/// `options`, with a clock that a test moves.
/// @par Thread safety
/// The stream calls one function at a time, from any thread, and holds nothing meanwhile.
class alarm
{
public:
    virtual ~alarm() = default;

    /// Calls `ring` once when the time is over, unless `cancel` comes before; never from inside. There is
    /// only one at a time. A call that comes in spite of `cancel` does no harm.
    virtual void set(std::chrono::nanoseconds after, std::function<void()> ring) = 0;
    /// Destroys what was set, if it is still there.
    virtual void cancel() = 0;

protected:
    /// For derived classes only.
    alarm() = default;
    alarm(const alarm&) = default;            ///< Copies nothing.
    alarm& operator=(const alarm&) = default; ///< Copies nothing.
};

} // namespace spool
