// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// Many streams one after the other, and one descriptor for each, however many readers it has.

#include <spool/file_storage.hpp>
#include <spool/stream.hpp>

#include "support/descriptors.hpp"
#include "support/temporary_folder.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <malloc.h>
#include <string>
#include <vector>

namespace spool::test {

namespace {

std::size_t bytes_in_use()
{
    return ::mallinfo2().uordblks;
}

struct numbers
{
    std::ptrdiff_t descriptors = open_descriptors();
    std::size_t bytes = bytes_in_use();
};

// Begins, writes and leaves a file, `n` times.
void use_many(const temporary_folder& folder, int n)
{
    asio::io_context context;
    asio::thread_pool disk(1);
    for (int i = 0; i != n; ++i)
    {
        const options where{.blocking_executor = disk.get_executor()};
        stream s(context, file_storage(folder / "file", file_mode::replace), where);
        reader r = s.make_reader();
        std::string text(5, ' ');
        r.async_read_some(asio::buffer(text), [](error_code, std::size_t) {});
        s.async_append(asio::buffer("hello", 5), level::written, [](error_code, std::size_t) {});
        context.restart();
        context.run();
        BOOST_TEST(text == "hello");
        // It is still locked; and old records would be removed with a sync of the folder.
        std::filesystem::rename(folder / "file.partial", folder / "before");
        std::filesystem::remove(folder / "file.records");
    }
    disk.join();
}

BOOST_AUTO_TEST_SUITE(many)

BOOST_AUTO_TEST_CASE(ten_thousand_streams_leave_nothing_behind)
{
    const temporary_folder folder;
    use_many(folder, 100);
    const numbers before;
    use_many(folder, 10'000);
    const numbers after;
    BOOST_TEST(after.descriptors == before.descriptors);
    BOOST_TEST(after.bytes < before.bytes + 100'000);
}

BOOST_AUTO_TEST_CASE(readers_take_no_descriptors)
{
    const temporary_folder folder;
    asio::io_context context;
    stream s(context, file_storage(folder / "file", file_mode::create));
    const std::ptrdiff_t before = open_descriptors();
    std::vector<reader> readers;
    for (int i = 0; i != 1000; ++i)
        readers.push_back(s.make_reader());
    BOOST_TEST(open_descriptors() == before);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::test
