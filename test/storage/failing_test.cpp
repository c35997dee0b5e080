// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// A storage that fails (C6).

#include "world.hpp"

#include <boost/test/unit_test.hpp>

#include <new>
#include <stdexcept>
#include <string>

namespace spool::test {

namespace {

struct failing_world : disk_world
{
    // The error of an operation of the write handle that is done by the end.
    template <class... Values, class Start>
    error_code error_after(Start start)
    {
        outcome<Values...> o;
        start(check(o));
        run();
        work();
        BOOST_TEST(!o.is_pending());
        return o.error;
    }

    std::string all_of(reader r)
    {
        std::string all(s->size(), '\0');
        outcome<std::size_t> read;
        r.async_read_at(0, asio::buffer(all), check(read));
        run();
        work();
        BOOST_TEST(!read.error);
        return all;
    }
};

BOOST_FIXTURE_TEST_SUITE(storage_failing, failing_world)

// C6 C24
BOOST_AUTO_TEST_CASE(a_failed_write_fails_the_stream_and_readers_keep_every_byte)
{
    fill(5 * mib);
    kept->write_error = disk_full;
    s->append(asio::buffer("tail", 4));
    reader r = s->make_reader(5 * mib);
    outcome<std::size_t> written;
    s->async_append(asio::buffer("more", 4), level::written, check(written));
    work();
    BOOST_TEST(written.error == disk_full);
    BOOST_TEST(!s->is_open());
    error_code ec;
    s->append(asio::buffer("x", 1), ec);
    BOOST_TEST(ec == disk_full);
    s->close(ec);
    BOOST_TEST(ec == disk_full);
    BOOST_TEST((all_of(s->make_reader()) == bytes_at(0, 5 * mib) + "tailmore"));
    std::string text(8, ' ');
    BOOST_TEST(r.read_some(asio::buffer(text)) == 8u);
    r.read_some(asio::buffer(text), ec);
    BOOST_TEST(ec == disk_full);
    BOOST_TEST(!kept->finished);
}

// C6
BOOST_AUTO_TEST_CASE(writers_that_wait_for_room_get_the_error_too)
{
    const std::string half(4 * mib, 'a');
    s->append(asio::buffer(half));
    kept->write_error = disk_full;
    outcome<std::size_t> appended;
    outcome<asio::mutable_buffer> lent;
    outcome<> flushed;
    s->async_append(asio::buffer(half), check(appended));
    s->async_prepare(10, check(lent));
    s->async_flush(level::written, check(flushed));
    run();
    work();
    BOOST_TEST(appended.error == disk_full);
    BOOST_TEST(lent.error == disk_full);
    BOOST_TEST(flushed.error == disk_full);
    BOOST_TEST(kept->writes == 1u);
}

// C26
BOOST_AUTO_TEST_CASE(one_failed_sync_ends_acknowledgements_for_good)
{
    kept->sync_error = disk_full;
    s->append(asio::buffer("abc", 3));
    const auto flush = [&](auto handler) { s->async_flush(level::synced, std::move(handler)); };
    BOOST_TEST(error_after<>(flush) == disk_full);
    kept->sync_error = {};
    BOOST_TEST(error_after<>(flush) == disk_full);
    BOOST_TEST(kept->syncs == 1u);
    const auto written = [&](auto handler) { s->async_flush(level::written, std::move(handler)); };
    BOOST_TEST(!error_after<>(written));
}

// C1 C2
BOOST_AUTO_TEST_CASE(a_failure_after_the_close_is_told_by_flush_alone)
{
    s->append(asio::buffer("abc", 3));
    s->close();
    kept->finish_error = disk_full;
    const auto flush = [&](auto handler) { s->async_flush(level::synced, std::move(handler)); };
    BOOST_TEST(error_after<>(flush) == disk_full);
    error_code ec;
    s->close(ec);
    BOOST_TEST(!ec);
    reader r = s->make_reader(3);
    r.read_some(asio::buffer(&ec, 1), ec);
    BOOST_TEST(ec == asio::error::eof);
    BOOST_TEST(!kept->finished);
}

BOOST_AUTO_TEST_CASE(what_was_written_stays_so_when_a_later_write_fails)
{
    outcome<std::size_t> first;
    s->async_append(asio::buffer("abc", 3), level::written, check(first));
    run();
    work();
    kept->write_error = disk_full;
    s->append(asio::buffer("def", 3));
    work();
    BOOST_TEST(first.value() == 3u);
    BOOST_TEST(kept->bytes == "abc");
}

// C40
BOOST_AUTO_TEST_CASE(a_failed_removal_is_told)
{
    s->append(asio::buffer("abc", 3));
    s->close();
    kept->remove_error = disk_full;
    outcome<> drained;
    s->async_drain(check(drained));
    const auto remove = [&](auto handler) { s->async_remove(std::move(handler)); };
    BOOST_TEST(error_after<>(remove) == disk_full);
    BOOST_TEST(!drained.error);
}

// A storage of a user, which throws.
struct throwing_storage final : storage
{
    std::uint64_t size() const noexcept override { return 0; }
    bool finished() const noexcept override { return false; }
    void write(std::uint64_t, asio::const_buffer bytes, error_code&) override
    {
        if (bytes.size() == 1)
            throw boost::system::system_error(disk_full);
        if (bytes.size() == 2)
            throw std::bad_alloc();
        throw std::logic_error("anything");
    }
    std::size_t read(std::uint64_t, asio::mutable_buffer, error_code&) override { return 0; }
    void sync(error_code&) override {}
    void finish(error_code&) override {}
    void remove(error_code&) override {}
};

BOOST_AUTO_TEST_CASE(what_a_storage_throws_is_an_error)
{
    const error_code expected[] = {disk_full, asio::error::no_memory, cause};
    for (std::size_t n = 1; n != 4; ++n)
    {
        stream thrown(executor(), throwing_storage(), options{8 * mib, disk.get_executor()});
        thrown.append(asio::buffer("abc", n));
        work();
        error_code ec;
        thrown.close(ec);
        BOOST_TEST(ec == expected[n - 1]);
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::test
