// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// A log in a file: written by a process that crashes, resumed by another one, and read.

#include <spool/file_storage.hpp>
#include <spool/spool.hpp>

#include <boost/asio.hpp>

#include <cstdlib>
#include <iostream>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

namespace asio = boost::asio;
using spool::file_mode, spool::file_storage;
const auto name = std::filesystem::temp_directory_path() / "spool_08_file.log";

asio::awaitable<void> write(std::string text, file_mode mode, bool crash)
{
    const auto executor = co_await asio::this_coro::executor;
    spool::stream log(executor, co_await file_storage::async_open(executor, name, mode));
    std::cout << "writing behind " << log.size() << " bytes" << std::endl;
    co_await log.async_append(asio::buffer(text), spool::level::written);
    if (crash)
        std::_Exit(1);
    log.close();
    co_await log.async_flush(spool::level::synced); // now the file has its name
}

asio::awaitable<void> print()
{
    const auto executor = co_await asio::this_coro::executor;
    spool::stream log(executor, co_await file_storage::async_open(executor, name, file_mode::open));
    std::string text(log.size(), ' ');
    co_await log.make_reader().async_read_at(0, asio::buffer(text));
    std::cout << text;
}

void run(asio::awaitable<void> work)
{
    asio::io_context context;
    auto done = asio::co_spawn(context, std::move(work), asio::use_future);
    context.run();
    done.get();
}

int main()
{
    if (::fork() == 0)
        run(write("one\n", file_mode::replace, true));
    ::wait(nullptr);
    spool::error_code ec;
    const file_storage unfinished(name, file_mode::open, ec);
    std::cout << "not to be read yet: " << ec.message() << '\n';
    run(write("two\n", file_mode::resume, false));
    run(print());
    std::filesystem::remove(name);
}
