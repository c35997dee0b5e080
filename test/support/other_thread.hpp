// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

#include <chrono>
#include <cstdlib>
#include <future>
#include <iostream>
#include <thread>
#include <utility>

namespace spool::test {

// Does something on another thread and waits for it. The caller stands inside a call into the library:
// if the other thread has to wait for the library then, neither can go on, which ends the program.
template <class Function>
void on_other_thread(Function function)
{
    std::packaged_task<void()> task(std::move(function));
    std::future<void> done = task.get_future();
    std::thread other(std::move(task));
    if (done.wait_for(std::chrono::seconds(60)) != std::future_status::ready)
    {
        std::cerr << "another thread had to wait for this one" << std::endl;
        std::abort();
    }
    other.join();
    done.get();
}

} // namespace spool::test
