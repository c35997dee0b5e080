// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "listener.hpp"

#include "connection.hpp"
#include "say.hpp"

#include <boost/asio/co_spawn.hpp>

#include <exception>
#include <utility>

namespace live_log {

namespace asio = boost::asio;
using asio::ip::tcp;
using namespace std::chrono_literals;
using boost::system::error_code;

listener::listener(const asio::any_io_executor& executor, const tcp::endpoint& where, session serve)
    : acceptor_(executor, where), serve_(std::move(serve))
{
}

asio::awaitable<void> listener::run()
{
    for (;;)
    {
        auto [ec, socket] = co_await acceptor_.async_accept(as_result);
        if (ec)
            co_await overcome(ec);
        else
            start(std::move(socket));
    }
}

void listener::start(tcp::socket socket)
{
    asio::co_spawn(acceptor_.get_executor(), serve_(std::move(socket)), [](std::exception_ptr e) {
        if (e)
            say("a client was given up: " + what(e));
    });
}

// The kernel keeps the connections that wait, and accept would fail again at once: no hurry.
asio::awaitable<void> listener::overcome(error_code ec)
{
    if (ec == asio::error::connection_aborted)
        co_return;
    const auto now = std::chrono::steady_clock::now();
    if (now >= quiet_until_)
    {
        say("cannot accept: " + ec.message());
        quiet_until_ = now + 1s;
    }
    co_await pause(50ms);
}

} // namespace live_log
