// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// What a finished file says of itself: that its first bytes are gone, or that they only look so (C80). And
// what becomes of it when that is damaged: an error, never zeros.

#include <spool/file_storage.hpp>

#include "file_base.hpp"
#include "file_scenario.hpp"
#include "support/errors.hpp"
#include "support/memory_disk.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/system/system_error.hpp>
#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace spool::test {

namespace {

using detail::opening;

std::string text(const detail::file_mark& mark)
{
    return {reinterpret_cast<const char*>(mark.data()), mark.size()};
}

struct on_disk
{
    memory_disk disk;
    publication when = publication::on_finish;

    file_storage make(file_mode mode) { return file_storage("f", mode, when, disk); }

    // A finished file with those bytes, without the first ones.
    void write(std::string_view bytes, std::uint64_t discarded = 0)
    {
        error_code ec;
        file_storage s = make(file_mode::replace);
        s.write(0, asio::buffer(bytes.data(), bytes.size()), ec);
        s.discard(discarded, ec);
        s.finish(ec);
        BOOST_TEST(!ec.failed());
    }

    left_bytes left()
    {
        file_storage s = make(file_mode::open);
        return all_of(s);
    }

    // Somebody changes the file: writes something, and cuts or lengthens it.
    void change(std::uint64_t at, std::string_view bytes, std::uint64_t size)
    {
        error_code ec;
        const int file = disk.open("f", opening::write, ec);
        disk.write(file, at, bytes.data(), bytes.size(), ec);
        disk.truncate(file, size, ec);
        disk.close(file);
    }

    bool is_lost()
    {
        try
        {
            make(file_mode::open);
            return false;
        }
        catch (const boost::system::system_error& e)
        {
            return e.code() == errc::lost;
        }
    }
};

const std::string some(1000, 's');

BOOST_FIXTURE_TEST_SUITE(file_marks, on_disk)

BOOST_AUTO_TEST_CASE(a_finished_file_is_without_what_was_discarded)
{
    for (const publication p : {publication::on_finish, publication::in_place})
    {
        when = p;
        write(some, 501);
        const left_bytes found = left();
        BOOST_TEST((found.is_sound && found.base == 496u && found.bytes == some.substr(496)));
        const std::string all = disk.content("f");
        BOOST_TEST(all.size() == 1032u);
        BOOST_TEST(all.substr(32, 464) == std::string(464, '\0'));
        BOOST_TEST((!disk.has("f.records") && !disk.has("f.unfinished")));
    }
}

BOOST_AUTO_TEST_CASE(a_file_from_which_no_block_was_discarded_is_as_it_was)
{
    for (const std::uint64_t discarded : {0u, 1u, 31u, 32u, 39u})
    {
        write(some, discarded);
        BOOST_TEST((left().base == 0u && left().bytes == some && disk.content("f") == some));
    }
    write(some, 40);
    BOOST_TEST((left().base == 40u && left().bytes == some.substr(40)));
}

BOOST_AUTO_TEST_CASE(a_file_of_which_all_was_discarded_is_finished)
{
    write(some, 1000);
    BOOST_TEST((left().base == 1000u && left().bytes.empty()));
    file_storage s = make(file_mode::open);
    std::string bytes(40, ' ');
    error_code ec;
    BOOST_TEST((s.size() == 1000u && s.read(1000, asio::buffer(bytes), ec) == 0u && !ec));
}

BOOST_AUTO_TEST_CASE(a_file_with_a_damaged_mark_is_lost)
{
    const auto damaged = [&](std::uint64_t at, std::string_view bytes, std::uint64_t size) {
        write(some, 500);
        change(at, bytes, size);
        return is_lost();
    };
    BOOST_TEST(!damaged(500, "data, which has no sum", 1032));
    BOOST_TEST(damaged(0, std::string(32, '\0'), 1032));
    BOOST_TEST(damaged(31, "!", 1032));
    BOOST_TEST(damaged(1000, std::string(32, '\0'), 1032));
    BOOST_TEST(damaged(1008, "!", 1032));
    BOOST_TEST(damaged(0, "", 1031));
    BOOST_TEST(damaged(0, "", 1033));
    BOOST_TEST(damaged(0, "", 1000));
    BOOST_TEST(damaged(0, "", 32));
}

// Any bytes may be those of a stream: also those of a file that has marks.
BOOST_AUTO_TEST_CASE(bytes_that_look_like_marks_are_not_taken_for_them)
{
    write(some, 500);
    std::string bytes = disk.content("f");
    for (int depth = 0; depth != 4; ++depth)
    {
        write(bytes);
        BOOST_TEST((left().base == 0u && left().bytes == bytes));
        bytes = disk.content("f");
    }
    for (const std::string& all :
         {text(detail::front_mark()),
          text(detail::front_mark()) + some,
          some + text(detail::end_mark({0, 1000})),
          some + text(detail::end_mark({500, 1000})),
          some + text(detail::end_mark({0, 999})),
          text(detail::end_mark({0, 0}))})
    {
        write(all);
        BOOST_TEST((left().base == 0u && left().bytes == all));
    }
}

BOOST_AUTO_TEST_CASE(bytes_that_look_like_marks_can_be_discarded)
{
    const std::string all = text(detail::front_mark()) + some + text(detail::end_mark({500, 1032}));
    write(all, 520);
    BOOST_TEST((left().base == 520u && left().bytes == all.substr(520)));
}

BOOST_AUTO_TEST_CASE(nobody_reads_the_mark_behind_the_end)
{
    error_code ec;
    file_storage s = make(file_mode::create);
    s.write(0, asio::buffer(some), ec);
    s.discard(500, ec);
    s.finish(ec);
    std::string bytes(2000, ' ');
    BOOST_TEST(s.read(990, asio::buffer(bytes), ec) == 10u);
    BOOST_TEST((s.read(1000, asio::buffer(bytes), ec) == 0u && !ec));
    BOOST_TEST((s.read(1010, asio::buffer(bytes), ec) == 0u && !ec));
}

BOOST_AUTO_TEST_CASE(what_is_replaced_leaves_no_mark)
{
    for (const publication p : {publication::on_finish, publication::in_place})
    {
        when = p;
        write(some, 500);
        write("short");
        BOOST_TEST((left().base == 0u && left().bytes == "short" && disk.content("f") == "short"));
        write(some, 500);
        error_code ec;
        make(file_mode::open).remove(ec);
        BOOST_TEST((!ec && !disk.has("f")));
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::test
