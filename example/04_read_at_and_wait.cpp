// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// Random access to what is there, and waiting for what is not there yet.

#include <spool/spool.hpp>

#include <boost/asio.hpp>

#include <array>
#include <exception>
#include <iostream>
#include <string>
#include <string_view>

namespace asio = boost::asio;
using asio::use_awaitable;
using namespace std::literals;

void rethrow(std::exception_ptr e)
{
    if (e)
        std::rethrow_exception(e); // out of io_context::run()
}

// The file has the length of its body in the first two bytes, and a checksum in the last four.
asio::awaitable<void> parse(spool::reader file)
{
    std::string digits(2, ' ');
    co_await file.async_read_at(0, asio::buffer(digits), use_awaitable); // fills the buffer
    const std::size_t length = std::stoul(digits);
    std::cout << "a body of " << length << " bytes is to come\n";

    // Waits for all of it, and reads nothing.
    co_await file.async_wait_at(2, length, use_awaitable);
    std::cout << "the body is there: " << (file.final_size() ? "" : "not ") << "the end\n";

    std::string word(5, ' ');
    co_await file.async_read_at(2 + 7, asio::buffer(word), use_awaitable);
    std::cout << "a word of it: " << word << '\n';

    // Waits until the end is known.
    const auto offset = co_await file.async_seek_end(4, use_awaitable);
    std::string checksum(4, ' ');
    co_await asio::async_read(file, asio::buffer(checksum), use_awaitable);
    std::cout << "the checksum, at " << offset << ": " << checksum << '\n';
}

asio::awaitable<void> write(spool::stream file)
{
    constexpr std::string_view parts[] = {"1"sv, "3Hello,"sv, " world!"sv, "a1"sv, "f7"sv};
    for (const std::string_view part : parts)
    {
        co_await file.async_append(asio::buffer(part), use_awaitable);
        co_await asio::post(use_awaitable); // so that the reader sees the parts come
    }
    file.close();
}

int main()
{
    asio::io_context context;
    spool::stream file(context);
    asio::co_spawn(context, parse(file.make_reader()), rethrow);
    asio::co_spawn(context, write(std::move(file)), rethrow);
    context.run();
}
