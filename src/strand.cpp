// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "strand.hpp"

#include "pause.hpp"

#include <utility>

namespace spool::detail {

// As long as some functions of the library take. Whoever leads may have lost its processor, so this is
// not the only way to wait.
bool strand::enter_soon() noexcept
{
    for (int left = 1000; left != 0; --left)
    {
        if (queue_.load(std::memory_order_relaxed) == nullptr && enter())
            return true;
        pause();
    }
    return false;
}

bool strand::enter_or_push(task& t) noexcept
{
    task* queued = queue_.load(std::memory_order_relaxed);
    for (;;)
    {
        if (queued == nullptr)
        {
            if (queue_.compare_exchange_weak(
                    queued, &busy_, std::memory_order_acquire, std::memory_order_relaxed))
                return true;
        }
        else
        {
            t.next_ = queued;
            if (queue_.compare_exchange_weak(
                    queued, &t, std::memory_order_release, std::memory_order_relaxed))
                return false;
        }
    }
}

void strand::run_queued(effects& noted) noexcept
{
    task* expected = nullptr;
    do
    {
        // Newest first: turn it round, so that tasks run in the order in which they came.
        task* newest = queue_.exchange(&busy_, std::memory_order_acquire);
        task* oldest = nullptr;
        while (newest != &busy_)
            oldest = std::exchange(newest, std::exchange(newest->next_, oldest));
        while (oldest != nullptr)
        {
            task* const t = std::exchange(oldest, oldest->next_);
            t->run_(*t, noted);
        }
        expected = &busy_;
    } while (!queue_.compare_exchange_strong(
        expected, nullptr, std::memory_order_release, std::memory_order_relaxed));
}

} // namespace spool::detail
