// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// The kit itself: that its executor is one, and that it depends on nothing but the seed.

#include "support/deterministic_executor.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/defer.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/test/unit_test.hpp>

#include <stdexcept>
#include <vector>

namespace {

namespace asio = boost::asio;
using spool::test::chance;
using spool::test::deterministic_context;
using deterministic_executor = deterministic_context::executor_type;

static_assert(asio::execution::is_executor<deterministic_executor>::value);
static_assert(std::is_convertible_v<deterministic_executor, asio::any_io_executor>);

std::vector<int> order_with(std::uint64_t seed)
{
    chance c(seed);
    deterministic_context context(c);
    std::vector<int> order;
    for (int i = 0; i != 20; ++i)
        asio::post(context, [&order, i] { order.push_back(i); });
    context.run();
    return order;
}

} // namespace

BOOST_AUTO_TEST_SUITE(support)

BOOST_AUTO_TEST_CASE(the_same_seed_gives_the_same_order)
{
    BOOST_TEST(order_with(7) == order_with(7), boost::test_tools::per_element());
    BOOST_TEST((order_with(7) != order_with(8)));
    BOOST_TEST(order_with(7).size() == 20u);
}

BOOST_AUTO_TEST_CASE(a_strand_over_it_keeps_the_order)
{
    for (std::uint64_t seed = 0; seed != 100; ++seed)
    {
        chance c(seed);
        deterministic_context context(c);
        const auto strand = asio::make_strand(asio::any_io_executor(context.get_executor()));
        int next = 0;
        for (int i = 0; i != 10; ++i)
            asio::post(strand, [&next, i] { BOOST_TEST(next++ == i); });
        context.run();
        BOOST_TEST(next == 10);
    }
}

BOOST_AUTO_TEST_CASE(a_dispatch_from_inside_is_inline_or_not_by_chance_and_a_post_never)
{
    int inlined = 0;
    for (std::uint64_t seed = 0; seed != 100; ++seed)
    {
        chance c(seed);
        deterministic_context context(c);
        bool inside = false;
        asio::post(context, [&] {
            inside = true;
            asio::dispatch(context, [&] { inlined += inside ? 1 : 0; });
            asio::post(context, [&] { BOOST_TEST(!inside); });
            asio::defer(context, [&] { BOOST_TEST(!inside); });
            inside = false;
        });
        BOOST_TEST(context.run() >= 3u);
    }
    BOOST_TEST(inlined > 10);
    BOOST_TEST(inlined < 90);
}

BOOST_AUTO_TEST_CASE(work_is_counted)
{
    chance c(1);
    deterministic_context context(c);
    BOOST_TEST(context.is_idle());
    {
        const auto guard = asio::make_work_guard(asio::any_io_executor(context.get_executor()));
        BOOST_TEST(context.work() == 1u);
        const auto tracked =
            asio::prefer(context.get_executor(), asio::execution::outstanding_work.tracked);
        const auto copy = tracked;
        BOOST_TEST(context.work() == 3u);
        BOOST_TEST((copy == tracked && copy != context.get_executor()));
    }
    BOOST_TEST(context.is_idle());
}

BOOST_AUTO_TEST_CASE(an_exception_leaves_through_run)
{
    chance c(1);
    deterministic_context context(c);
    asio::post(
        context, [&] { asio::dispatch(context, [] { throw std::runtime_error("thrown"); }); });
    BOOST_CHECK_THROW(context.run(), std::runtime_error);
    BOOST_TEST(context.is_idle());
}

BOOST_AUTO_TEST_CASE(what_is_queued_at_the_end_is_destroyed_uninvoked)
{
    const auto owned = std::make_shared<int>(0);
    {
        chance c(1);
        deterministic_context context(c);
        asio::post(context, [owned] { ++*owned; });
    }
    BOOST_TEST(*owned == 0);
    BOOST_TEST(owned.use_count() == 1);
}

BOOST_AUTO_TEST_SUITE_END()
