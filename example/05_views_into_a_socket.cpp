// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// From a socket into a stream, and on to another socket: no byte is copied in user space.
// spool::async_copy does what receive() and send() do.

#include <spool/spool.hpp>

#include <boost/asio.hpp>

#include <exception>
#include <iostream>
#include <string>
#include <utility>

namespace asio = boost::asio;
using asio::use_awaitable;
using local_socket = asio::local::stream_protocol::socket;

void rethrow(std::exception_ptr e)
{
    if (e)
        std::rethrow_exception(e); // out of io_context::run()
}

asio::awaitable<void> receive(local_socket from, spool::stream to)
{
    spool::error_code ec;
    while (!ec)
    {
        const asio::mutable_buffer space = to.prepare(64 * 1024); // memory of the stream itself
        const std::size_t n =
            co_await from.async_read_some(space, asio::redirect_error(use_awaitable, ec));
        to.commit(n);
    }
    if (ec == asio::error::eof)
        to.close();
    else
        to.abort(ec); // what is incomplete must not look complete
}

asio::awaitable<void> send(spool::reader from, local_socket to)
{
    spool::error_code ec;
    while (!ec)
    {
        // A view is a sequence of buffers that keeps its bytes alive.
        const spool::view bytes =
            co_await from.async_read_view(256 * 1024, asio::redirect_error(use_awaitable, ec));
        co_await asio::async_write(to, bytes, use_awaitable);
    }
}

int main()
{
    asio::io_context context;
    local_socket producer(context), in(context), out(context), consumer(context);
    asio::local::connect_pair(producer, in);
    asio::local::connect_pair(out, consumer);
    spool::stream stream(context);
    asio::co_spawn(context, send(stream.make_reader(), std::move(out)), rethrow);
    asio::co_spawn(context, receive(std::move(in), std::move(stream)), rethrow);

    const std::string sent(1'000'000, 'x');
    std::string received;
    asio::async_write(producer, asio::buffer(sent), [&](auto, auto) { producer.close(); });
    asio::async_read(consumer, asio::dynamic_buffer(received), [](auto, auto) {});
    context.run();
    std::cout << received.size() << " bytes, " << (received == sent ? "" : "not ") << "the same\n";
}
