// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// Everything that one client sends goes to all others, from its first byte, whenever they join.

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

// The first connection speaks, the others listen.
asio::awaitable<void> speak(tcp::socket from, spool::stream& to)
{
    co_await spool::async_copy(from, to, use_awaitable);
    to.close();
}

asio::awaitable<void> listen(spool::reader from, tcp::socket to)
{
    co_await spool::async_copy(from, to, use_awaitable);
}

asio::awaitable<void> accept(tcp::acceptor& acceptor, spool::stream& stream, int listeners)
{
    const auto executor = acceptor.get_executor();
    tcp::socket speaker = co_await acceptor.async_accept(use_awaitable);
    asio::co_spawn(executor, speak(std::move(speaker), stream), report);
    while (listeners-- != 0)
    {
        tcp::socket listener = co_await acceptor.async_accept(use_awaitable);
        asio::co_spawn(executor, listen(stream.make_reader(), std::move(listener)), report);
    }
}

asio::awaitable<void> print_all(const char* name, tcp::socket& from)
{
    std::string text;
    co_await asio::async_read(from, asio::dynamic_buffer(text), asio::as_tuple(use_awaitable));
    std::cout << name << ": " << text << '\n';
}

asio::awaitable<void> be_clients(tcp::endpoint server)
{
    const auto executor = co_await asio::this_coro::executor;
    tcp::socket speaker(executor), prompt(executor), late(executor);
    co_await speaker.async_connect(server, use_awaitable);
    co_await prompt.async_connect(server, use_awaitable);
    co_await asio::async_write(speaker, asio::buffer("one two ", 8), use_awaitable);
    co_await prompt.async_wait(tcp::socket::wait_read, use_awaitable); // it has got some

    co_await late.async_connect(server, use_awaitable);
    co_await asio::async_write(speaker, asio::buffer("three", 5), use_awaitable);
    speaker.close();
    co_await print_all("prompt", prompt);
    co_await print_all("late  ", late);
}

int main()
{
    asio::io_context context;
    spool::stream stream(context);
    tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), 0});
    asio::co_spawn(context, accept(acceptor, stream, 2), report);
    asio::co_spawn(context, be_clients(acceptor.local_endpoint()), report);
    context.run();
}
