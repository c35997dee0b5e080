// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>

namespace live_log {

// The token that makes an operation return its error instead of throwing it.
inline constexpr auto as_result = boost::asio::as_tuple(boost::asio::use_awaitable);

// Whether a client that sends no more, but may still read, counts as there.
enum class half_closed
{
    is_gone,
    is_there
};

// From here on the connection is reset, and so seen to be incomplete, however it ends: by an error,
// an exception or the death of this process. Only finish() makes it end well.
void prepare(boost::asio::ip::tcp::socket& socket);

// Returns when the client is gone. What it sends is dropped: it has nothing to say.
boost::asio::awaitable<void> client_left(boost::asio::ip::tcp::socket& socket, half_closed meaning);

// Ends the connection in order: the client gets all that was written, then the end.
boost::asio::awaitable<void> finish(boost::asio::ip::tcp::socket& socket);

// Ends the connection with a reset, once the client has got all that was written.
boost::asio::awaitable<void> break_off(boost::asio::ip::tcp::socket& socket, half_closed meaning);

inline constexpr std::chrono::hours forever{24 * 365 * 100};

boost::asio::awaitable<void> pause(std::chrono::steady_clock::duration time);

} // namespace live_log
