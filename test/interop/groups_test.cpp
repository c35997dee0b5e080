// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// Operations started together, of which some are cancelled: `||`, `&&`, parallel groups, timeouts.

#include "support/manual_clock.hpp"
#include "token_play.hpp"

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/multiple_exceptions.hpp>
#include <boost/asio/use_awaitable.hpp>
#if BOOST_ASIO_VERSION >= 103100
#include <boost/asio/cancel_after.hpp>
#endif

#include <array>
#include <chrono>
#include <exception>
#include <tuple>

namespace spool::test {

namespace {

using namespace asio::experimental::awaitable_operators;
using asio::use_awaitable;

constexpr std::chrono::hours timeout(1);

struct group : world
{
    manual_timer timer{executor()};
    std::exception_ptr thrown;

    void spawn(asio::awaitable<void> coroutine)
    {
        asio::co_spawn(
            executor(), std::move(coroutine), [this](std::exception_ptr e) { thrown = e; });
    }

    // Lets the timer expire.
    void expire()
    {
        manual_clock::advance(timeout);
        run();
    }
};

// Which of the two came first: the operation, or the timer.
template <class Operation>
asio::awaitable<void> race(group& g, std::size_t& index)
{
    g.timer.expires_after(timeout);
    const auto first =
        co_await (Operation::start(g, use_awaitable) || g.timer.async_wait(use_awaitable));
    index = first.index();
}

asio::awaitable<void> both(group& g, reader& other, std::array<char, 2>& to, std::size_t& sum)
{
    const auto [first, second] = co_await (
        g.r->async_read_some(g.room(), use_awaitable) &&
        other.async_read_some(asio::buffer(to), use_awaitable));
    sum = first + second;
}

using operations = std::tuple<reading, writing>;

BOOST_AUTO_TEST_SUITE(interop_groups)

// C50 C55
BOOST_AUTO_TEST_CASE_TEMPLATE(a_timer_that_wins_cancels_without_a_trace, Operation, operations)
{
    group g;
    std::size_t index = 2;
    Operation::make_waiting(g);
    g.spawn(race<Operation>(g, index));
    g.run();
    BOOST_TEST(index == 2u);
    g.expire();
    BOOST_TEST((index == 1u && !g.thrown));
    Operation::satisfy(g);
    BOOST_TEST(!Operation::is_done(g));
    BOOST_TEST(g.r->offset() == 0u);
    outcome<std::size_t> next;
    Operation::start(g, g.check(next));
    g.run();
    BOOST_TEST((next.value() == 5u && Operation::is_done(g)));
}

// C50
BOOST_AUTO_TEST_CASE_TEMPLATE(an_operation_that_wins_cancels_the_timer, Operation, operations)
{
    group g;
    std::size_t index = 2;
    Operation::make_waiting(g);
    g.spawn(race<Operation>(g, index));
    g.run();
    Operation::satisfy(g);
    g.run();
    BOOST_TEST((index == 0u && !g.thrown));
    BOOST_TEST(Operation::is_done(g));
    BOOST_TEST(g.is_out_of_work());
}

// C11 C50
BOOST_AUTO_TEST_CASE(two_readers_are_awaited_together)
{
    group g;
    reader other = g.r->clone();
    std::array<char, 2> to{};
    std::size_t sum = 0;
    g.spawn(both(g, other, to, sum));
    g.run();
    g.append();
    g.run();
    BOOST_TEST((sum == 7u && !g.thrown));
    BOOST_TEST((g.r->offset() == 5u && other.offset() == 2u));
}

// C50 C55
BOOST_AUTO_TEST_CASE(one_of_two_readers_that_fails_cancels_the_other)
{
    group g;
    stream failed(g.executor());
    reader other = failed.make_reader();
    std::array<char, 2> to{};
    std::size_t sum = 0;
    g.spawn(both(g, other, to, sum));
    g.run();
    failed.abort(cause);
    g.run();
    BOOST_CHECK_THROW(std::rethrow_exception(g.thrown), asio::multiple_exceptions);
    g.append();
    BOOST_TEST((sum == 0u && g.r->read_some(g.room()) == 5u));
}

// C50 C55
BOOST_AUTO_TEST_CASE_TEMPLATE(a_parallel_group_ends_with_its_first, Operation, operations)
{
    for (const bool satisfied : {true, false})
    {
        group g;
        std::array<std::size_t, 2> order{9, 9};
        error_code error = cause;
        g.timer.expires_after(timeout);
        Operation::make_waiting(g);
        asio::experimental::make_parallel_group(
            Operation::start(g, asio::deferred), g.timer.async_wait(asio::deferred))
            .async_wait(
                asio::experimental::wait_for_one(),
                [&](auto finished, error_code ec, std::size_t n, error_code) {
                    order = finished;
                    error = ec;
                    BOOST_TEST(n == (satisfied ? 5u : 0u));
                });
        g.run();
        satisfied ? Operation::satisfy(g) : manual_clock::advance(timeout);
        g.run();
        BOOST_TEST(order[0] == (satisfied ? 0u : 1u));
        BOOST_TEST(error == (satisfied ? error_code() : asio::error::operation_aborted));
        BOOST_TEST(Operation::is_done(g) == satisfied);
    }
}

// C50 C55
BOOST_AUTO_TEST_CASE_TEMPLATE(a_slot_reaches_the_operation_through_the_token, Operation, operations)
{
    using handler = asio::any_completion_handler<void(error_code, std::size_t)>;
    for (const auto type :
         {asio::cancellation_type::terminal,
          asio::cancellation_type::partial,
          asio::cancellation_type::total})
    {
        group g;
        asio::cancellation_signal signal;
        result got(g);
        auto bound = asio::bind_cancellation_slot(signal.slot(), std::ref(got));
        Operation::make_waiting(g);
        Operation::start(g, handler(std::move(bound)));
        g.run();
        quietly([&] { signal.emit(type); });
        g.run();
        BOOST_TEST((got.calls == 1u && got.bytes == 0u));
        BOOST_TEST(got.error == asio::error::operation_aborted);
        g.s->commit(0);
        BOOST_TEST(!Operation::is_done(g));
    }
}

#if BOOST_ASIO_VERSION >= 103100
template <class Operation>
asio::awaitable<void> await_in_time(group& g, error_code& ec)
{
    const auto [error, n] =
        co_await Operation::start(g, asio::as_tuple(asio::cancel_after(g.timer, timeout)));
    ec = error;
    BOOST_TEST(n == 0u);
}

// C50 C55
BOOST_AUTO_TEST_CASE_TEMPLATE(what_takes_too_long_is_cancelled, Operation, operations)
{
    group g;
    error_code error;
    Operation::make_waiting(g);
    g.spawn(await_in_time<Operation>(g, error));
    g.run();
    BOOST_TEST(!error);
    g.expire();
    BOOST_TEST((error == asio::error::operation_aborted && !g.thrown));
    Operation::satisfy(g);
    BOOST_TEST(!Operation::is_done(g));
}
#endif

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::test
