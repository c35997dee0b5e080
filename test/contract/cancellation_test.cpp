// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// Cancelling: from where, when, and what it must not hit. Every operation at every strength is in the
// matrix.

#include "operation_run.hpp"
#include "threads_support.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <chrono>
#include <thread>

namespace spool::test {

namespace {

constexpr auto terminal = asio::cancellation_type::terminal;
constexpr auto total = asio::cancellation_type::total;

BOOST_FIXTURE_TEST_SUITE(contract_cancellation, world)

// C55
BOOST_AUTO_TEST_CASE(a_cancel_may_come_from_another_thread)
{
    for_each_operation([](world& w, checked_run& run) {
        asio::cancellation_signal signal;
        run.kind().make_waiting(w);
        run.start(w, signal.slot());
        std::thread([&] { quietly([&] { signal.emit(total); }); }).join();
        BOOST_TEST(run.is_pending());
        w.run();
        BOOST_TEST(run.error() == asio::error::operation_aborted);
        BOOST_TEST(w.r->offset() == 0u);
        w.s->commit(0); // where a write was made to wait
        w.append();
        BOOST_TEST(w.r->read_some(w.room()) == 5u);
    });
}

// C36
BOOST_AUTO_TEST_CASE(a_cancelled_wait_says_how_many_bytes_there_are)
{
    outcome<std::uint64_t> here, at;
    asio::cancellation_signal signal;
    append();
    r->async_wait(100, check(here, signal.slot()));
    r->async_wait_at(2, 100, check(at));
    quietly([&] { signal.emit(total); });
    append(" world");
    quietly([&] { r->cancel(); });
    run();
    for (const auto* w : {&here, &at})
        BOOST_TEST(w->error == asio::error::operation_aborted);
    BOOST_TEST((here.value() == 11u && at.value() == 9u));
    BOOST_TEST((r->offset() == 0u && r->read_some(room(11)) == 11u));
}

// C55
BOOST_AUTO_TEST_CASE(an_append_and_a_cancel_at_once_have_one_outcome)
{
    for (int round = 0; round != 1000; ++round)
    {
        asio::cancellation_signal signal;
        outcome<std::size_t> result;
        const std::uint64_t before = r->offset();
        r->async_read_some(room(), check(result, signal.slot()));
        on_threads(
            2, [&](std::size_t thread) { thread == 0 ? signal.emit(terminal) : append("x"); });
        run();
        BOOST_TEST(result.calls == 1u);
        if (result.error)
            BOOST_TEST((result.error == asio::error::operation_aborted && result.value() == 0u));
        else
            BOOST_TEST(result.value() == 1u);
        BOOST_TEST(r->offset() == before + result.value());
        r->seek(before); // cancelled or not, the byte is there
        BOOST_TEST(r->read_some(room()) == 1u);
    }
}

// C55
BOOST_AUTO_TEST_CASE(a_cancel_is_not_lost_while_others_keep_the_stream_busy)
{
    std::atomic<bool> done{false};
    std::thread busy([&] {
        while (!done)
            s->append(asio::const_buffer());
    });
    for (int round = 0; round != 1000; ++round)
    {
        asio::cancellation_signal signal;
        outcome<std::uint64_t> result;
        r->async_wait(1, check(result, signal.slot()));
        signal.emit(total);
        context->restart();
        context->run_for(std::chrono::seconds(60)); // returns as soon as nothing is pending
        BOOST_TEST(result.error == asio::error::operation_aborted);
    }
    done = true;
    busy.join();
}

// C55 C56
BOOST_AUTO_TEST_CASE(a_completion_that_was_decided_stands)
{
    for_each_operation([](world& w, checked_run& run) {
        asio::cancellation_signal signal;
        run.kind().make_waiting(w);
        run.start(w, signal.slot());
        quietly([&] {
            run.kind().satisfy(w);
            signal.emit(terminal);
            if (w.r)
                w.r->cancel();
        });
        w.run();
        BOOST_TEST((run.result().calls == 1u && !run.error()));
        BOOST_TEST(run.is_right(w));
    });
}

// C55
BOOST_AUTO_TEST_CASE(a_late_cancel_does_not_hit_the_next_operation_on_the_same_slot)
{
    asio::cancellation_signal signal;
    outcome<std::size_t> second;
    const auto go_on = [&](error_code ec, std::size_t n) {
        BOOST_TEST((!ec && n == 5u));
        r->async_read_some(room(), check(second, signal.slot()));
    };
    r->async_read_some(room(), asio::bind_cancellation_slot(signal.slot(), go_on));
    append();
    signal.emit(total); // the first was decided, and the second is not there yet
    run();
    BOOST_TEST(second.is_pending());
    signal.emit(total);
    run();
    BOOST_TEST(second.error == asio::error::operation_aborted);
    signal.emit(total); // nobody is there
}

// C55
BOOST_AUTO_TEST_CASE(after_the_last_operation_the_slot_is_empty)
{
    asio::cancellation_signal signal;
    bool was_empty = false;
    const auto look = [&](error_code, std::size_t) { was_empty = !signal.slot().has_handler(); };
    r->async_read_some(room(), asio::bind_cancellation_slot(signal.slot(), look));
    BOOST_TEST(signal.slot().has_handler());
    append();
    run();
    BOOST_TEST(was_empty);
    BOOST_TEST(!signal.slot().has_handler());
}

// C55
BOOST_AUTO_TEST_CASE(a_signal_may_end_or_serve_something_else_while_its_operation_waits)
{
    outcome<std::size_t> left_alone;
    asio::cancellation_signal replaced;
    bool other_called = false;
    {
        asio::cancellation_signal ended;
        outcome<std::size_t> cancelled;
        r->async_read_some(room(), check(cancelled, ended.slot()));
        ended.emit(total);
        run();
    }
    r->async_read_some(room(), check(left_alone, replaced.slot()));
    replaced.slot().assign([&](asio::cancellation_type) { other_called = true; });
    replaced.emit(total);
    run();
    BOOST_TEST((other_called && left_alone.is_pending()));
    append();
    run();
    BOOST_TEST(left_alone.value() == 5u);
}

// C55
BOOST_AUTO_TEST_CASE(an_operation_that_is_ready_is_not_cancelled)
{
    for_each_operation([](world& w, checked_run& run) {
        asio::cancellation_signal signal;
        run.kind().make_ready(w);
        run.start(w, signal.slot());
        signal.emit(total);
        w.run();
        BOOST_TEST((run.result().calls == 1u && !run.error()));
        BOOST_TEST(run.is_right(w));
    });
}

// C55
BOOST_AUTO_TEST_CASE(a_cancelled_write_leaves_no_trace_among_those_that_wait)
{
    static_cast<void>(s->prepare(3));
    asio::cancellation_signal signal;
    outcome<std::size_t> first, second, third;
    s->async_append(bytes("a"), check(first));
    s->async_append(bytes("b"), check(second, signal.slot()));
    s->async_append(bytes("c"), check(third));
    quietly([&] { signal.emit(asio::cancellation_type::partial); });
    quietly([&] { s->commit(0); });
    run();
    BOOST_TEST(second.error == asio::error::operation_aborted);
    BOOST_TEST((first.value() == 1u && second.value() == 0u && third.value() == 1u));
    BOOST_TEST(r->read_some(room()) == 2u);
    BOOST_TEST(read(2) == "ac");
}

// C56
BOOST_AUTO_TEST_CASE(cancelling_a_reader_hits_all_that_is_pending_and_nothing_else)
{
    outcome<std::size_t> some, some_at, at, later, others;
    outcome<std::uint64_t> wait, far_wait;
    outcome<view> lent;
    reader other = r->clone();
    r->async_read_some(room(), check(some));
    r->async_read_some_at(7, room(), check(some_at));
    r->async_read_at(0, room(), check(at));
    r->async_wait(1, check(wait));
    r->async_wait_at(UINT64_MAX, 1, check(far_wait));
    r->async_read_view_at(3, 1, check(lent));
    other.async_read_some(room(), check(others));
    quietly([&] { r->cancel(); });
    r->async_read_some_at(0, room(), check(later));
    run();
    for (const error_code& ec :
         {some.error, some_at.error, at.error, wait.error, far_wait.error, lent.error})
        BOOST_TEST(ec == asio::error::operation_aborted);
    BOOST_TEST((later.is_pending() && others.is_pending()));
    append();
    run();
    BOOST_TEST((later.value() == 5u && others.value() == 5u));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::test
