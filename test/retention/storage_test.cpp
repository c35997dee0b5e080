// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// Bounded streams with a storage: what is forgotten is discarded there, and nobody reads it any more.

#include <spool/file_storage.hpp>

#include "storage/world.hpp"
#include "support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <sys/stat.h>

namespace spool::test {

namespace {

struct bounded_disk : disk_world
{
    static constexpr std::size_t limit = 8 * mib;

    bounded_disk() { open(retain_last(limit)); }

    void open(retention retain, std::size_t resident = mib)
    {
        s.reset();
        work();
        options chosen;
        chosen.resident_limit = resident;
        chosen.blocking_executor = disk.get_executor();
        chosen.retain = retain;
        s.emplace(executor(), fake_storage(kept), chosen);
    }

    std::string read(reader& from, std::size_t n, error_code& ec)
    {
        std::string room(n, ' ');
        outcome<std::size_t> got;
        from.async_read_some(asio::buffer(room), check(got));
        run();
        work();
        ec = got.error;
        return room.substr(0, got.value());
    }
};

BOOST_FIXTURE_TEST_SUITE(retention_storage, bounded_disk)

// C80
BOOST_AUTO_TEST_CASE(what_is_forgotten_is_discarded_in_large_steps)
{
    fill(limit);
    BOOST_TEST((s->base() == 0u && kept->discards == 0u));
    for (int i = 0; i != 64; ++i)
    {
        fill(mib);
        work();
        BOOST_REQUIRE(kept->base <= s->base());
        BOOST_REQUIRE(s->base() - kept->base < 4 * mib);
        BOOST_REQUIRE(s->size() - s->base() <= limit);
    }
    BOOST_TEST((kept->discards > 10u && kept->discards < 20u));
}

// C33 C39
BOOST_AUTO_TEST_CASE(nobody_reads_what_was_discarded)
{
    reader early = s->make_reader(), late = s->make_reader(from_base);
    fill(4 * limit);
    work();
    BOOST_TEST(kept->base != 0u);
    error_code ec;
    BOOST_TEST(read(early, 100, ec).empty());
    BOOST_TEST((ec == errc::gap && early.offset() == s->base()));
    const std::uint64_t at = early.offset();
    BOOST_TEST((read(early, 100, ec) == bytes_at(at, 100) && !ec));
}

// C39: the bytes are being read back when they are discarded.
BOOST_AUTO_TEST_CASE(a_read_that_waits_for_the_storage_and_is_overtaken_gets_a_gap)
{
    fill(limit);
    reader r = s->make_reader();
    std::string room(100, ' ');
    outcome<std::size_t> got;
    r.async_read_some(asio::buffer(room), check(got));
    run();
    s->set_retention(retain_last(2 * mib));
    kept->on_discard = [&] { BOOST_TEST(kept->base <= s->base()); };
    work();
    BOOST_TEST(got.error == errc::gap);
    BOOST_TEST((r.offset() == s->base() && r.skipped() == s->base()));
    kept->on_discard = nullptr;
}

// C80 C83
BOOST_AUTO_TEST_CASE(writers_wait_for_readers_of_what_is_on_disk)
{
    open(retain_unread(limit));
    reader r = s->make_reader();
    const std::string bytes(mib, 'x');
    error_code ec;
    while (!ec)
    {
        s->append(asio::buffer(bytes), ec);
        if (ec && s->size() != limit)
            ec = {};
        work();
    }
    BOOST_TEST((ec == asio::error::would_block && s->size() == limit));
    outcome<std::size_t> appended;
    s->async_append(asio::buffer(bytes), check(appended));
    for (std::uint64_t n = 0; n < mib; n = r.offset())
        BOOST_TEST_REQUIRE(!read(r, mib, ec).empty(), ec.message());
    work();
    BOOST_TEST(appended.value() == mib);
    BOOST_TEST((s->base() >= mib && kept->base == 0u));
}

// C80
BOOST_AUTO_TEST_CASE(the_base_is_where_it_was_when_the_storage_is_opened_again)
{
    fill(4 * limit);
    work();
    const std::uint64_t size = s->size();
    open(retain_all);
    BOOST_TEST((s->base() == kept->base && s->base() != 0u && s->size() == size));
    reader r = s->make_reader(from_base);
    error_code ec;
    const std::uint64_t at = r.offset();
    BOOST_TEST((read(r, 100, ec) == bytes_at(at, 100) && !ec));
}

// C80: what is forgotten before it is written is written all the same, and discarded afterwards.
BOOST_AUTO_TEST_CASE(nothing_is_discarded_before_it_is_written)
{
    open(retain_last(mib), 32 * mib);
    const std::string bytes(mib, 'x');
    for (int i = 0; i != 12; ++i)
        s->append(asio::buffer(bytes, mib / 2));
    BOOST_TEST((s->base() >= 5 * mib && kept->writes == 0u));
    work();
    BOOST_TEST(s->is_open());
    BOOST_TEST(kept->bytes.size() == 6 * mib);
    BOOST_TEST(kept->base == 4 * mib);
}

// C6
BOOST_AUTO_TEST_CASE(a_storage_that_cannot_discard_fails_the_stream)
{
    kept->discard_error = disk_full;
    fill(limit);
    const std::string bytes = bytes_at(limit, mib);
    error_code ec;
    for (int i = 0; i != 100 && s->is_open(); ++i)
    {
        s->append(asio::buffer(bytes), ec);
        work();
    }
    s->append(asio::buffer(bytes), ec);
    BOOST_TEST(ec == disk_full);
}

std::uint64_t space_of(const std::filesystem::path& name)
{
    struct stat found = {};
    BOOST_TEST_REQUIRE(::stat(name.c_str(), &found) == 0);
    return static_cast<std::uint64_t>(found.st_blocks) * 512;
}

// C80
BOOST_AUTO_TEST_CASE(a_file_gives_its_space_back)
{
    const temporary_folder in;
    const std::filesystem::path name = in / "log";
    options chosen;
    chosen.retain = retain_last(limit);
    asio::io_context io;
    stream out(io, file_storage(name, file_mode::create), chosen);
    const std::string bytes(mib, 'x');
    for (int i = 0; i != 64; ++i)
    {
        out.async_append(asio::buffer(bytes), level::written, [&](error_code ec, std::size_t) {
            BOOST_TEST(!ec, ec.message());
        });
        io.restart();
        io.run();
    }
    error_code flushed;
    out.async_flush(level::synced, [&](error_code ec) { flushed = ec; });
    io.restart();
    io.run();
    BOOST_TEST(!flushed);
    const std::uint64_t space = space_of(name.string() + ".partial");
    BOOST_TEST(space <= limit + 6 * mib, space);
    BOOST_TEST(std::filesystem::file_size(name.string() + ".partial") >= 64 * mib);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::test
