// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// A read that timed out or was cancelled has read nothing: the next one gets the same bytes.

#include <spool/spool.hpp>
#include <spool/with_deadline.hpp>

#include <boost/asio.hpp>

#include <array>
#include <chrono>
#include <exception>
#include <iostream>
#include <string_view>

namespace asio = boost::asio;
using namespace std::literals;
using asio::use_awaitable;

void rethrow(std::exception_ptr e)
{
    if (e)
        std::rethrow_exception(e); // out of io_context::run()
}

asio::awaitable<void> read(spool::reader& from, std::chrono::milliseconds timeout)
{
    std::array<char, 16> bytes{};
    const auto [ec, n] = co_await spool::with_deadline(
        timeout, from.async_read_some(asio::buffer(bytes)), asio::as_tuple(use_awaitable));
    if (!ec)
        std::cout << "read: " << std::string_view(bytes.data(), n) << '\n';
    else if (ec == spool::errc::timed_out)
        std::cout << "timed out at offset " << from.offset() << '\n';
}

int main()
{
    asio::io_context context;
    spool::stream stream(context);
    spool::reader from = stream.make_reader();
    asio::co_spawn(context, read(from, 1ms), rethrow);
    context.run();
    stream.append(asio::buffer("in time"sv));
    asio::co_spawn(context, read(from, 1h), rethrow);
    context.restart();
    context.run();

    // One operation, by a signal of its own.
    std::array<char, 16> bytes{};
    auto by_signal = [](spool::error_code ec, std::size_t n) {
        std::cout << "by its signal: " << ec.message() << ", " << n << " bytes\n";
    };
    asio::cancellation_signal signal;
    from.async_read_some(
        asio::buffer(bytes), asio::bind_cancellation_slot(signal.slot(), by_signal));
    signal.emit(asio::cancellation_type::total);

    // All operations of one reader.
    from.async_wait(1000, [](spool::error_code ec, std::uint64_t) {
        std::cout << "by the reader: " << ec.message() << '\n';
    });
    from.cancel();
    context.restart();
    context.run();
}
