// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "connection.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <tuple>

namespace live_log {

namespace asio = boost::asio;
using asio::ip::tcp;
using namespace asio::experimental::awaitable_operators;
using namespace std::chrono_literals;
using boost::system::error_code;

namespace {

constexpr auto time_to_say_goodbye = 5s;
constexpr std::size_t most_to_ignore = 64 * 1024;

bool all_acknowledged(tcp::socket& socket)
{
    int unacknowledged = 0;
    return ioctl(socket.native_handle(), SIOCOUTQ, &unacknowledged) != 0 || unacknowledged == 0;
}

// A reset overtakes what is still on its way, and the kernel tells nobody when all has arrived.
asio::awaitable<void> acknowledged(tcp::socket& socket)
{
    for (auto wait = 5ms; !all_acknowledged(socket); wait = std::min(2 * wait, 200ms))
        co_await pause(wait);
}

} // namespace

void prepare(tcp::socket& socket)
{
    error_code ignored; // the client may be gone already
    socket.set_option(tcp::socket::linger(true, 0), ignored);
    socket.set_option(tcp::no_delay(true), ignored);
    socket.set_option(tcp::socket::keep_alive(true), ignored);
    const int idle_seconds = 30;
    setsockopt(
        socket.native_handle(), IPPROTO_TCP, TCP_KEEPIDLE, &idle_seconds, sizeof idle_seconds);
}

asio::awaitable<void> client_left(tcp::socket& socket, half_closed meaning)
{
    static std::array<char, 4096> ignored; // of all clients: nobody looks at it
    std::size_t total = 0;
    error_code ec;
    while (!ec && total <= most_to_ignore)
    {
        std::size_t n = 0;
        std::tie(ec, n) = co_await socket.async_read_some(asio::buffer(ignored), as_result);
        total += n;
    }
    if (ec == asio::error::eof && meaning == half_closed::is_there)
        co_await socket.async_wait(tcp::socket::wait_error, as_result);
}

asio::awaitable<void> finish(tcp::socket& socket)
{
    error_code ignored;
    socket.set_option(tcp::socket::linger(false, 0), ignored);
    socket.shutdown(tcp::socket::shutdown_send, ignored);
    // Closing over unread bytes would reset the connection, and take what is on its way with it.
    co_await (client_left(socket, half_closed::is_gone) || pause(time_to_say_goodbye));
}

asio::awaitable<void> break_off(tcp::socket& socket, half_closed meaning)
{
    co_await (acknowledged(socket) || client_left(socket, meaning));
    error_code ignored;
    socket.close(ignored);
}

asio::awaitable<void> pause(std::chrono::steady_clock::duration time)
{
    asio::steady_timer timer(co_await asio::this_coro::executor, time);
    co_await timer.async_wait(asio::use_awaitable);
}

} // namespace live_log
