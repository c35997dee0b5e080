// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// Shutting down: no new readers, some time for those that are there, and then the rest is cut off.

#include <spool/spool.hpp>
#include <spool/with_deadline.hpp>

#include <boost/asio.hpp>

#include <iostream>
#include <string>
#include <string_view>

namespace asio = boost::asio;
using asio::use_awaitable;
using namespace std::literals;

asio::awaitable<void> follow(std::string name, spool::reader log, std::chrono::milliseconds pause)
{
    std::string text;
    spool::error_code ec;
    while (!ec && !text.ends_with("bye\n"))
    {
        co_await asio::async_read(
            log,
            asio::dynamic_buffer(text),
            asio::transfer_exactly(4),
            asio::redirect_error(use_awaitable, ec));
        if (pause != 0ms)
            co_await asio::steady_timer(log.get_executor(), pause).async_wait(use_awaitable);
    }
    std::cout << name << (ec ? " is cut off: " + ec.message() : " has read everything") << '\n';
}

asio::awaitable<void> shut_down(spool::stream& log)
{
    std::cout << "shutting down\n";
    spool::error_code ec; // none if the log is closed and everybody has left in time
    co_await spool::with_deadline(
        500ms, log.async_drain(), asio::redirect_error(use_awaitable, ec));
    log.abort(ec, spool::discard);
    co_await log.async_drain();
    std::cout << "nobody is left\n";
}

int main()
{
    asio::io_context context;
    spool::stream log(context);
    const auto admit = [&](const char* name, std::chrono::milliseconds pause) {
        spool::error_code ec;
        spool::reader from = log.make_reader(0, ec);
        if (ec)
            std::cout << name << " comes too late: " << ec.message() << '\n';
        else
            asio::co_spawn(context, follow(name, std::move(from), pause), asio::detached);
    };
    for (int i = 0; i != 100; ++i)
        log.append(asio::buffer("one\n"sv));
    log.append(asio::buffer("bye\n"sv));
    admit("quick", 0ms);
    admit("slow", 50ms);
    asio::co_spawn(context, shut_down(log), asio::detached);
    context.poll();
    admit("new", 0ms);
    context.run();
}
