// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// A read that was cancelled or timed out has read nothing: the next one gets the same bytes.

#include <spool/spool.hpp>

#include <boost/asio.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>

#include <array>
#include <exception>
#include <iostream>
#include <string_view>

namespace asio = boost::asio;
using namespace asio::experimental::awaitable_operators;
using namespace std::chrono_literals;
using asio::use_awaitable;

void report(std::exception_ptr e)
{
    if (e)
        std::rethrow_exception(e); // leaves io_context::run()
}

asio::awaitable<void> read_with_timeout(spool::reader& from, asio::steady_timer::duration timeout)
{
    std::array<char, 16> bytes{};
    asio::steady_timer timer(from.get_executor(), timeout);
    // Whichever comes first; the other one is cancelled.
    auto result = co_await (
        from.async_read_some(asio::buffer(bytes), use_awaitable)
        || timer.async_wait(use_awaitable));
    if (result.index() == 0)
        std::cout << "read \"" << std::string_view(bytes.data(), std::get<0>(result)) << "\"\n";
    else
        std::cout << "timed out, still at " << from.offset() << '\n';
}

asio::awaitable<void> run(spool::stream& stream)
{
    spool::reader from = stream.make_reader();
    co_await read_with_timeout(from, 10ms);
    stream.append(asio::buffer("in time", 7));
    co_await read_with_timeout(from, 1h);

    // One operation by a signal of its own, as callbacks do it.
    asio::cancellation_signal signal;
    std::array<char, 16> bytes{};
    from.async_read_some(
        asio::buffer(bytes),
        asio::bind_cancellation_slot(signal.slot(), [](spool::error_code ec, std::size_t n) {
            std::cout << "by signal: " << ec.message() << ", " << n << " bytes\n";
        }));
    signal.emit(asio::cancellation_type::total);

    // All operations of one reader.
    from.async_wait(1000, [](spool::error_code ec, std::uint64_t n) {
        std::cout << "by the reader: " << ec.message() << ", " << n << " bytes there\n";
    });
    from.cancel();
    co_await asio::post(use_awaitable);
}

int main()
{
    asio::io_context context;
    spool::stream stream(context);
    asio::co_spawn(context, run(stream), report);
    context.run();
}
