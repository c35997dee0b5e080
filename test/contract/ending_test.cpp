// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// Draining and removing.

#include "world.hpp"

#include <boost/asio/cancellation_signal.hpp>
#include <boost/test/unit_test.hpp>

namespace spool::test {

namespace {

BOOST_FIXTURE_TEST_SUITE(contract_ending, world)

// C40
BOOST_AUTO_TEST_CASE(a_drain_refuses_new_readers_and_leaves_the_others_alone)
{
    outcome<> drained;
    append();
    s->async_drain(check(drained));
    error_code ec;
    static_cast<void>(s->make_reader(0, ec));
    BOOST_TEST(ec == errc::draining);
    static_cast<void>(r->clone(ec));
    BOOST_TEST(ec == errc::draining);
    BOOST_CHECK_THROW(static_cast<void>(s->make_reader()), boost::system::system_error);
    BOOST_TEST(r->read_some(room()) == 5u);
    append("more");
    BOOST_TEST(r->read_some(room()) == 4u);
    s->close();
    run();
    BOOST_TEST(drained.is_pending());
    r->close();
    run();
    BOOST_TEST((drained.calls == 1u && !drained.error));
}

// C40
BOOST_AUTO_TEST_CASE(a_drain_waits_for_the_writer_too)
{
    outcome<> drained;
    s->async_drain(check(drained));
    r.reset();
    run();
    BOOST_TEST(drained.is_pending());
    quietly([&] { s->abort(cause); });
    run();
    BOOST_TEST((drained.calls == 1u && !drained.error));
}

// C40
BOOST_AUTO_TEST_CASE(cancelling_a_drain_stops_the_waiting_only)
{
    asio::cancellation_signal signal;
    outcome<> cancelled, drained;
    s->async_drain(check(cancelled, signal.slot()));
    s->async_drain(check(drained));
    signal.emit(asio::cancellation_type::total);
    run();
    BOOST_TEST(cancelled.error == asio::error::operation_aborted);
    BOOST_TEST(drained.is_pending());
    error_code ec;
    static_cast<void>(s->make_reader(0, ec));
    BOOST_TEST(ec == errc::draining);
    s->close();
    r->close();
    run();
    BOOST_TEST((drained.calls == 1u && !drained.error));
}

// C40
BOOST_AUTO_TEST_CASE(a_removed_stream_makes_no_readers)
{
    outcome<> removed, again;
    append();
    s->close();
    s->async_remove(check(removed));
    error_code ec;
    static_cast<void>(s->make_reader(0, ec));
    BOOST_TEST(ec == errc::draining);
    const view kept = r->read_view(5);
    r->close();
    run();
    BOOST_TEST((removed.calls == 1u && !removed.error));
    static_cast<void>(s->make_reader(0, ec));
    BOOST_TEST(ec == errc::removed);
    BOOST_TEST(std::string_view(static_cast<const char*>(kept.begin()->data()), 5) == "hello");
    s->async_remove(check(again));
    run();
    BOOST_TEST((again.calls == 1u && !again.error));
}

// C40
BOOST_AUTO_TEST_CASE(a_drain_that_becomes_a_removal_completes_both)
{
    outcome<> drained, removed;
    s->async_drain(check(drained));
    s->async_remove(check(removed));
    s->close();
    r->close();
    run();
    BOOST_TEST((drained.calls == 1u && !drained.error));
    BOOST_TEST((removed.calls == 1u && !removed.error));
}

// C40 C55
BOOST_AUTO_TEST_CASE(a_read_that_was_decided_gets_its_bytes_before_they_are_removed)
{
    outcome<std::size_t> decided;
    outcome<> removed;
    r->async_read_some(room(), check(decided));
    append();
    s->close();
    s->async_remove(check(removed));
    r->close();
    run();
    BOOST_TEST(decided.value() == 5u);
    BOOST_TEST(read(5) == "hello");
    BOOST_TEST((removed.calls == 1u && !removed.error));
}

// C41
BOOST_AUTO_TEST_CASE(readers_that_went_away_do_not_hold_up_a_drain)
{
    outcome<> drained;
    outcome<std::size_t> read;
    append();
    {
        reader never_read = r->clone();
        reader moved_from = r->clone();
        reader moved_to = std::move(moved_from);
        reader waiting = s->make_reader(5);
        waiting.async_read_some(room(), check(read));
        s->async_drain(check(drained));
        s->close();
        r->close();
        run();
        BOOST_TEST(drained.is_pending());
    }
    run();
    BOOST_TEST((drained.calls == 1u && !drained.error));
}

// C41
BOOST_AUTO_TEST_CASE(a_reader_whose_context_is_gone_does_not_hold_up_a_drain_once_closed)
{
    outcome<> drained;
    auto other = std::make_unique<asio::io_context>();
    reader far = s->make_reader(other->get_executor());
    far.async_read_some(room(), [](error_code, std::size_t) {});
    other.reset();
    s->async_drain(check(drained));
    s->close();
    r->close();
    far.close();
    run();
    BOOST_TEST((drained.calls == 1u && !drained.error));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::test
