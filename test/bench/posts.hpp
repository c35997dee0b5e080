// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

#include "measure.hpp"

namespace bench {

// p: `asio::post` of an empty function through any_io_executor, 1,000 of them and then a run, on one
// thread.
sample posts();

// c: `co_await` of an operation with the results of a read that does nothing but post its handler, by one
// coroutine on one thread.
sample awaits();

} // namespace bench
