// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "listener.hpp"

#include "connection.hpp"
#include "say.hpp"

#include <boost/asio/co_spawn.hpp>

#include <exception>
#include <fcntl.h>
#include <utility>

namespace live_log {

namespace asio = boost::asio;
using asio::ip::tcp;
using namespace std::chrono_literals;
using boost::system::error_code;

namespace {

int open_reserve()
{
    return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

} // namespace

listener::listener(const asio::any_io_executor& executor, const tcp::endpoint& where, session serve)
    : acceptor_(executor, where), reserve_(executor), serve_(std::move(serve))
{
    acceptor_.non_blocking(true);
    reserve_.assign(open_reserve());
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

// The connections that wait are not lost meanwhile, but one must go, or accept fails at once again.
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
    turn_one_away();
    co_await pause(50ms);
}

void listener::turn_one_away()
{
    error_code ignored;
    reserve_.close(ignored);
    {
        tcp::socket unwanted(acceptor_.get_executor());
        acceptor_.accept(unwanted, ignored);
        if (unwanted.is_open())
            prepare(unwanted);
    }
    const int descriptor = open_reserve();
    if (descriptor >= 0)
        reserve_.assign(descriptor, ignored);
}

} // namespace live_log
