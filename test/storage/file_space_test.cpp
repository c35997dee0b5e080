// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// Discarded bytes give their space back, whole blocks at a time, and no offset moves (C80). Space that is
// taken ahead changes nothing but the time that writing takes.

#include <spool/file_storage.hpp>

#include "file_base.hpp"
#include "file_calls.hpp"
#include "file_scenario.hpp"
#include "support/errors.hpp"
#include "support/temporary_folder.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/system/system_error.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <string>
#include <sys/stat.h>
#include <thread>
#include <vector>

namespace spool::test {

namespace {

namespace generic = boost::system::errc;

constexpr std::uint64_t mib = 1 << 20;

// Never a zero.
std::string bytes_at(std::uint64_t offset, std::size_t n)
{
    std::string bytes(n, '\0');
    for (char& byte : bytes)
        byte = static_cast<char>(1 + offset++ % 251);
    return bytes;
}

std::uint64_t space_of(const std::filesystem::path& name)
{
    struct stat s;
    BOOST_TEST(::stat(name.c_str(), &s) == 0);
    return static_cast<std::uint64_t>(s.st_blocks) * 512;
}

// The real calls; holes are refused, with an error, and so is space ahead.
class refusing_calls final : public detail::file_calls
{
public:
    error_code error;
    error_code no_space;
    int discards = 0;
    int reserves = 0;
    std::uint64_t reserved = 0; // its end

    void reserve(int file, std::uint64_t begin, std::uint64_t end, error_code& ec) override
    {
        ++reserves;
        reserved = end;
        ec = no_space;
        if (!ec)
            file_calls::reserve(file, begin, end, ec);
    }

    void discard(int file, std::uint64_t begin, std::uint64_t end, error_code& ec) override
    {
        ++discards;
        ec = error;
        if (!ec)
            file_calls::discard(file, begin, end, ec);
    }
};

struct in_folder
{
    temporary_folder folder;
    std::filesystem::path name = folder / "file";
    std::filesystem::path partial = folder / "file.partial";
    std::filesystem::path records = folder / "file.records";
    refusing_calls calls;
    error_code ec;

    file_storage make(file_mode mode)
    {
        return file_storage(name, mode, publication::on_finish, calls);
    }

    // Up to `end`, in pieces; after each all is discarded but the last `kept` bytes.
    void write(
        file_storage& s, std::uint64_t begin, std::uint64_t end, std::uint64_t kept, std::size_t n)
    {
        for (std::uint64_t at = begin; at != end && !ec; at += n)
        {
            s.write(at, asio::buffer(bytes_at(at, n)), ec);
            if (!ec && at + n > kept)
                s.discard(at + n - kept, ec);
        }
    }

    static bool is_right(const left_bytes& left, std::uint64_t end)
    {
        return left.is_sound && left.bytes == bytes_at(left.base, left.bytes.size()) &&
               left.base + left.bytes.size() == end;
    }

    bool can_make_holes() const
    {
        std::ofstream(folder / "probe") << std::string(mib, 'x');
        auto& system = detail::file_calls::system();
        error_code failed;
        const int file = system.open((folder / "probe").string(), detail::opening::write, failed);
        system.discard(file, 0, mib, failed);
        system.close(file);
        return !failed;
    }

    void garble(const std::filesystem::path& file, std::streamoff at)
    {
        std::fstream(file, std::ios::in | std::ios::out).seekp(at) << "damaged";
    }

