// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// How a file storage begins, ends, and is found again.

#include <spool/file_storage.hpp>

#include "file_calls.hpp"
#include "support/descriptors.hpp"
#include "support/errors.hpp"
#include "support/temporary_folder.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/system/system_error.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

namespace spool::test {

namespace {

namespace generic = boost::system::errc;

std::string content(const std::filesystem::path& name)
{
    std::ifstream file(name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

// Every case is for both kinds of publication.
template <publication When>
struct in_folder
{
    static constexpr publication when = When;
    static constexpr bool in_place = When == publication::in_place;

    temporary_folder folder;
    std::filesystem::path name = folder / "file";
    std::ptrdiff_t descriptors = open_descriptors();

    ~in_folder() { BOOST_TEST(open_descriptors() == descriptors); }

    file_storage make(file_mode mode) const { return file_storage(name, mode, when); }

    error_code refusal(file_mode mode) const
    {
        try
        {
            make(mode);
            return {};
        }
        catch (const boost::system::system_error& e)
        {
            return e.code();
        }
    }

    static void write(file_storage& to, std::string_view bytes, std::uint64_t offset)
    {
        error_code ec;
        to.write(offset, asio::buffer(bytes.data(), bytes.size()), ec);
        BOOST_TEST(!ec.failed());
    }

    static std::string read(file_storage& from, std::uint64_t offset, std::size_t n)
    {
        std::string bytes(n, ' ');
        error_code ec;
        bytes.resize(from.read(offset, asio::buffer(bytes), ec));
        BOOST_TEST(!ec.failed());
        return bytes;
    }

    static void finish(file_storage& s)
    {
        error_code ec;
        s.finish(ec);
        BOOST_TEST(!ec.failed());
    }

    void write_whole(std::string_view bytes, file_mode mode = file_mode::create) const
    {
        file_storage s = make(mode);
        write(s, bytes, 0);
        finish(s);
    }

    void write_partial(std::string_view bytes, file_mode mode = file_mode::create) const
    {
        file_storage s = make(mode);
        write(s, bytes, 0);
    }

    std::vector<std::string> names() const
    {
        std::vector<std::string> all;
        for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
            all.push_back(entry.path().filename().string());
        std::sort(all.begin(), all.end());
        return all;
    }
};

struct both_publications
{
    template <class Function>
    static void each(Function function)
    {
        BOOST_TEST_CONTEXT("on_finish")
        {
            function(in_folder<publication::on_finish>());
        }
        BOOST_TEST_CONTEXT("in_place")
        {
            function(in_folder<publication::in_place>());
        }
    }
};

using names = std::vector<std::string>;

BOOST_FIXTURE_TEST_SUITE(files, both_publications)

BOOST_AUTO_TEST_CASE(a_finished_file_has_its_name_and_nothing_beside_it)
{
    each([](const auto& f) {
        file_storage s = f.make(file_mode::create);
        f.write(s, "hello ", 0);
        f.write(s, "world", 6);
        BOOST_TEST(f.read(s, 3, 5) == "lo wo");
        BOOST_TEST(f.read(s, 11, 5) == "");
        BOOST_TEST((std::filesystem::exists(f.name) == f.in_place));
        BOOST_TEST((s.size() == 0u && !s.finished()));
        f.finish(s);
        BOOST_TEST(content(f.name) == "hello world");
        BOOST_TEST(f.names() == names{"file"}, boost::test_tools::per_element());
        BOOST_TEST(f.read(s, 0, 5) == "hello");
    });
}

BOOST_AUTO_TEST_CASE(an_unfinished_file_is_never_opened_and_can_be_resumed)
{
    each([](const auto& f) {
        f.write_partial("hello ");
        BOOST_TEST(f.refusal(file_mode::open) == errc::unfinished);
        BOOST_TEST(f.refusal(file_mode::create) == generic::file_exists);
        file_storage s = f.make(file_mode::resume);
        BOOST_TEST(s.size() == 6u);
        f.write(s, "world", 6);
        f.finish(s);
        BOOST_TEST(content(f.name) == "hello world");
    });
}

BOOST_AUTO_TEST_CASE(a_finished_file_is_read_and_not_written)
{
    each([](const auto& f) {
        f.write_whole("hello");
        const file_storage first = f.make(file_mode::open);
        file_storage second = f.make(file_mode::open);
        BOOST_TEST((second.finished() && second.size() == 5u));
        BOOST_TEST(f.read(second, 1, 10) == "ello");
        BOOST_TEST(f.refusal(file_mode::create) == generic::file_exists);
        BOOST_TEST(f.refusal(file_mode::resume) == generic::file_exists);
    });
}

BOOST_AUTO_TEST_CASE(what_is_not_there_is_not_opened_but_resumed_from_nothing)
{
    each([](const auto& f) {
        BOOST_TEST(f.refusal(file_mode::open) == generic::no_such_file_or_directory);
        file_storage s = f.make(file_mode::resume);
        BOOST_TEST(s.size() == 0u);
        f.finish(s);
        BOOST_TEST(content(f.name) == "");
    });
}

BOOST_AUTO_TEST_CASE(a_file_is_replaced)
{
    each([](const auto& f) {
        f.write_whole("old and long");
        {
            file_storage s = f.make(file_mode::replace);
            f.write(s, "new", 0);
            BOOST_TEST(content(f.name) == (f.in_place ? "new" : "old and long"));
            f.finish(s);
        }
        BOOST_TEST(content(f.name) == "new");
        f.write_partial("half", file_mode::replace);
        f.write_whole("third", file_mode::replace);
        BOOST_TEST(content(f.name) == "third");
        BOOST_TEST(f.names() == names{"file"}, boost::test_tools::per_element());
    });
}

BOOST_AUTO_TEST_CASE(one_storage_writes_a_file)
{
    each([](const auto& f) {
        std::optional<file_storage> s(f.make(file_mode::create));
        BOOST_TEST(f.refusal(file_mode::resume) == generic::device_or_resource_busy);
        BOOST_TEST(f.refusal(file_mode::replace) == generic::device_or_resource_busy);
        BOOST_TEST(f.refusal(file_mode::create) == generic::file_exists);
        BOOST_TEST(f.refusal(file_mode::open) == errc::unfinished);
        f.write(*s, "hello", 0);
        f.finish(*s);
        BOOST_TEST(!f.refusal(file_mode::open).failed());
        s.reset();
        BOOST_TEST(content(f.name) == "hello");
    });
}

BOOST_AUTO_TEST_CASE(a_name_that_appeared_meanwhile_is_not_overwritten)
{
    const in_folder<publication::on_finish> f;
    file_storage s = f.make(file_mode::create);
    f.write(s, "mine", 0);
    std::ofstream(f.name) << "theirs";
    error_code ec;
    s.finish(ec);
    BOOST_TEST(ec == generic::file_exists);
    BOOST_TEST(content(f.name) == "theirs");
    BOOST_TEST(content(f.folder / "file.partial") == "mine");
}

BOOST_AUTO_TEST_CASE(a_removed_file_leaves_nothing)
{
    each([](const auto& f) {
        error_code ec;
        {
            file_storage s = f.make(file_mode::create);
            f.write(s, "half", 0);
            s.remove(ec);
        }
        BOOST_TEST((!ec && f.names().empty()));
        f.write_whole("whole");
        file_storage s = f.make(file_mode::open);
        s.remove(ec);
        BOOST_TEST((!ec && f.names().empty()));
    });
}

// Bytes without a record were never acknowledged.
BOOST_AUTO_TEST_CASE(what_has_no_record_is_cut_off)
{
    each([](const auto& f) {
        f.write_partial("right");
        const auto partial = f.in_place ? f.name : f.folder / "file.partial";
        std::ofstream(partial, std::ios::app) << "wrong";
        file_storage s = f.make(file_mode::resume);
        BOOST_TEST(s.size() == 5u);
        BOOST_TEST(content(partial) == "right");
    });
}

BOOST_AUTO_TEST_CASE(bytes_that_are_not_those_that_were_written_are_cut_off)
{
    each([](const auto& f) {
        {
            file_storage s = f.make(file_mode::create);
            f.write(s, "first ", 0);
            f.write(s, "second ", 6);
            f.write(s, "third", 13);
        }
        const auto partial = f.in_place ? f.name : f.folder / "file.partial";
        std::fstream(partial, std::ios::in | std::ios::out).seekp(8) << "X";
        BOOST_TEST(f.make(file_mode::resume).size() == 6u);
        BOOST_TEST(f.make(file_mode::resume).size() == 6u);
        BOOST_TEST(content(partial) == "first ");
    });
}

// Half a read works, then none does.
class failing_reads final : public detail::file_calls
{
public:
    std::size_t
    read(int file, std::uint64_t offset, void* to, std::size_t n, error_code& ec) override
    {
        if (reads_++ != 0)
            return ec = cause, 0;
        return file_calls::read(file, offset, to, n / 2, ec);
    }

private:
    int reads_ = 0;
};

BOOST_AUTO_TEST_CASE(a_read_that_fails_while_a_file_is_resumed_cuts_nothing_off)
{
    const in_folder<publication::on_finish> f;
    f.write_partial("precious");
    failing_reads calls;
    BOOST_CHECK_THROW(
        file_storage(f.name, file_mode::resume, f.when, calls), boost::system::system_error);
    BOOST_TEST(f.make(file_mode::resume).size() == 8u);
}

BOOST_AUTO_TEST_CASE(a_file_that_is_shorter_than_what_was_synced_is_an_error)
{
    each([](const auto& f) {
        {
            file_storage s = f.make(file_mode::create);
            f.write(s, "hello", 0);
            error_code ec;
            s.sync(ec);
            BOOST_TEST(!ec.failed());
        }
        std::filesystem::resize_file(f.in_place ? f.name : f.folder / "file.partial", 3);
        BOOST_TEST(f.refusal(file_mode::resume) == errc::lost);
    });
}

BOOST_AUTO_TEST_CASE(a_file_is_as_large_as_the_system_allows)
{
    const in_folder<publication::on_finish> f;
    file_storage s = f.make(file_mode::create);
    error_code ec;
    s.write(std::uint64_t(-1), asio::buffer("x", 1), ec);
    BOOST_TEST(ec == generic::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::test
