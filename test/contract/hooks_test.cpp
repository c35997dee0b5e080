// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// Whenever the library calls the user's code, another thread can use the library; and a handler that
// takes its time stops nobody but its own context.

#include "operation_run.hpp"
#include "support/other_thread.hpp"

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <functional>
#include <latch>
#include <thread>
#include <utility>

namespace spool::test {

namespace {

// A world where all user code has another thread use the same stream, and waits for it.
struct hooked_world : world
{
    asio::io_context far;
    reader spare{s->make_reader(far.get_executor())};
    std::size_t calls = 0;
    std::function<void()> hook = [this] {
        static thread_local bool inside = false;
        if (std::exchange(inside, true))
            return;
        ++calls;
        on_other_thread([this] { inside = true, use_stream(); });
        inside = false;
    };

    explicit hooked_world(bool with_tracking) : world(with_tracking)
    {
        record.on_execute = hook;
        site.memory.on_call = hook;
        site.on_move = hook;
    }

    // A drain waits for the last reader to be closed, and for what that had under way.
    void close_spare()
    {
        spare.close();
        far.restart();
        far.poll();
    }

    // All of this passes through the strand of the stream, and changes nothing.
    void use_stream()
    {
        error_code ec;
        reader other = spare.clone(ec);
        other.close();
        spare.async_wait_at(1000, 1, [](error_code, std::uint64_t) {});
        spare.cancel();
        if (s)
            s->append(asio::const_buffer(), ec);
    }
};

// How often at least the user's code is called for an operation that waits: an allocation and its end, a
// move into it and out of it, the destruction.
constexpr std::size_t few = 5;

BOOST_AUTO_TEST_SUITE(contract_hooks)

// C60
BOOST_AUTO_TEST_CASE(user_code_of_a_ready_operation_may_wait_for_other_threads)
{
    for_each_operation<hooked_world>([](hooked_world& w, checked_run& run) {
        run.kind().make_ready(w);
        run.on_call(w.hook);
        run.start(w);
        w.run();
        w.close_spare();
        w.run();
        BOOST_TEST((run.result().calls == 1u && !run.error()));
        BOOST_TEST(w.calls >= 3u); // a wake-up or a move, the call, and the end
    });
}

// C60
BOOST_AUTO_TEST_CASE(user_code_of_a_waiting_operation_may_wait_for_other_threads)
{
    for_each_operation<hooked_world>([](hooked_world& w, checked_run& run) {
        run.kind().make_waiting(w);
        run.on_call(w.hook);
        run.start(w);
        run.kind().satisfy(w);
        w.run();
        w.close_spare();
        w.run();
        BOOST_TEST((run.result().calls == 1u && !run.error()));
        BOOST_TEST(w.calls >= few);
    });
}

// C60
BOOST_AUTO_TEST_CASE(user_code_of_a_cancelled_operation_may_wait_for_other_threads)
{
    for_each_operation<hooked_world>([](hooked_world& w, checked_run& run) {
        asio::cancellation_signal signal;
        run.kind().make_waiting(w);
        run.start(w, signal.slot());
        signal.emit(asio::cancellation_type::terminal);
        w.run();
        BOOST_TEST(run.error() == asio::error::operation_aborted);
        BOOST_TEST(w.calls >= few);
    });
}

// C60
BOOST_AUTO_TEST_CASE(user_code_may_wait_for_other_threads_while_the_handle_is_destroyed)
{
    for_each_operation<hooked_world>([](hooked_world& w, checked_run& run) {
        run.kind().make_waiting(w);
        run.start(w);
        run.kind().destroy_handle(w);
        w.run();
        BOOST_TEST(run.error() == run.kind().after_handle());
        BOOST_TEST(w.calls >= few);
    });
}

// C13 C60
BOOST_AUTO_TEST_CASE(user_code_may_wait_for_other_threads_while_the_context_is_destroyed)
{
    for_each_operation<hooked_world>([](hooked_world& w, checked_run& run) {
        run.kind().make_waiting(w);
        run.start(w);
        const std::size_t before = w.calls;
        w.destroy_context();
        BOOST_TEST(run.is_dropped());
        BOOST_TEST(w.calls - before >= 2u); // memory and handler
    });
}

// C61
BOOST_FIXTURE_TEST_CASE(a_handler_that_takes_its_time_stops_nobody_else, world)
{
    io_fixture far;
    reader slow = s->make_reader(far.executor());
    std::latch entered(1), go_on(1);
    slow.async_read_some_at(0, room(1), [&](error_code, std::size_t) {
        entered.count_down();
        go_on.wait();
    });
    append();
    std::thread other([&] { far.run(); });
    entered.wait();
    // From here on every call would hang if it waited for that handler.
    outcome<std::size_t> mine, late;
    r->async_read_some(room(), check(mine));
    slow.async_read_some_at(9, asio::buffer(into), far.check(late));
    append("more");
    BOOST_TEST(slow.read_some(asio::buffer(into)) == 9u);
    slow.close();
    s->close();
    run();
    BOOST_TEST(mine.value() == 5u);
    go_on.count_down();
    other.join();
    far.run();
    BOOST_TEST(late.error == asio::error::operation_aborted);
}

// C61
BOOST_FIXTURE_TEST_CASE(a_call_that_cannot_go_on_returns_at_once, world)
{
    error_code ec;
    r->read_some(room(), ec);
    BOOST_TEST(ec == asio::error::would_block);
    static_cast<void>(s->prepare(1));
    s->append(bytes("x"), ec);
    BOOST_TEST(ec == asio::error::would_block);
    outcome<std::size_t> appended;
    outcome<std::uint64_t> wait;
    outcome<> removed;
    s->async_append(bytes("x"), check(appended));
    s->async_remove(check(removed));
    r->async_wait(1, check(wait));
    BOOST_TEST((appended.is_pending() && removed.is_pending() && wait.is_pending()));
    s->commit(0);
    s->close();
    r.reset();
    run();
    BOOST_TEST((appended.value() == 1u && removed.calls == 1u && wait.value() == 1u));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::test
