// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// Operations with a deadline. That everything else stays as it is without one, is in the matrix.

#include <spool/with_deadline.hpp>

#include "contract/world.hpp"
#include "support/counted_new.hpp"
#include "support/manual_clock.hpp"
#include "support/odd_handlers.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/system/system_error.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <exception>
#include <future>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

// GCC 12 takes Asio's operator new and delete of a coroutine for a mismatch.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

namespace spool::test {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds limit{10};

constexpr std::initializer_list<asio::cancellation_type> all_types{
    asio::cancellation_type::terminal,
    asio::cancellation_type::partial,
    asio::cancellation_type::total};

struct deadline_world : world
{
    asio::cancellation_signal signal;
    outcome<std::uint64_t> waited;
    outcome<std::size_t> read_some;

    template <class Operation, class Token>
    static auto within(Operation operation, Token&& token)
    {
        return quietly([&] {
            return with_deadline<manual_timer>(limit, std::move(operation), std::move(token));
        });
    }

    void wait(std::uint64_t n) { within(r->async_wait(n), check(waited, signal.slot())); }
    void read() { within(r->async_read_some(room()), check(read_some, signal.slot())); }

    void pass(milliseconds time = limit)
    {
        manual_clock::advance(time);
        run();
    }
};

BOOST_FIXTURE_TEST_SUITE(deadline, deadline_world)

// C36
BOOST_AUTO_TEST_CASE(a_wait_that_times_out_says_how_many_bytes_there_are)
{
    append();
    wait(100);
    pass(limit - milliseconds(1));
    BOOST_TEST(waited.is_pending());
    pass(milliseconds(1));
    BOOST_TEST((waited.error == errc::timed_out && waited.value() == 5u));
    BOOST_TEST(waited.error == boost::system::errc::timed_out);
}

// C55
BOOST_AUTO_TEST_CASE(a_read_that_times_out_has_read_nothing)
{
    read();
    pass();
    BOOST_TEST((read_some.error == errc::timed_out && read_some.value() == 0u));
    append();
    BOOST_TEST((r->offset() == 0u && r->read_some(room()) == 5u));
}

BOOST_AUTO_TEST_CASE(what_completes_in_time_is_not_touched_and_leaves_no_timer)
{
    wait(5);
    run();
    append();
    run();
    BOOST_TEST((!waited.error && waited.value() == 5u && is_out_of_work()));
    pass();
    BOOST_TEST(waited.calls == 1u);
}

// C55
BOOST_AUTO_TEST_CASE(what_is_decided_when_the_time_is_up_stands)
{
    read();
    run();
    append();
    pass();
    BOOST_TEST((!read_some.error && read_some.value() == 5u && r->offset() == 5u));
}

// C55
BOOST_AUTO_TEST_CASE(a_deadline_never_hits_a_later_operation)
{
    outcome<std::size_t> next;
    read();
    append();
    run();
    r->async_read_some(room(), check(next, signal.slot()));
    pass();
    BOOST_TEST(next.is_pending());
    quietly([&] { signal.emit(asio::cancellation_type::total); });
    run();
    BOOST_TEST(next.error == asio::error::operation_aborted);
}

BOOST_AUTO_TEST_CASE(with_no_time_an_operation_is_tried)
{
    outcome<std::size_t> first, second;
    const auto none = milliseconds(0);
    append();
    with_deadline<manual_timer>(none, r->async_read_some(room()), check(first));
    run();
    BOOST_TEST((!first.error && first.value() == 5u));
    with_deadline<manual_timer>(none, r->async_read_some(room()), check(second));
    run();
    BOOST_TEST(second.error == errc::timed_out);
}

// C55 C56
BOOST_AUTO_TEST_CASE(a_cancellation_from_outside_is_no_timeout)
{
    for (const auto type : all_types)
        for (const milliseconds time : {milliseconds(0), limit})
        {
            deadline_world w;
            w.read();
            w.run();
            quietly([&] { w.signal.emit(type); });
            w.pass(time);
            BOOST_TEST(w.read_some.error == asio::error::operation_aborted);
        }
    read();
    run();
    quietly([&] { r->cancel(); });
    run();
    BOOST_TEST(read_some.error == asio::error::operation_aborted);
}

// C55: the signal may be used again, and outlived.
BOOST_AUTO_TEST_CASE(a_slot_is_left_alone_afterwards)
{
    auto own = std::make_unique<asio::cancellation_signal>();
    within(r->async_wait(1), check(waited, own->slot()));
    append();
    waited.on_call = [&] { BOOST_TEST(!own->slot().has_handler()); };
    run();
    own->emit(asio::cancellation_type::total);
    own.reset();
    BOOST_TEST(!waited.error);
}

// C40: the recipe for shutting down.
BOOST_AUTO_TEST_CASE(a_drain_that_times_out_has_only_stopped_waiting)
{
    outcome<> drained, again;
    error_code ec;
    close();
    within(s->async_drain(), check(drained));
    pass();
    BOOST_TEST(drained.error == errc::timed_out);
    static_cast<void>(s->make_reader(0, ec));
    BOOST_TEST(ec == errc::draining);
    within(s->async_drain(), check(again));
    r.reset();
    run();
    BOOST_TEST(!again.error);
}

// C54
BOOST_AUTO_TEST_CASE(a_deadline_keeps_both_executors_at_work_until_the_handler_was_called)
{
    io_fixture far;
    within(r->async_read_some(room()), far.check(read_some));
    run();
    BOOST_TEST((!is_out_of_work() && !far.is_out_of_work()));
    append();
    run();
    BOOST_TEST(read_some.is_pending());
    far.run();
    BOOST_TEST((read_some.calls == 1u && is_out_of_work() && far.is_out_of_work()));
}

// C13
BOOST_AUTO_TEST_CASE(a_context_that_ends_drops_the_handler_whatever_has_happened)
{
    for (const int stage : {0, 1, 2})
        for (const bool is_far : {false, true})
        {
            io_fixture far;
            deadline_world w;
            auto token = is_far ? far.check(w.read_some) : w.check(w.read_some);
            within(w.r->async_read_some(w.room()), std::move(token));
            w.run();
            if (stage != 0)
                w.append();
            if (stage == 2 && is_far)
                w.run();
            is_far ? far.destroy_context() : w.destroy_context();
            BOOST_TEST((w.read_some.dropped && w.read_some.calls == 0u));
            if (is_far)
                w.run();
        }
}

// C13: nobody else may touch a handler of another context.
BOOST_AUTO_TEST_CASE(a_handler_whose_operation_went_with_its_context_is_dropped_on_its_own)
{
    for (const bool runs : {true, false})
    {
        io_fixture far;
        deadline_world w;
        within(w.r->async_read_some(w.room()), far.check(w.read_some));
        w.destroy_context();
        runs ? static_cast<void>(far.run()) : far.destroy_context();
        BOOST_TEST((w.read_some.dropped && w.read_some.calls == 0u));
    }
}

// C13
BOOST_AUTO_TEST_CASE(a_handler_that_owns_what_it_waits_on_goes_with_the_context)
{
    bool gone = false;
    const auto note = [&gone](reader* owned) {
        gone = true;
        delete owned;
    };
    std::shared_ptr<reader> owner(new reader(std::move(*r)), note);
    auto operation = owner->async_wait(1);
    within(std::move(operation), [o = std::move(owner)](error_code, std::uint64_t) {});
    run();
    BOOST_TEST(!gone);
    destroy_context();
    BOOST_TEST(gone);
}

// C13
BOOST_AUTO_TEST_CASE(an_operation_on_a_context_that_is_gone_is_dropped)
{
    auto operation = with_deadline<manual_timer>(limit, r->async_wait(1));
    destroy_context();
    std::move(operation)(check(waited));
    BOOST_TEST((waited.dropped && waited.calls == 0u));
}

// An operation that breaks the rules: it completes inside its initiation, and lets the timer end there.
struct hasty_initiation
{
    using executor_type = asio::any_io_executor;
    deadline_world* w;

