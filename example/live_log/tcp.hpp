// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

#include <spool/stream.hpp>

#include "options.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

namespace live_log {

// Sends the bare bytes. A reset instead of an end tells the client that they are not all.
boost::asio::awaitable<void>
serve_tcp(boost::asio::ip::tcp::socket socket, spool::stream& output, const options& chosen);

} // namespace live_log
