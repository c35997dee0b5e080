// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// A stream that keeps little. What is too much goes, and who missed it is told; or writers wait.

#include <spool/spool.hpp>

#include <boost/asio.hpp>

#include <iostream>
#include <string>

namespace asio = boost::asio;

void read_all(const char* name, spool::reader& from)
{
    std::string room(1000, ' ');
    spool::error_code ec;
    std::size_t n = from.read_some(asio::buffer(room), ec);
    if (ec == spool::errc::gap) // told once; then it stands at the first byte that is still there
        n = from.read_some(asio::buffer(room), ec);
    std::cout << name << " reads " << n << " bytes and has missed " << from.skipped() << '\n';
}

int main()
{
    asio::io_context context;
    const std::string line(100, '.');

    // The newest bytes, at most 1,024, with a writer that never waits.
    spool::stream news(context, {.retain = spool::retain_last(1024)});
    spool::reader late = news.make_reader();
    for (int i = 0; i != 50; ++i)
        news.append(asio::buffer(line));
    read_all("Late", late);
    spool::reader tail = news.make_reader(spool::from_last(200));
    read_all("Tail", tail);

    // All bytes, but not more than 1,024 ahead of the slowest reader.
    spool::stream work(context, {.retain = spool::retain_unread(1024)});
    spool::reader slow = work.make_reader();
    spool::error_code ec;
    while (!ec)
        work.append(asio::buffer(line), ec);
    std::cout << "After " << work.size() << " bytes: " << ec.message() << '\n';

    work.async_append(asio::buffer(line), [&](spool::error_code, std::size_t) {
        std::cout << "The writer has gone on\n";
    });
    read_all("Slow", slow);
    context.run();
}
