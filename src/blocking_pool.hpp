// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

#include <boost/asio/any_io_executor.hpp>

namespace spool::detail {

// The pool for calls that block, which all streams share that are not given another. Made at the first
// call; at the end of the process it finishes what it has been given.
boost::asio::any_io_executor blocking_pool();

} // namespace spool::detail