    executor_type get_executor() const { return w->executor(); }

    template <class Handler>
    void operator()(Handler handler, bool completes) const
    {
        const std::size_t calls = std::exchange(library_calls, 0);
        manual_clock::advance(limit);
        w->run();
        if (completes)
            std::move(handler)(error_code(), std::uint64_t(7));
        else
            w->r->async_wait(1, std::move(handler));
        library_calls = calls;
    }
};

// C51
BOOST_AUTO_TEST_CASE(a_timer_that_is_up_before_the_operation_is_started)
{
    for (const bool completes : {false, true})
    {
        deadline_world w;
        auto hasty = asio::async_initiate<const asio::deferred_t&, void(error_code, std::uint64_t)>(
            hasty_initiation{&w}, asio::deferred, completes);
        within(std::move(hasty), w.check(w.waited));
        BOOST_TEST(w.waited.is_pending());
        w.run();
        BOOST_TEST(w.waited.calls == 1u);
        BOOST_TEST(w.waited.error == (completes ? error_code() : errc::timed_out));
    }
}

// C53: the handler checks that all of it was given back.
BOOST_AUTO_TEST_CASE(a_deadline_lives_in_memory_of_its_handler)
{
    read();
    run();
    const std::size_t n = read_some.memory.live;
    BOOST_TEST(n >= 3u); // the deadline, the wait of its timer, the read
    append();
    run();
    BOOST_TEST((read_some.calls == 1u && read_some.memory.total == n));
}

// Asio keeps a little memory per thread that runs a context, so all of it runs inside one.
struct chain
{
    reader& from;
    std::size_t left;
    std::size_t* news = nullptr; // at the step before the last ones

