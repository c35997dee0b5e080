// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// A log in a file: written, interrupted, resumed, finished, and read.

#include <spool/file_storage.hpp>
#include <spool/spool.hpp>

#include <boost/asio.hpp>

#include <filesystem>
#include <iostream>
#include <string>
#include <string_view>

namespace asio = boost::asio;
using asio::use_awaitable;
using spool::file_mode;
using spool::file_storage;

const std::filesystem::path name = std::filesystem::temp_directory_path() / "spool_08_file.log";

// `interrupted` stands for a process that dies before it has finished.
asio::awaitable<void>
write(std::string_view text, file_mode mode, bool interrupted, spool::options where)
{
    spool::stream log(co_await asio::this_coro::executor, file_storage(name, mode), where);
    std::cout << "writing behind " << log.size() << " bytes\n";
    co_await log.async_append(asio::buffer(text), spool::level::written, use_awaitable);
    if (interrupted)
        co_return;
    log.close();
    co_await log.async_flush(spool::level::synced, use_awaitable);
    std::cout << "finished with " << log.size() << " bytes\n";
}

asio::awaitable<void> print(spool::options where)
{
    spool::stream log(
        co_await asio::this_coro::executor, file_storage(name, file_mode::open), where);
    spool::reader from = log.make_reader();
    std::string text;
    spool::error_code end;
    co_await asio::async_read(
        from, asio::dynamic_buffer(text), asio::redirect_error(use_awaitable, end));
    std::cout << text << "and then: " << end.message() << '\n';
}

// As a process of its own: with a thread for the file, which has closed it at the end.
template <class Work>
void run(Work work)
{
    asio::io_context context;
    asio::thread_pool disk(1);
    asio::co_spawn(
        context,
        work(spool::options{.blocking_executor = disk.get_executor()}),
        [](std::exception_ptr e) {
            if (e)
                std::rethrow_exception(e);
        });
    context.run();
    disk.join();
}

int main()
{
    run([](auto where) { return write("one\n", file_mode::replace, true, where); });
    try
    {
        run(print);
    }
    catch (const boost::system::system_error& e)
    {
        std::cout << "not to be read yet: " << e.code().message() << '\n';
    }
    run([](auto where) { return write("two\n", file_mode::resume, false, where); });
    run(print);
    std::filesystem::remove(name);
}
