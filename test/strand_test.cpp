// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "effects.hpp"
#include "strand.hpp"

#include <boost/test/unit_test.hpp>

#include <deque>
#include <functional>
#include <thread>
#include <vector>

namespace spool::detail {

namespace {

struct job : task
{
    std::function<void(effects&)> function;

    explicit job(std::function<void(effects&)> f) : function(std::move(f))
    {
        run_ = [](task& t, effects& e) { static_cast<job&>(t).function(e); };
    }
};

BOOST_AUTO_TEST_SUITE(strand_rules)

BOOST_AUTO_TEST_CASE(an_idle_strand_runs_what_comes_at_once)
{
    strand s;
    int runs = 0;
    job j([&](effects&) { ++runs; });
    s.post(j);
    BOOST_TEST(runs == 1);
    s.run([&](effects&) { ++runs; });
    BOOST_TEST(runs == 2);
    BOOST_TEST(s.try_run([&](effects&) { ++runs; }));
    BOOST_TEST(runs == 3);
}

BOOST_AUTO_TEST_CASE(what_is_posted_from_inside_runs_afterwards_in_order)
{
    strand s;
    std::vector<int> order;
    std::deque<job> jobs;
    for (int i = 0; i != 5; ++i)
        jobs.emplace_back([&, i](effects&) { order.push_back(i); });
    job nested([&](effects&) {
        s.post(jobs[3]);
        s.post(jobs[4]);
        order.push_back(10);
    });
    s.run([&](effects&) {
        s.post(jobs[0]);
        s.post(jobs[1]);
        s.post(nested);
        s.post(jobs[2]);
        order.push_back(9);
    });
    BOOST_TEST((order == std::vector<int>{9, 0, 1, 10, 2, 3, 4}));
}

// C61
BOOST_AUTO_TEST_CASE(a_strand_that_is_taken_is_not_entered)
{
    strand s;
    s.run(
        [&](effects&) { BOOST_TEST(!s.try_run([](effects&) { BOOST_ERROR("entered twice"); })); });
    BOOST_TEST(s.try_run([](effects&) {}));
}

BOOST_AUTO_TEST_CASE(a_post_leaves_a_task_that_may_vanish_while_it_runs)
{
    strand s;
    auto* const self_destroying = new job([](effects&) {});
    self_destroying->run_ = [](task& t, effects&) { delete static_cast<job*>(&t); };
    job after([](effects&) {});
    s.run([&](effects&) {
        s.post(*self_destroying);
        s.post(after);
    });
    BOOST_TEST(s.try_run([](effects&) {}));
}

BOOST_AUTO_TEST_CASE(functions_of_several_threads_never_overlap)
{
    strand s;
    int inside = 0;
    int total = 0;
    const auto hammer = [&] {
        for (int i = 0; i != 5000; ++i)
            s.run([&](effects&) {
                total += ++inside == 1 ? 1 : 0;
                --inside;
            });
    };
    std::thread other(hammer);
    hammer();
    other.join();
    BOOST_TEST(total == 10000);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::detail
