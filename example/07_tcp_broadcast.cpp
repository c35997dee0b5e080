// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// What one client sends goes to all the others, from its first byte, whenever they come.

#include <spool/transfer.hpp>

#include <boost/asio.hpp>

#include <exception>
#include <iostream>
#include <string>
#include <utility>

namespace asio = boost::asio;
using asio::use_awaitable;
using asio::ip::tcp;

void rethrow(std::exception_ptr e)
{
    if (e)
        std::rethrow_exception(e); // out of io_context::run()
}

asio::awaitable<void> hear(tcp::socket speaker, spool::stream& stream)
{
    co_await spool::async_copy(speaker, stream, use_awaitable);
    stream.close();
}

asio::awaitable<void> tell(spool::reader from, tcp::socket listener)
{
    // Whoever leaves early ends nothing but this.
    co_await spool::async_copy(from, listener, asio::as_tuple(use_awaitable));
}

asio::awaitable<void> serve(tcp::acceptor acceptor, spool::stream& stream, int listeners)
{
    tcp::socket from = co_await acceptor.async_accept(use_awaitable);
    asio::co_spawn(acceptor.get_executor(), hear(std::move(from), stream), rethrow);
    while (listeners-- != 0)
    {
        tcp::socket to = co_await acceptor.async_accept(use_awaitable);
        asio::co_spawn(acceptor.get_executor(), tell(stream.make_reader(), std::move(to)), rethrow);
    }
}

asio::awaitable<void> be_clients(asio::io_context& context, tcp::endpoint server)
{
    tcp::socket speaker(context), prompt(context), late(context);
    co_await speaker.async_connect(server, use_awaitable);
    co_await prompt.async_connect(server, use_awaitable);
    co_await asio::async_write(speaker, asio::buffer("one two ", 8), use_awaitable);
    std::string text(13, ' ');
    co_await asio::async_read(prompt, asio::buffer(text, 8), use_awaitable);
    std::cout << "prompt heard " << text.substr(0, 7) << '\n';

    co_await late.async_connect(server, use_awaitable);
    co_await asio::async_write(speaker, asio::buffer("three", 5), use_awaitable);
    co_await asio::async_read(late, asio::buffer(text), use_awaitable);
    std::cout << "late heard " << text << '\n';
}

int main()
{
    asio::io_context context;
    spool::stream stream(context);
    tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), 0});
    asio::co_spawn(context, be_clients(context, acceptor.local_endpoint()), rethrow);
    asio::co_spawn(context, serve(std::move(acceptor), stream, 2), rethrow);
    context.run();
}
