// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// Two readers of one stream. The second one comes late, and misses nothing.

#include <spool/spool.hpp>

#include <boost/asio.hpp>

#include <exception>
#include <iostream>
#include <string>

namespace asio = boost::asio;
using asio::use_awaitable;
using namespace std::literals;

asio::awaitable<void> follow(std::string name, spool::reader from)
{
    std::string text;
    spool::error_code end;
    while (const std::size_t n = co_await asio::async_read_until(
               from, asio::dynamic_buffer(text), '\n', asio::redirect_error(use_awaitable, end)))
    {
        std::cout << name << " reads " << text.substr(0, n);
        text.erase(0, n);
    }
    std::cout << name << " is done: " << end.message() << '\n';
}

void rethrow(std::exception_ptr e)
{
    if (e)
        std::rethrow_exception(e); // out of io_context::run()
}

int main()
{
    asio::io_context context;
    spool::stream stream(context);

    asio::co_spawn(context, follow("Early", stream.make_reader()), rethrow);
    stream.append(asio::buffer("one\ntwo\n"sv));
    context.poll(); // runs what can run: Early reads, and waits for more

    asio::co_spawn(context, follow("Late", stream.make_reader()), rethrow);
    context.poll();

    stream.append(asio::buffer("three\n"sv));
    stream.close();
    context.run();
}
