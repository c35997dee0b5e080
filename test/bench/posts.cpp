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

template <class Operation>
asio::awaitable<void> await(Operation operation, std::size_t times, std::size_t& started)
{
    ++started;
    for (std::size_t n = 0; n != times; ++n)
        co_await operation();
}

// So many coroutines, each of which has come to its first wait.
template <class Operation>
sample await_all(asio::io_context& context, std::size_t coroutines, Operation operation)
{
    std::size_t started = 0;
    for (std::size_t i = 0; i != coroutines; ++i)
        asio::co_spawn(context, await(operation, operations / coroutines, started), asio::detached);
    while (started != coroutines)
        context.run_one();
    return timed(operations, [&] { context.run(); });
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

sample awaits(std::size_t coroutines)
{
    asio::io_context context;
    const asio::any_io_executor executor = context.get_executor();
    return await_all(context, coroutines, [&] { return asio::post(executor, asio::deferred); });
}

sample least_awaits(std::size_t coroutines)
{
    asio::io_context context;
    return await_all(context, coroutines, [] { return async_nothing(asio::deferred); });
}

} // namespace bench