    error_code refusal(file_mode mode)
    try
    {
        make(mode);
        return {};
    }
    catch (const boost::system::system_error& e)
    {
        return e.code();
    }
};

BOOST_FIXTURE_TEST_SUITE(file_discards, in_folder)

BOOST_AUTO_TEST_CASE(a_file_takes_not_much_more_space_than_what_is_kept)
{
    file_storage s = make(file_mode::create);
    std::uint64_t most = 0;
    for (std::uint64_t at = 0; at != 16 * mib; at += mib / 2)
    {
        write(s, at, at + mib / 2, mib, mib / 8);
        most = std::max(most, space_of(partial));
    }
    BOOST_TEST(!ec.failed());
    if (can_make_holes())
        BOOST_TEST(most < 3 * mib);
    BOOST_TEST(std::filesystem::file_size(partial) == 16 * mib);
    BOOST_TEST(calls.discards <= 2 * 16); // each costs syncs
    s.finish(ec);
    if (can_make_holes())
        BOOST_TEST(space_of(name) < mib + mib / 4);
}

// Otherwise a stream without an end would have records without an end.
BOOST_AUTO_TEST_CASE(records_of_what_was_discarded_give_their_space_back_too)
{
    file_storage s = make(file_mode::create);
    write(s, 0, 4 * mib, 1000, 64);
    BOOST_TEST(!ec.failed());
    BOOST_TEST(std::filesystem::file_size(records) > 2 * mib - 1);
    if (can_make_holes())
        BOOST_TEST(space_of(records) < mib);
}

BOOST_AUTO_TEST_CASE(a_file_that_is_resumed_begins_at_its_base)
{
    for (std::uint64_t end = 3 * mib; end != 9 * mib; end += 3 * mib)
    {
        file_storage s = make(file_mode::resume);
        BOOST_TEST(s.base() == (end == 3 * mib ? 0 : s.size() - mib));
        BOOST_TEST(is_right(all_of(s), s.size()));
        write(s, s.size(), end, mib, mib / 4);
        BOOST_TEST(!ec.failed());
    }
    file_storage s = make(file_mode::resume);
    BOOST_TEST((s.size() == 6 * mib && s.base() == 5 * mib));
    s.finish(ec);
    file_storage whole = make(file_mode::open);
    BOOST_TEST((whole.size() == 6 * mib && whole.base() == 5 * mib));
    BOOST_TEST(is_right(all_of(whole), 6 * mib));
}

BOOST_AUTO_TEST_CASE(a_finished_file_can_be_renamed_and_copied)
{
    {
        file_storage s = make(file_mode::create);
        write(s, 0, 3 * mib, 100'000, mib);
        s.finish(ec);
        s.discard(3 * mib, ec); // what the file says stands
        BOOST_TEST(!ec.failed());
    }
    BOOST_TEST(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1);
    std::filesystem::copy_file(name, folder / "copy");
    std::filesystem::rename(folder / "copy", name);
    file_storage s = make(file_mode::open);
    BOOST_TEST((s.base() > 2 * mib && s.base() <= 3 * mib - 100'000));
    BOOST_TEST(is_right(all_of(s), 3 * mib));
    s.discard(3 * mib, ec);
    BOOST_TEST((!ec && is_right(all_of(s), 3 * mib)));
}

BOOST_AUTO_TEST_CASE(where_no_holes_can_be_made_the_space_is_kept)
{
    for (const auto e : {generic::operation_not_supported, generic::function_not_supported})
    {
        calls.error = generic::make_error_code(e);
        calls.discards = 0;
        {
            file_storage s = make(file_mode::replace);
            write(s, 0, 6 * mib, mib, mib / 4);
            BOOST_TEST((!ec && calls.discards == 1));
            s.finish(ec);
        }
        file_storage s = make(file_mode::open);
        BOOST_TEST((!ec && s.base() <= 5 * mib && is_right(all_of(s), 6 * mib)));
    }
}

BOOST_AUTO_TEST_CASE(a_hole_that_fails_is_reported_and_does_no_harm)
{
    calls.error = cause;
    {
        file_storage s = make(file_mode::create);
        write(s, 0, 3 * mib, mib, mib / 4);
        BOOST_TEST(ec == cause);
        s.write(3 * mib, asio::buffer("x", 1), ec);
        BOOST_TEST(ec == cause);
        s.discard(mib, ec);
        BOOST_TEST(ec == cause);
    }
    calls.error = {};
    file_storage s = make(file_mode::resume);
    BOOST_TEST((s.base() == mib && is_right(all_of(s), s.size())));
}

BOOST_AUTO_TEST_CASE(more_than_was_written_is_not_discarded)
{
    file_storage s = make(file_mode::create);
    write(s, 0, 3 * mib, 3 * mib, mib);
    s.discard(3 * mib + 1, ec);
    BOOST_TEST(ec == generic::invalid_argument);
    s.discard(3 * mib, ec);
    BOOST_TEST(!ec.failed());
}

BOOST_AUTO_TEST_CASE(what_says_where_an_unfinished_file_begins_is_there_twice)
{
    {
        file_storage s = make(file_mode::create);
        write(s, 0, 3 * mib, mib, mib);
    }
    garble(records, 4096);
    {
        file_storage s = make(file_mode::resume);
        BOOST_TEST((s.base() == 2 * mib && is_right(all_of(s), 3 * mib)));
    }
    garble(records, 0);
    BOOST_TEST(refusal(file_mode::resume) == errc::lost);
}

BOOST_AUTO_TEST_CASE(what_is_kept_is_read_while_the_rest_is_discarded)
{
    file_storage s = make(file_mode::create);
    write(s, 0, 8 * mib, 8 * mib, mib);
    std::atomic<std::uint64_t> base{0};
    std::atomic<int> wrong{0}, lost{0};
    std::vector<std::thread> readers;
    for (int i = 0; i != 3; ++i)
        readers.emplace_back([&, at = std::uint64_t{0}]() mutable {
            for (; at < 8 * mib - 5000; at += 4999)
            {
                std::string bytes(5000, ' ');
                error_code failed;
                const std::size_t n = s.read(at, asio::buffer(bytes), failed);
                lost += failed == errc::lost && at < base;
                wrong += (failed || bytes != bytes_at(at, n)) && at >= base;
                wrong += !failed && bytes != bytes_at(at, n); // also below
            }
        });
    for (std::uint64_t end = 0; end <= 7 * mib; end += mib / 2)
        s.discard(base = end, ec);
    for (std::thread& reader : readers)
        reader.join();
    BOOST_TEST((wrong == 0 && !ec));
    BOOST_TEST_MESSAGE(lost << " reads came too late");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(file_space_ahead, in_folder)

BOOST_AUTO_TEST_CASE(how_much_is_taken_depends_on_what_is_kept)
{
    using detail::space_ahead;
    for (const auto& [kept, space] : std::initializer_list<std::array<std::uint64_t, 2>>{
             {0, 0},
             {8 * mib - 1, 0},
             {8 * mib, mib},
             {40 * mib + 8, 5 * mib + 1},
             {64 * mib, 8 * mib},
             {std::uint64_t(-1), 8 * mib}})
        BOOST_TEST(space_ahead(kept) == space, "of " << kept);
}

BOOST_AUTO_TEST_CASE(a_finished_file_has_no_more_space_than_it_needs)
{
    file_storage s = make(file_mode::create);
    write(s, 0, 20 * mib, 20 * mib, mib / 4);
    BOOST_TEST((!ec && calls.reserves > 4 && calls.reserves <= 12));
    BOOST_TEST((calls.reserved > 20 * mib && calls.reserved <= 23 * mib));
    BOOST_TEST(std::filesystem::file_size(partial) == 20 * mib);
    s.finish(ec);
    file_storage finished = make(file_mode::open);
    BOOST_TEST((!ec && is_right(all_of(finished), 20 * mib)));
    BOOST_TEST(space_of(name) <= 20 * mib + mib / 4);
}

BOOST_AUTO_TEST_CASE(neither_a_small_file_takes_space_ahead_nor_one_that_keeps_little)
{
    file_storage s = make(file_mode::create);
    write(s, 0, 24 * mib, mib, mib / 4);
    BOOST_TEST(!ec.failed());
    if (can_make_holes())
        BOOST_TEST(calls.reserves == 0);
}

BOOST_AUTO_TEST_CASE(without_space_ahead_the_file_is_as_good)
{
    calls.no_space = generic::make_error_code(generic::no_space_on_device);
    file_storage s = make(file_mode::create);
    write(s, 0, 16 * mib, 16 * mib, mib);
    BOOST_TEST((!ec && calls.reserves == 1));
    s.finish(ec);
    file_storage finished = make(file_mode::open);
    BOOST_TEST((!ec && is_right(all_of(finished), 16 * mib)));
}

BOOST_AUTO_TEST_CASE(a_resumed_file_has_given_back_what_was_taken)
{
    {
        file_storage s = make(file_mode::create);
        write(s, 0, 16 * mib, 16 * mib, mib);
    }
    file_storage s = make(file_mode::resume);
    BOOST_TEST(is_right(all_of(s), 16 * mib));
    BOOST_TEST(space_of(partial) <= 16 * mib + mib / 4);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::test
