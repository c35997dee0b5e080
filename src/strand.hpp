// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// The strand of a stream: runs short functions of the library one at a time.
//
// One atomic word: null while idle, `busy` while somebody runs and nothing is queued, else the stack
// of what was queued meanwhile (newest first). Whoever finds it idle becomes the runner and runs
// everything that comes until nothing is left; all others leave their task and go. So nothing that is
// asynchronous ever waits here. A call that must return a result (`run`) leaves a task that lives on
// its stack and waits for the runner to get to it: the time of the few short functions in front of it,
// as with a mutex, but without a second kind of lock. Before it does, it tries for a moment to get in
// itself: what it works on lies in the cache of its own processor. No user code runs on the strand: what
// has to be posted or destroyed is noted in `effects` and done by the runner after it let go.

#include <spool/detail/operation.hpp>

#include "effects.hpp"

#include <atomic>

namespace spool::detail {

class strand
{
public:
    strand() = default;
    strand(const strand&) = delete;
    strand& operator=(const strand&) = delete;

    // Whether nobody was on the strand; then the caller is, until it called `lead`.
    bool enter() noexcept
    {
        task* idle = nullptr;
        return queue_.compare_exchange_strong(
            idle, &busy_, std::memory_order_acquire, std::memory_order_relaxed);
    }

    // After a successful `enter`: runs `function(effects&)` and what others left meanwhile, and leaves.
    template <class Function>
    void lead(Function&& function)
    {
        effects noted;
        function(noted);
        leave(noted);
        noted.apply();
    }

    // Runs `t` here or leaves it to the runner.
    void post(task& t)
    {
        if (enter_or_push(t))
            lead([&t](effects& noted) { t.run_(t, noted); });
    }

    // The same from where effects are applied: what is noted here is left to be applied there.
    void post(task& t, effects& noted)
    {
        if (!enter_or_push(t))
            return;
        t.run_(t, noted);
        leave(noted);
    }

    // Runs `function(effects&)` and returns when it ran.
    template <class Function>
    void run(Function&& function)
    {
        if (enter() || enter_soon())
            return lead(function);
        waiting_task<Function> t(function);
        if (enter_or_push(t))
            lead(function);
        else
            t.wait();
    }

    // Runs `function(effects&)` if nobody is on the strand.
    template <class Function>
    bool try_run(Function&& function)
    {
        const bool entered = enter();
        if (entered)
            lead(function);
        return entered;
    }

private:
    template <class Function>
    struct waiting_task : task
    {
        explicit waiting_task(Function& function) noexcept : function_(function)
        {
            run_ = [](task& t, effects& e) {
                auto& self = static_cast<waiting_task&>(t);
                self.function_(e);
                // The waiter may return as soon as this is stored; notifying then takes only the
                // address of what was on its stack, as every futex does.
                self.done_.store(1, std::memory_order_release);
                self.done_.notify_one();
            };
        }

        void wait() noexcept { done_.wait(0, std::memory_order_acquire); }

        Function& function_;
        std::atomic<int> done_{0};
    };

    bool enter_soon() noexcept;
    bool enter_or_push(task& t) noexcept;

    void leave(effects& noted) noexcept
    {
        task* expected = &busy_;
        if (!queue_.compare_exchange_strong(
                expected, nullptr, std::memory_order_release, std::memory_order_relaxed))
            run_queued(noted);
    }

    void run_queued(effects& noted) noexcept;

    task busy_; // its address marks the strand as taken
    std::atomic<task*> queue_{nullptr};
};

} // namespace spool::detail
