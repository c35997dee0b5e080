// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

namespace spool::detail {

// Tells the processor that this is a loop that waits.
inline void pause() noexcept
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
}

} // namespace spool::detail
