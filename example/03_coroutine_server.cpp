// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// A TCP server that sends everybody the same stream, and a client, both as coroutines.

#include <spool/transfer.hpp>

#include <boost/asio.hpp>

#include <exception>
#include <iostream>
#include <string>
#include <utility>

namespace asio = boost::asio;
using asio::use_awaitable;
using asio::ip::tcp;
using namespace std::literals;

void rethrow(std::exception_ptr e)
{
    if (e)
        std::rethrow_exception(e); // out of io_context::run()
}

asio::awaitable<void> serve(tcp::socket socket, spool::reader from)
{
    // To the end of the stream. A client that leaves early ends this session and nothing else.
    auto [ec, n] = co_await spool::async_copy(from, socket, asio::as_tuple(use_awaitable));
    if (ec)
        socket.set_option(tcp::socket::linger(true, 0)); // a reset: this was not everything
}

asio::awaitable<void> run_server(tcp::acceptor acceptor, spool::stream& stream)
{
    for (int clients = 1; clients != 0; --clients) // a real one would go on for ever
    {
        tcp::socket socket = co_await acceptor.async_accept(use_awaitable);
        asio::co_spawn(
            acceptor.get_executor(), serve(std::move(socket), stream.make_reader()), rethrow);
    }
}

asio::awaitable<void> run_client(tcp::endpoint server, spool::stream& stream)
{
    tcp::socket socket(co_await asio::this_coro::executor);
    co_await socket.async_connect(server, use_awaitable);

    std::string text;
    co_await asio::async_read_until(socket, asio::dynamic_buffer(text), '\n', use_awaitable);
    std::cout << text;

    // The first line was read before the second one was written.
    stream.append(asio::buffer("written while you watch\n"sv));
    stream.close();
    text.clear();
    co_await asio::async_read_until(socket, asio::dynamic_buffer(text), '\n', use_awaitable);
    std::cout << text;
}

int main()
{
    asio::io_context context;
    spool::stream stream(context);
    stream.append(asio::buffer("written before you came\n"sv));

    tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), 0});
    asio::co_spawn(context, run_client(acceptor.local_endpoint(), stream), rethrow);
    asio::co_spawn(context, run_server(std::move(acceptor), stream), rethrow);
    context.run();
}