    void operator()(error_code, std::uint64_t)
    {
        if (left == 200)
            *news = counted_new().calls;
        if (left == 0)
            *news = counted_new().calls - *news;
        else if (--left; left % 2 == 0)
            with_deadline(std::chrono::hours(1), from.async_wait(0), *this);
        else
            with_deadline(std::chrono::hours(-1), from.async_wait(1), *this);
    }
};

// C53
BOOST_AUTO_TEST_CASE(in_steady_state_a_deadline_does_not_call_the_global_allocator)
{
    std::size_t news = 0;
    io_fixture plain(false);
    reader from = s->make_reader(plain.executor());
    with_deadline(std::chrono::hours(1), from.async_wait(0), chain{from, 400, &news});
    plain.context->run();
    BOOST_TEST(news == 0u);
}

// C59
BOOST_AUTO_TEST_CASE(a_long_chain_of_ready_operations_uses_bounded_stack)
{
    std::size_t news = 0;
    io_fixture plain(false);
    reader from = s->make_reader(plain.executor());
    with_deadline(std::chrono::hours(1), from.async_wait(0), chain{from, 200'000, &news});
    plain.context->run();
    BOOST_TEST(news == 0u);
}

// C57
BOOST_AUTO_TEST_CASE(odd_handlers_are_called)
{
    std::size_t calls = 0;
    within(r->async_wait(1), move_only_handler(calls));
    within(r->async_read_at(0, room()), move_only_handler(calls));
    within(r->async_read_view(1), large_handler(calls));
    within(r->async_wait(1), throwing_handler(calls));
    append();
    BOOST_CHECK_THROW(run(), handler_failure);
    pass();
    BOOST_TEST(calls == 4u);
}

// C50
BOOST_AUTO_TEST_CASE(a_deferred_deadline_begins_when_it_is_started)
{
    auto made = with_deadline<manual_timer>(limit, r->async_wait(1));
    BOOST_TEST(record.work == 0u);
    manual_clock::advance(limit);
    quietly([&] { std::move(made)(check(waited)); });
    run();
    BOOST_TEST(waited.is_pending());
    pass();
    BOOST_TEST(waited.error == errc::timed_out);
}

// C50: a future's handler belongs to the system executor, so another thread takes part.
BOOST_AUTO_TEST_CASE(a_future_is_timed_out)
{
    const auto get = [this](auto future) {
        while (future.wait_for(milliseconds(0)) != std::future_status::ready)
            run();
        return future.get();
    };
    auto read = with_deadline<manual_timer>(limit, r->async_read_some(room()), asio::use_future);
    append();
    BOOST_TEST(get(std::move(read)) == 5u);
    auto late = with_deadline<manual_timer>(limit, r->async_wait(1), asio::use_future);
    run();
    manual_clock::advance(limit);
    const auto is_timeout = [](const boost::system::system_error& e) {
        return e.code() == errc::timed_out;
    };
    BOOST_CHECK_EXCEPTION(get(std::move(late)), boost::system::system_error, is_timeout);
}

// C50 C52
BOOST_AUTO_TEST_CASE(a_coroutine_awaits_with_a_deadline)
{
    error_code thrown, reported;
    std::uint64_t there = 0, n = 0;
    const auto await = [&]() -> asio::awaitable<void> {
        there = co_await with_deadline<manual_timer>(limit, r->async_wait(5));
        std::tie(reported, n) = co_await with_deadline<manual_timer>(
            limit, r->async_wait(100), asio::as_tuple(asio::use_awaitable));
        try
        {
            co_await with_deadline<manual_timer>(limit, s->async_drain());
        }
        catch (const boost::system::system_error& e)
        {
            thrown = e.code();
        }
    };
    asio::co_spawn(executor(), await, asio::detached);
    append();
    run();
    pass();
    pass();
    BOOST_TEST((there == 5u && n == 5u));
    BOOST_TEST((reported == errc::timed_out && thrown == errc::timed_out));
}

// Composed operations of others, on a strand.
BOOST_AUTO_TEST_CASE(a_composed_operation_is_timed_out_with_what_it_has)
{
    std::string text;
    const auto strand = asio::make_strand(executor());
    const auto read_line = [&] {
        return asio::async_read_until(*r, asio::dynamic_buffer(text), '\n', asio::deferred);
    };
    outcome<std::size_t> line, all;
    site.executor = strand;
    append();
    within(read_line(), check(line));
    run();
    append(" world");
    pass();
    BOOST_TEST((line.error == errc::timed_out && text == "hello world"));
    append("!\n");
    within(with_deadline<manual_timer>(2 * limit, read_line()), check(all));
    run();
    BOOST_TEST((!all.error && all.value() == 13u));
}

BOOST_AUTO_TEST_CASE(an_operation_of_asio_is_timed_out)
{
    outcome<> slept;
    asio::steady_timer timer(executor(), std::chrono::hours(1));
    within(timer.async_wait(asio::deferred), check(slept));
    run();
    pass();
    BOOST_TEST(slept.error == errc::timed_out);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::test
