// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

#include <spool/detail/operation.hpp>

namespace spool::detail {

// What the strand decided and what may only be done off the strand, because it runs user code:
// waking the execution contexts, destroying handlers whose context is gone.
struct effects
{
    port* wakes = nullptr;       // linked by port::next_wake_
    operation* doomed = nullptr; // linked by task::next_

    void wake(port& p) noexcept;
    void doom(operation& op) noexcept;
    void apply();
};

} // namespace spool::detail
