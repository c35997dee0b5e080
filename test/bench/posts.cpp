// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "posts.hpp"

#include <boost/asio.hpp>

namespace bench {

namespace asio = boost::asio;

namespace {

constexpr std::size_t operations = 20'000;
constexpr std::size_t batch = 1'000;

template <class Token>
auto async_nothing(Token&& token)
{
    return asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
        [](auto handler) {
            const auto executor = asio::get_associated_executor(handler);
            asio::post(executor, [h = std::move(handler)]() mutable {
                std::move(h)(boost::system::error_code(), std::size_t{0});
            });
        },
        token);
}

asio::awaitable<void> await_nothing()
{
    for (std::size_t n = 0; n != operations; ++n)
        co_await async_nothing(asio::deferred);
}

} // namespace

sample posts()
{
    asio::io_context context;
    const asio::any_io_executor executor = context.get_executor();
    return timed(operations, [&] {
        for (std::size_t n = 0; n != operations / batch; ++n)
        {
            for (std::size_t i = 0; i != batch; ++i)
                asio::post(executor, [] {});
            context.restart();
            context.run();
        }
    });
}

sample awaits()
{
    asio::io_context context;
    const asio::any_io_executor executor = context.get_executor();
    asio::co_spawn(executor, await_nothing(), asio::detached);
    return timed(operations, [&] { context.run(); });
}

} // namespace bench
