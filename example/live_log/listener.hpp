// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <functional>

namespace live_log {

// Accepts connections. When the process is out of descriptors they wait until a client leaves.
class listener
{
public:
    using session = std::function<boost::asio::awaitable<void>(boost::asio::ip::tcp::socket)>;

    // Throws boost::system::system_error if it cannot listen there.
    listener(
        const boost::asio::any_io_executor& executor,
        const boost::asio::ip::tcp::endpoint& where,
        session serve);

    boost::asio::ip::tcp::endpoint endpoint() const { return acceptor_.local_endpoint(); }

    boost::asio::awaitable<void> run();

private:
    void start(boost::asio::ip::tcp::socket socket);
    boost::asio::awaitable<void> overcome(boost::system::error_code ec);

    boost::asio::ip::tcp::acceptor acceptor_;
    session serve_;
    std::chrono::steady_clock::time_point quiet_until_;
};

} // namespace live_log
