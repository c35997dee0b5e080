// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// What a stream does with its storage while it is written.

#include "world.hpp"

#include <boost/asio/cancellation_signal.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace spool::test {

namespace {

BOOST_FIXTURE_TEST_SUITE(storage_writing, disk_world)

// C26
BOOST_AUTO_TEST_CASE(an_append_completes_when_its_bytes_have_reached_the_level)
{
    outcome<std::size_t> visible, written, synced;
    s->async_append(asio::buffer("abc", 3), check(visible));
    s->async_append(asio::buffer("def", 3), level::written, check(written));
    s->async_append(asio::buffer("ghi", 3), level::synced, check(synced));
    run();
    BOOST_TEST(s->size() == 9u);
    BOOST_TEST((visible.value() == 3u && written.is_pending() && synced.is_pending()));
    BOOST_TEST(kept->bytes.empty());
    kept->on_sync = [&] {
        run();
        BOOST_TEST(kept->bytes == "abcdefghi");
        BOOST_TEST((written.value() == 3u && synced.is_pending()));
    };
    work();
    BOOST_TEST((synced.value() == 3u && kept->synced == 9u));
}

// Small appends are grouped.
BOOST_AUTO_TEST_CASE(what_gathers_while_a_write_is_due_is_one_write)
{
    for (int i = 0; i != 1000; ++i)
        s->append(asio::buffer("x", 1));
    work();
    BOOST_TEST(kept->bytes == std::string(1000, 'x'));
    BOOST_TEST(kept->writes == 1u);
    BOOST_TEST(kept->syncs == 0u);
}

// Nobody waits for a level of a stream in memory for ever.
BOOST_AUTO_TEST_CASE(a_stream_in_memory_has_one_level)
{
    stream memory(executor());
    outcome<std::size_t> visible, written;
    outcome<> flushed, unsupported;
    memory.async_append(asio::buffer("a", 1), level::visible, check(visible));
    memory.async_append(asio::buffer("b", 1), level::written, check(written));
    memory.async_flush(level::visible, check(flushed));
    memory.async_flush(level::synced, check(unsupported));
    run();
    BOOST_TEST(visible.value() == 1u);
    BOOST_TEST(written.error == asio::error::operation_not_supported);
    BOOST_TEST(!flushed.error);
    BOOST_TEST(unsupported.error == asio::error::operation_not_supported);
    BOOST_TEST(memory.size() == 1u);
}

// C22 C20
BOOST_AUTO_TEST_CASE(while_the_storage_is_behind_writers_wait_in_their_order)
{
    const std::string half(4 * mib, 'a'), small(10, 'b');
    s->append(asio::buffer(half));
    error_code ec;
    BOOST_TEST(s->append(asio::buffer(small), ec) == 0u);
    BOOST_TEST(ec == asio::error::would_block);
    outcome<std::size_t> large, little;
    s->async_append(asio::buffer(half), check(large));
    s->async_append(asio::buffer(small), check(little));
    run();
    std::string pending; // before each write
    kept->on_write = [&] {
        run();
        pending += std::to_string(large.is_pending() + little.is_pending());
    };
    work();
    BOOST_TEST(std::ranges::is_sorted(pending, std::greater()));
    BOOST_TEST((pending.front() == '2' && pending.find("21") != pending.npos));
    BOOST_TEST((large.value() == half.size() && little.value() == small.size()));
    BOOST_TEST((kept->bytes == half + half + small));
}

BOOST_AUTO_TEST_CASE(one_append_may_be_larger_than_the_limit_and_goes_alone)
{
    const std::string huge(20 * mib, 'x');
    BOOST_TEST(s->append(asio::buffer(huge)) == huge.size());
    error_code ec;
    s->append(asio::buffer("y", 1), ec);
    BOOST_TEST(ec == asio::error::would_block);
    work();
    BOOST_TEST(s->append(asio::buffer("y", 1)) == 1u);
    work();
    BOOST_TEST((kept->bytes == huge + "y"));
}

// C55 C83
BOOST_AUTO_TEST_CASE(a_cancelled_writer_lets_the_next_one_go_on)
{
    const std::string half(4 * mib, 'a');
    s->append(asio::buffer(half, half.size() - 10));
    asio::cancellation_signal signal;
    outcome<std::size_t> large, little;
    s->async_append(asio::buffer(half), check(large, signal.slot()));
    s->async_append(asio::buffer("b", 1), check(little));
    run();
    BOOST_TEST(little.is_pending());
    signal.emit(asio::cancellation_type::total);
    run();
    BOOST_TEST(large.error == asio::error::operation_aborted);
    BOOST_TEST(little.value() == 1u);
    work();
}

// C55
BOOST_AUTO_TEST_CASE(what_readers_can_see_is_not_cancelled)
{
    asio::cancellation_signal of_append, of_flush;
    outcome<std::size_t> appended;
    outcome<> flushed;
    s->async_append(asio::buffer("abc", 3), level::written, check(appended, of_append.slot()));
    s->async_flush(level::synced, check(flushed, of_flush.slot()));
    of_append.emit(asio::cancellation_type::total);
    of_flush.emit(asio::cancellation_type::total);
    run();
    BOOST_TEST(appended.is_pending());
    BOOST_TEST(flushed.error == asio::error::operation_aborted);
    work();
    BOOST_TEST(appended.value() == 3u);
    BOOST_TEST(kept->syncs == 0u);
}

BOOST_AUTO_TEST_CASE(a_flush_is_for_what_was_appended_before_it)
{
    outcome<> nothing, written, synced;
    s->async_flush(level::written, check(nothing));
    run();
    BOOST_TEST(!nothing.is_pending());
    s->append(asio::buffer("abc", 3));
    s->async_flush(level::written, check(written));
    s->async_flush(level::synced, check(synced));
    run();
    BOOST_TEST((written.is_pending() && synced.is_pending()));
    kept->on_sync = [&] {
        run();
        BOOST_TEST((!written.is_pending() && synced.is_pending()));
    };
    work();
    BOOST_TEST((!synced.is_pending() && !written.error && !synced.error));
    BOOST_TEST(kept->syncs == 1u);
}

BOOST_AUTO_TEST_CASE(a_closed_stream_is_finished_and_a_flush_waits_for_that)
{
    outcome<> flushed, again;
    s->append(asio::buffer("abc", 3));
    s->close();
    s->async_flush(level::synced, check(flushed));
    kept->on_finish = [&] {
        run();
        BOOST_TEST((kept->bytes == "abc" && flushed.is_pending()));
    };
    work();
    BOOST_TEST((kept->finished && !flushed.is_pending() && !flushed.error));
    s->async_flush(level::synced, check(again));
    run();
    BOOST_TEST(!again.is_pending());
}

// C3
BOOST_AUTO_TEST_CASE(an_abandoned_stream_is_written_to_its_end_and_never_finished)
{
    s->append(asio::buffer("abc", 3));
    s.reset();
    work();
    BOOST_TEST(kept->bytes == "abc");
    BOOST_TEST(!kept->finished);
    BOOST_TEST(kept->opened == 0u);
}

// C12 C55
BOOST_AUTO_TEST_CASE(who_destroys_the_handle_is_told_what_becomes_of_the_bytes)
{
    outcome<std::size_t> written, waits;
    outcome<> flushed;
    const std::string half(4 * mib, 'a');
    s->async_append(asio::buffer(half), level::written, check(written));
    s->async_append(asio::buffer(half), level::written, check(waits));
    s->async_flush(level::written, check(flushed));
    run();
    s.reset();
    work();
    BOOST_TEST((!written.error && written.value() == half.size()));
    BOOST_TEST(waits.error == errc::abandoned);
    BOOST_TEST(flushed.error == asio::error::operation_aborted);
}

BOOST_AUTO_TEST_CASE(a_stream_goes_on_where_its_storage_ends)
{
    fill(5 * mib);
    open();
    BOOST_TEST(s->size() == 5 * mib);
    BOOST_TEST(s->is_open());
    fill(3 * mib);
    s->close();
    work();
    BOOST_TEST((kept->bytes == bytes_at(0, 8 * mib)));
    open();
    BOOST_TEST(!s->is_open());
    BOOST_TEST((s->final_size() == 8 * mib));
}

// C40
BOOST_AUTO_TEST_CASE(a_removed_stream_is_deleted_when_the_last_reader_is_gone)
{
    fill(5 * mib);
    std::optional<reader> r(s->make_reader());
    s->close();
    outcome<> removed;
    s->async_remove(check(removed));
    work();
    BOOST_TEST((!kept->removed && removed.is_pending()));
    r.reset();
    work();
    BOOST_TEST((kept->removed && !removed.error && !removed.is_pending()));
    error_code ec;
    static_cast<void>(s->make_reader(0, ec));
    BOOST_TEST(ec == errc::removed);
}

// C13
BOOST_AUTO_TEST_CASE(a_context_ends_while_writers_wait_for_the_storage)
{
    outcome<std::size_t> written, waits;
    outcome<> flushed, removed;
    const std::string half(4 * mib, 'a');
    s->async_append(asio::buffer(half), level::written, check(written));
    s->async_append(asio::buffer(half), check(waits));
    s->async_flush(level::synced, check(flushed));
    s->async_remove(check(removed));
    destroy_context();
    BOOST_TEST((written.dropped && waits.dropped && flushed.dropped && removed.dropped));
    while (call_storage())
    {
    }
    BOOST_TEST((kept->bytes == half));
    context = std::make_unique<asio::io_context>(1);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::test
