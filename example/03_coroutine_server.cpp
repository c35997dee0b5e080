// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// A TCP server that sends everybody the same stream, and a client, both as coroutines.

#include <spool/spool.hpp>
#include <spool/transfer.hpp>

#include <boost/asio.hpp>

#include <exception>
#include <iostream>
#include <string>
#include <utility>

namespace asio = boost::asio;
using asio::ip::tcp;
using asio::use_awaitable;

void report(std::exception_ptr e)
{
    if (e)
        std::rethrow_exception(e); // leaves io_context::run()
}

asio::awaitable<void> serve(tcp::socket socket, spool::reader from)
{
    const auto n = co_await spool::async_copy(from, socket, use_awaitable);
    std::cout << "server: sent " << n << " bytes\n";
}

asio::awaitable<void> accept(tcp::acceptor& acceptor, spool::stream& stream)
{
    tcp::socket socket = co_await acceptor.async_accept(use_awaitable);
    asio::co_spawn(
        acceptor.get_executor(), serve(std::move(socket), stream.make_reader()), report);
}

asio::awaitable<void> run_client(tcp::endpoint server, spool::stream& stream)
{
    tcp::socket socket(co_await asio::this_coro::executor);
    co_await socket.async_connect(server, use_awaitable);

    std::string text;
    auto buffer = asio::dynamic_buffer(text);
    std::size_t n = co_await asio::async_read_until(socket, buffer, '\n', use_awaitable);
    std::cout << "client: " << text.substr(0, n);
    buffer.consume(n);

    // The client saw the first line before the second one was there.
    co_await stream.async_append(asio::buffer("written while you watch\n", 24), use_awaitable);
    stream.close();
    auto [ec, rest] = co_await asio::async_read(socket, buffer, asio::as_tuple(use_awaitable));
    std::cout << "client: " << text << "client: " << ec.message() << '\n';
}

int main()
{
    asio::io_context context;
    spool::stream stream(context);
    tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), 0});

    stream.append(asio::buffer("written before you came\n", 24));
    asio::co_spawn(context, accept(acceptor, stream), report);
    asio::co_spawn(context, run_client(acceptor.local_endpoint(), stream), report);
    context.run();
}
