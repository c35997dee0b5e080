// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// Two readers of one stream. The second comes late, and misses nothing.

#include <spool/spool.hpp>

#include <boost/asio.hpp>

#include <exception>
#include <iostream>
#include <string>

namespace asio = boost::asio;

asio::awaitable<void> follow(std::string name, spool::reader from)
{
    std::string text;
    for (;;)
    {
        auto [ec, n] = co_await asio::async_read_until(
            from, asio::dynamic_buffer(text), '\n', asio::as_tuple(asio::use_awaitable));
        if (ec)
            break;
        std::cout << name << ": " << text.substr(0, n);
        text.erase(0, n);
    }
    std::cout << name << ": (end)\n";
}

void report(std::exception_ptr e)
{
    if (e)
        std::rethrow_exception(e); // leaves io_context::run()
}

int main()
{
    asio::io_context context;
    spool::stream stream(context);

    asio::co_spawn(context, follow("early", stream.make_reader()), report);
    stream.append(asio::buffer("one\n", 4));
    stream.append(asio::buffer("two\n", 4));
    context.poll(); // the early reader is served, and waits for more

    std::cout << "-- another reader comes --\n";
    asio::co_spawn(context, follow("late ", stream.make_reader()), report);
    stream.append(asio::buffer("three\n", 6));
    stream.close();
    context.run();
}
