// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

#include <spool/stream.hpp>

#include "options.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

namespace live_log {

// The stream of the output: in memory, or in the file that was asked for. It is closed if that file is
// complete already. Throws std::exception with a text for the user.
spool::stream make_output(boost::asio::io_context& context, const options& chosen);

// Waits until the file has everything, and says what it is.
boost::asio::awaitable<void> save(spool::stream& output, const options& chosen);

} // namespace live_log
