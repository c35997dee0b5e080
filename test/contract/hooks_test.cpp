// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// Whenever the library calls the user's code, another thread can use the library; and a handler that
// takes its time stops nobody but its own context.

#include "operations.hpp"
#include "support/other_thread.hpp"

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <functional>
#include <latch>
#include <thread>
#include <type_traits>
#include <utility>

namespace spool::test {

namespace {

// A checking handler that has a hook called whenever it is moved, called or destroyed.
template <class... Values>
struct hooked_handler : checking_handler<Values...>
{
    const std::function<void()>* hook;

    hooked_handler(checking_handler<Values...>&& h, const std::function<void()>& f)
        : checking_handler<Values...>(std::move(h)), hook(&f)
    {
    }
    hooked_handler(hooked_handler&& other) noexcept
        : checking_handler<Values...>(std::move(other)), hook(other.hook)
    {
        (*hook)();
    }
    ~hooked_handler() { (*hook)(); }

    void operator()(error_code ec, Values... values) &&
    {
        (*hook)();
        static_cast<checking_handler<Values...>&&> (*this)(ec, std::move(values)...);
    }
};

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

    hooked_world()
    {
        record.on_execute = hook;
        site.memory.on_call = hook;
    }
    ~hooked_world()
    {
        record.on_execute = nullptr;
        site.memory.on_call = nullptr;
    }

    // A drain waits for the last reader.
    template <class Operation>
    void let_drain()
    {
        if constexpr (std::is_base_of_v<any_ending, Operation>)
        {
            spare.close();
            far.restart();
            far.poll();
        }
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

template <class Operation, class... Values>
void start_hooked(hooked_world& w, outcome<Values...>& result, asio::cancellation_slot slot)
{
    Operation::start(w, hooked_handler<Values...>(w.check(result, slot), w.hook));
}

BOOST_AUTO_TEST_SUITE(contract_hooks)

// C60
BOOST_FIXTURE_TEST_CASE_TEMPLATE(
    user_code_of_a_ready_operation_may_wait_for_other_threads,
    Operation,
    all_operations,
    hooked_world)
{
    outcome_of<typename Operation::values> result;
    Operation::make_ready(*this);
    let_drain<Operation>();
    start_hooked<Operation>(*this, result, {});
    run();
    BOOST_TEST((result.calls == 1u && !result.error));
    BOOST_TEST(calls > 5u);
    s->commit(0);
}

// C60
BOOST_FIXTURE_TEST_CASE_TEMPLATE(
    user_code_of_a_waiting_operation_may_wait_for_other_threads,
    Operation,
    all_operations,
    hooked_world)
{
    outcome_of<typename Operation::values> result;
    Operation::make_waiting(*this);
    start_hooked<Operation>(*this, result, {});
    Operation::satisfy(*this);
    let_drain<Operation>();
    run();
    BOOST_TEST((result.calls == 1u && !result.error));
    BOOST_TEST(calls > 5u);
    s->commit(0);
}

// C60
BOOST_FIXTURE_TEST_CASE_TEMPLATE(
    user_code_of_a_cancelled_operation_may_wait_for_other_threads,
    Operation,
    all_operations,
    hooked_world)
{
    outcome_of<typename Operation::values> result;
    asio::cancellation_signal signal;
    Operation::make_waiting(*this);
    start_hooked<Operation>(*this, result, signal.slot());
    signal.emit(asio::cancellation_type::terminal);
    run();
    BOOST_TEST(result.error == asio::error::operation_aborted);
    BOOST_TEST(calls > 5u);
}

// C60
BOOST_FIXTURE_TEST_CASE_TEMPLATE(
    user_code_may_wait_for_other_threads_while_the_handle_is_destroyed,
    Operation,
    all_operations,
    hooked_world)
{
    outcome_of<typename Operation::values> result;
    Operation::make_waiting(*this);
    start_hooked<Operation>(*this, result, {});
    Operation::destroy_handle(*this);
    run();
    BOOST_TEST(result.error == Operation::after_handle());
    BOOST_TEST(calls > 5u);
}

// C13 C60
BOOST_FIXTURE_TEST_CASE_TEMPLATE(
    user_code_may_wait_for_other_threads_while_the_context_is_destroyed,
    Operation,
    all_operations,
    hooked_world)
{
    outcome_of<typename Operation::values> result;
    Operation::make_waiting(*this);
    start_hooked<Operation>(*this, result, {});
    const std::size_t before = calls;
    destroy_context();
    BOOST_TEST((result.calls == 0u && result.dropped));
    BOOST_TEST(calls > before);
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
