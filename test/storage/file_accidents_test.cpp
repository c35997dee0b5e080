// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// What others do to a file between two system calls of a storage, and what a disk may refuse.

#include <spool/file_storage.hpp>

#include "file_calls.hpp"
#include "support/errors.hpp"
#include "support/temporary_folder.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <fstream>
#include <functional>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace spool::test {

namespace {

namespace generic = boost::system::errc;

// The real calls; before some of them something else happens, once.
class interrupted_calls final : public detail::file_calls
{
public:
    std::function<void()> before_lock;
    std::function<void()> before_sync;
    std::uint64_t readable = std::uint64_t(-1); // what lies behind is on a bad part of the disk
    bool writes_nothing = false;

    std::size_t
    write(int file, std::uint64_t offset, const void* from, std::size_t n, error_code& ec) override
    {
        return writes_nothing ? 0 : file_calls::write(file, offset, from, n, ec);
    }

    void lock(int file, bool shared, error_code& ec) override
    {
        if (before_lock)
            std::exchange(before_lock, {})();
        file_calls::lock(file, shared, ec);
    }

    void sync(int file, error_code& ec) override
    {
        if (before_sync)
            std::exchange(before_sync, {})();
        file_calls::sync(file, ec);
    }

    std::size_t
    read(int file, std::uint64_t offset, void* to, std::size_t n, error_code& ec) override
    {
        if (offset >= readable)
            return ec = cause, 0;
        return file_calls::read(
            file, offset, to, std::min<std::uint64_t>(n, readable - offset), ec);
    }
};

std::string content(const std::filesystem::path& name)
{
    std::ifstream file(name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

template <class Storage> // also one that lives no longer
void write(Storage&& to, std::string_view bytes)
{
    error_code ec;
    to.write(0, asio::buffer(bytes.data(), bytes.size()), ec);
    BOOST_TEST(!ec.failed());
}

template <class Storage>
void finish(Storage&& s)
{
    error_code ec;
    s.finish(ec);
    BOOST_TEST(!ec.failed());
}

struct in_folder
{
    temporary_folder folder;
    std::filesystem::path name = folder / "file";
    interrupted_calls calls;

    std::optional<file_storage>
    make(file_mode mode, publication when = publication::on_finish) const
    {
        return std::optional<file_storage>(std::in_place, name, mode, when);
    }

    error_code refusal(file_mode mode, publication when = publication::on_finish)
    {
        try
        {
            file_storage(name, mode, when, calls);
            return {};
        }
        catch (const boost::system::system_error& e)
        {
            return e.code();
        }
    }
};

BOOST_FIXTURE_TEST_SUITE(file_accidents, in_folder)

BOOST_AUTO_TEST_CASE(a_part_that_cannot_be_read_is_not_cut_off)
{
    write(*make(file_mode::create), std::string(9000, 'x'));
    calls.readable = 5000;
    BOOST_TEST(refusal(file_mode::resume) == cause);
    BOOST_TEST(make(file_mode::resume)->size() == 9000u);
}

BOOST_AUTO_TEST_CASE(a_record_that_cannot_be_read_cuts_nothing_off)
{
    write(*make(file_mode::create), "hello");
    calls.readable = 10;
    BOOST_TEST(refusal(file_mode::resume) == cause);
    BOOST_TEST(make(file_mode::resume)->size() == 5u);
}

BOOST_AUTO_TEST_CASE(what_can_be_read_is_read)
{
    file_storage s(name, file_mode::create, publication::on_finish, calls);
    write(s, "hello");
    calls.readable = 3;
    error_code ec;
    std::string bytes(5, ' ');
    BOOST_TEST((s.read(0, asio::buffer(bytes), ec) == 3u && !ec));
    BOOST_TEST((s.read(3, asio::buffer(bytes), ec) == 0u && ec == cause));
}

BOOST_AUTO_TEST_CASE(a_write_of_nothing_is_an_error)
{
    file_storage s(name, file_mode::create, publication::on_finish, calls);
    calls.writes_nothing = true;
    error_code ec;
    s.write(0, asio::buffer("hello", 5), ec);
    BOOST_TEST(ec == generic::io_error);
}

BOOST_AUTO_TEST_CASE(a_file_that_is_finished_meanwhile_is_not_resumed)
{
    auto other = make(file_mode::create, publication::in_place);
    write(*other, "whole");
    calls.before_lock = [&] {
        finish(*other);
        other.reset();
    };
    BOOST_TEST(refusal(file_mode::resume, publication::in_place).failed());
    BOOST_TEST(content(name) == "whole");
}

BOOST_AUTO_TEST_CASE(a_file_that_is_begun_again_meanwhile_is_not_opened)
{
    finish(*make(file_mode::create, publication::in_place));
    calls.before_lock = [&] { write(*make(file_mode::replace, publication::in_place), "half"); };
    BOOST_TEST(refusal(file_mode::open, publication::in_place) == errc::unfinished);
}

BOOST_AUTO_TEST_CASE(who_comes_too_late_to_create_a_file_does_it_no_harm)
{
    std::optional<file_storage> other;
    calls.before_lock = [&] { write(*(other = make(file_mode::create)), "hello"); };
    BOOST_TEST(refusal(file_mode::create).failed());
    other.reset();
    BOOST_TEST(make(file_mode::resume)->size() == 5u);
}

BOOST_AUTO_TEST_CASE(who_finishes_does_no_harm_to_who_replaces_it)
{
    file_storage first(name, file_mode::create, publication::on_finish, calls);
    std::optional<file_storage> second;
    bool has_name = false;
    const std::function<void()> replace = [&] {
        has_name = std::filesystem::exists(name);
        if (!has_name)
            calls.before_sync = replace; // of the data: the next one is of the folder
        else if (refusal(file_mode::replace) != generic::device_or_resource_busy)
            write(*(second = make(file_mode::replace)), "hello");
    };
    calls.before_sync = replace;
    finish(first);
    BOOST_TEST(has_name);
    if (!second)
        return; // it had to wait
    second.reset();
    BOOST_TEST(make(file_mode::resume)->size() == 5u);
}

BOOST_AUTO_TEST_CASE(nobody_publishes_what_another_has_begun)
{
    std::optional<file_storage> other;
    calls.before_lock = [&] {
        try
        {
            write(*(other = make(file_mode::replace)), "half");
        }
        catch (const boost::system::system_error&)
        {
        }
    };
    try
    {
        file_storage s(name, file_mode::create, publication::on_finish, calls);
        write(s, "whole");
        finish(s);
        BOOST_TEST(content(name) == "whole");
    }
    catch (const boost::system::system_error&)
    {
        BOOST_TEST(other.has_value());
    }
    BOOST_TEST(content(name) != "half");
}

BOOST_AUTO_TEST_CASE(the_other_kind_of_publication_does_no_harm_to_an_unfinished_file)
{
    using enum publication;
    for (const auto& [first, second] : {std::pair(on_finish, in_place), {in_place, on_finish}})
        for (const file_mode mode : {file_mode::create, file_mode::resume, file_mode::replace})
        {
            auto s = make(file_mode::create, first);
            write(*s, "hello");
            BOOST_TEST(refusal(mode, second) == generic::file_exists);
            s.reset();
            BOOST_TEST(refusal(mode, second) == generic::file_exists);
            s = make(file_mode::resume, first);
            BOOST_TEST(s->size() == 5u);
            error_code ec;
            s->remove(ec);
        }
}

BOOST_AUTO_TEST_CASE(a_mark_without_its_file_is_no_obstacle)
{
    for (const publication when : {publication::on_finish, publication::in_place})
    {
        std::ofstream(folder / "file.unfinished");
        finish(*make(file_mode::create, when));
        BOOST_TEST(!refusal(file_mode::open).failed());
        std::filesystem::remove(name);
    }
}

// As after a crash where a file system cannot rename to a name that must be new.
BOOST_AUTO_TEST_CASE(a_file_that_has_both_names_is_finished)
{
    write(*make(file_mode::create), "whole");
    std::filesystem::create_hard_link(folder / "file.partial", name);
    BOOST_TEST(refusal(file_mode::resume) == generic::file_exists);
    BOOST_TEST(refusal(file_mode::create) == generic::file_exists);
    finish(*make(file_mode::replace));
    BOOST_TEST(!std::filesystem::exists(folder / "file.partial"));
    BOOST_TEST(content(name) == "");
}

BOOST_AUTO_TEST_CASE(a_finished_file_is_not_written_any_more)
{
    auto s = make(file_mode::create);
    write(*s, "whole");
    finish(*s);
    error_code ec;
    s->write(5, asio::buffer("x", 1), ec);
    BOOST_TEST(ec == asio::error::bad_descriptor);
    BOOST_TEST(content(name) == "whole");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::test
