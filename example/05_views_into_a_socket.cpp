// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// From socket to stream to socket, and no byte is copied in user space.

#include <spool/spool.hpp>

#include <boost/asio.hpp>

#include <exception>
#include <iostream>
#include <string>
#include <string_view>

namespace asio = boost::asio;
using asio::use_awaitable;
using socket_type = asio::local::stream_protocol::socket;

void report(std::exception_ptr e)
{
    if (e)
        std::rethrow_exception(e); // leaves io_context::run()
}

// The kernel writes into the stream's own memory. spool::async_copy does the same in one call.
asio::awaitable<void> receive(socket_type from, spool::stream to)
{
    for (;;)
    {
        const asio::mutable_buffer space = to.prepare(64 * 1024);
        auto [ec, n] =
            co_await from.async_read_some(space, asio::as_tuple(asio::use_awaitable));
        to.commit(n);
        if (ec == asio::error::eof)
            co_return to.close();
        if (ec)
            co_return to.abort(ec); // what is incomplete must not look complete
    }
}

// The kernel reads from it. A view is a buffer sequence, and keeps its bytes alive.
asio::awaitable<void> send(spool::reader from, socket_type to)
{
    std::size_t total = 0;
    for (;;)
    {
        auto [ec, view] =
            co_await from.async_read_view(256 * 1024, asio::as_tuple(asio::use_awaitable));
        if (ec)
            break;
        total += co_await asio::async_write(to, view, use_awaitable);
    }
    std::cout << "sent " << total << " bytes\n";
}

int main()
{
    asio::io_context context;
    socket_type producer(context), in(context), out(context), consumer(context);
    asio::local::connect_pair(producer, in);
    asio::local::connect_pair(out, consumer);

    spool::stream stream(context);
    asio::co_spawn(context, send(stream.make_reader(), std::move(out)), report);
    asio::co_spawn(context, receive(std::move(in), std::move(stream)), report);

    const std::string sent(1'000'000, 'x');
    std::string received;
    asio::async_write(producer, asio::buffer(sent), [&](auto, auto) { producer.close(); });
    asio::async_read(consumer, asio::dynamic_buffer(received), [&](auto ec, auto n) {
        std::cout << "received " << n << " bytes, then: " << ec.message() << '\n'
                  << (received == sent ? "the same\n" : "not the same\n");
    });
    context.run();
}
