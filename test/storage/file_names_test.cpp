// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// What a name means to a file storage when others change what it means.

#include <spool/file_storage.hpp>

#include "file_calls.hpp"
#include "support/errors.hpp"
#include "support/temporary_folder.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/system/system_error.hpp>
#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

namespace spool::test {

namespace {

namespace generic = boost::system::errc;
namespace fs = std::filesystem;

constexpr publication both[] = {publication::on_finish, publication::in_place};

std::string content(const fs::path& name)
{
    std::ifstream file(name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

// A file system that cannot rename to a name that must be new; the calls that are made then may fail, too.
class old_system final : public detail::file_calls
{
public:
    explicit old_system(generic::errc_t refusal) : refusal_(refusal) {}

    error_code link_error, remove_error;

    void rename_new(const std::string&, const std::string&, error_code& ec) override
    {
        ec = generic::make_error_code(refusal_);
    }
    void link(const std::string& from, const std::string& to, error_code& ec) override
    {
        if (!(ec = link_error))
            file_calls::link(from, to, ec);
    }
    void remove(const std::string& path, error_code& ec) override
    {
        if (!(ec = remove_error))
            file_calls::remove(path, ec);
    }

private:
    generic::errc_t refusal_;
};

// Where the test works while this lives.
class working_folder
{
public:
    explicit working_folder(const fs::path& name) { fs::current_path(name); }
    ~working_folder() { fs::current_path(before_); }
    working_folder(const working_folder&) = delete;
    working_folder& operator=(const working_folder&) = delete;

private:
    fs::path before_ = fs::current_path();
};

struct in_folder
{
    temporary_folder folder;
    fs::path name = folder / "file";
    fs::path partial = folder / "file.partial";
    error_code ec;

    error_code refusal(const fs::path& of, file_mode mode, publication when) const
    {
        try
        {
            file_storage(of, mode, when);
            return {};
        }
        catch (const boost::system::system_error& e)
        {
            return e.code();
        }
    }

    void write(file_storage& to, std::string_view bytes)
    {
        to.write(0, asio::buffer(bytes.data(), bytes.size()), ec);
        BOOST_TEST(!ec.failed());
    }

    void write_whole(file_storage&& to, std::string_view bytes)
    {
        write(to, bytes);
        to.finish(ec);
        BOOST_TEST(!ec.failed());
    }
};

BOOST_FIXTURE_TEST_SUITE(file_names, in_folder)

BOOST_AUTO_TEST_CASE(a_relative_name_means_the_folder_where_it_was_given)
{
    for (const publication when : both)
    {
        fs::create_directories(folder / "first");
        fs::create_directories(folder / "second");
        const working_folder first(folder / "first");
        file_storage s("file", file_mode::create, when);
        write(s, "hello");
        const working_folder second(folder / "second");
        s.sync(ec);
        BOOST_TEST(!ec.failed());
        s.finish(ec);
        BOOST_TEST(!ec.failed());
        BOOST_TEST(content(folder / "first/file") == "hello");
        BOOST_TEST(fs::is_empty(folder / "second"));
        s.remove(ec);
        BOOST_TEST((!ec && fs::is_empty(folder / "first")));
    }
}

BOOST_AUTO_TEST_CASE(without_a_working_folder_there_is_no_relative_name)
{
    fs::create_directories(folder / "gone");
    const working_folder gone(folder / "gone");
    fs::remove(folder / "gone");
    for (const publication when : both)
    {
        BOOST_TEST(refusal("file", file_mode::create, when) == generic::no_such_file_or_directory);
        BOOST_TEST(!refusal(folder / "file", file_mode::replace, when).failed());
        BOOST_TEST(refusal("", file_mode::create, when).failed());
        fs::remove(folder / "file.partial");
    }
}

BOOST_AUTO_TEST_CASE(a_file_that_has_taken_the_name_is_not_removed)
{
    write_whole(file_storage(name, file_mode::create), "old");
    file_storage opened(name, file_mode::open);
    file_storage replaced(name, file_mode::replace);
    write(replaced, "new");
    replaced.finish(ec);
    opened.remove(ec);
    BOOST_TEST((!ec && content(name) == "new"));
    write_whole(file_storage(name, file_mode::replace), "newest");
    replaced.remove(ec);
    BOOST_TEST((!ec && content(name) == "newest"));
}

BOOST_AUTO_TEST_CASE(what_was_put_in_the_place_of_an_unfinished_file_is_not_removed)
{
    for (const publication when : both)
    {
        file_storage s(name, file_mode::create, when);
        write(s, "half");
        std::ofstream(folder / "other") << "other";
        const fs::path& written = when == publication::in_place ? name : partial;
        fs::rename(folder / "other", written);
        s.remove(ec);
        BOOST_TEST((!ec && content(written) == "other"));
        fs::remove(written);
        BOOST_TEST(fs::is_empty(folder.path()));
    }
}

constexpr generic::errc_t refusals[] = {generic::invalid_argument, generic::function_not_supported};

BOOST_AUTO_TEST_CASE(a_file_is_published_where_no_rename_spares_the_name)
{
    for (const generic::errc_t refusal : refusals)
    {
        old_system calls(refusal);
        file_storage s(name, file_mode::create, publication::on_finish, calls);
        write(s, "hello");
        s.finish(ec);
        BOOST_TEST((!ec && content(name) == "hello" && !fs::exists(partial)));
        s.remove(ec);
        BOOST_TEST((!ec && fs::is_empty(folder.path())));
    }
}

BOOST_AUTO_TEST_CASE(a_name_that_appeared_meanwhile_is_spared_there_too)
{
    old_system calls(generic::invalid_argument);
    file_storage s(name, file_mode::create, publication::on_finish, calls);
    write(s, "mine");
    std::ofstream(name) << "theirs";
    s.finish(ec);
    BOOST_TEST(ec == generic::file_exists);
    BOOST_TEST((content(name) == "theirs" && content(partial) == "mine"));
    s.remove(ec);
    BOOST_TEST((!ec && content(name) == "theirs" && !fs::exists(partial)));
}

BOOST_AUTO_TEST_CASE(without_links_either_a_file_stays_unfinished)
{
    old_system calls(generic::invalid_argument);
    calls.link_error = generic::make_error_code(generic::operation_not_permitted);
    {
        file_storage s(name, file_mode::create, publication::on_finish, calls);
        write(s, "hello");
        s.finish(ec);
        BOOST_TEST((ec == generic::operation_not_permitted && !fs::exists(name)));
    }
    calls.link_error = {};
    file_storage s(name, file_mode::resume, publication::on_finish, calls);
    BOOST_TEST(s.size() == 5u);
    s.finish(ec);
    BOOST_TEST((!ec && content(name) == "hello"));
}

// It is finished, and both names are its own.
BOOST_AUTO_TEST_CASE(an_old_name_that_cannot_be_removed_does_no_harm)
{
    old_system calls(generic::invalid_argument);
    file_storage s(name, file_mode::create, publication::on_finish, calls);
    write(s, "hello");
    calls.remove_error = cause;
    s.finish(ec);
    BOOST_TEST((!ec && fs::equivalent(name, partial)));
    BOOST_TEST(refusal(name, file_mode::resume, publication::on_finish) == generic::file_exists);
    file_storage again(name, file_mode::open);
    BOOST_TEST((again.finished() && again.size() == 5u));
    again.remove(ec);
    BOOST_TEST((!ec && !fs::exists(name) && !fs::exists(partial)));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::test
