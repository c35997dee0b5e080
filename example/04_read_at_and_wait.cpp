// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// Random access to what is there, and waiting for what is not: all without moving the reader.

#include <spool/spool.hpp>

#include <boost/asio.hpp>

#include <array>
#include <exception>
#include <iostream>
#include <string_view>

namespace asio = boost::asio;
using asio::use_awaitable;

void report(std::exception_ptr e)
{
    if (e)
        std::rethrow_exception(e); // leaves io_context::run()
}

// A format that has the length of its body in its first two bytes, and a checksum at its end.
asio::awaitable<void> parse(spool::reader file)
{
    std::array<char, 2> digits{};
    co_await file.async_read_at(0, asio::buffer(digits), use_awaitable);
    const std::size_t length = std::stoul(std::string(digits.data(), digits.size()));
    std::cout << "body of " << length << " bytes, " << file.size() << " bytes are here\n";

    // Waits for the whole body, but copies nothing.
    const auto there = co_await file.async_wait_at(2, length, use_awaitable);
    std::cout << "body complete, " << there << " bytes can be read from its start\n";

    std::array<char, 5> word{};
    co_await file.async_read_at(2 + 7, asio::buffer(word), use_awaitable);
    std::cout << "a word of it: " << std::string_view(word.data(), word.size()) << '\n';

    // Waits until it is known where the end is.
    const auto last = co_await file.async_seek_end(4, use_awaitable);
    std::cout << "checksum at " << last << ": ";
    std::array<char, 4> checksum{};
    co_await asio::async_read(file, asio::buffer(checksum), use_awaitable);
    std::cout << std::string_view(checksum.data(), checksum.size()) << '\n';
}

asio::awaitable<void> write(spool::stream& file)
{
    for (const std::string_view part : {"1", "3Hello, ", "world", "!#", "a1f"})
    {
        co_await file.async_append(asio::buffer(part), use_awaitable);
        std::cout << "> " << part << '\n';
        co_await asio::post(use_awaitable); // lets the others go on
    }
    file.close();
}

int main()
{
    asio::io_context context;
    spool::stream file(context);
    asio::co_spawn(context, parse(file.make_reader()), report);
    asio::co_spawn(context, write(file), report);
    context.run();
}
