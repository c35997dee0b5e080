// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

#include "measure.hpp"

#include <cstddef>

namespace bench {

// p: `asio::post` of an empty function through any_io_executor, 1,000 of them and then a run, on one
// thread.
sample posts();

// c: `co_await` of `asio::post` through any_io_executor, by so many coroutines in turn on one thread.
sample awaits(std::size_t coroutines);

// The same with an operation that does nothing but post its handler to the coroutine's own executor,
// which saves the work that `asio::post` counts for an executor that might be another one.
sample least_awaits(std::size_t coroutines);

} // namespace bench
