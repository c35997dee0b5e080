// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

#include <spool/stream.hpp>

#include "options.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

namespace live_log {

// Answers one request and closes the connection.
boost::asio::awaitable<void>
serve_http(boost::asio::ip::tcp::socket socket, spool::stream& output, const options& chosen);

} // namespace live_log
