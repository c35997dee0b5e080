// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "row.hpp"
#include "state.hpp"
#include "support/chance.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <vector>

namespace spool::detail {

namespace {

struct waiter final : operation
{
    explicit waiter(std::uint64_t awaited) noexcept : operation(nullptr) { awaited_ = awaited; }
};

std::vector<std::uint64_t> awaited_in(operation_list& list)
{
    std::vector<std::uint64_t> all;
    while (!list.empty())
        all.push_back(list.pop_front().awaited_);
    return all;
}

using offsets = std::vector<std::uint64_t>;

BOOST_AUTO_TEST_SUITE(row_rules)

BOOST_AUTO_TEST_CASE(a_list_is_first_in_first_out)
{
    operation_list list;
    waiter a(1), b(2), c(3);
    BOOST_TEST(list.empty());
    list.push_back(a);
    list.push_back(b);
    list.push_back(c);
    BOOST_TEST(&list.front() == &a);
    operation_list::erase(b);
    BOOST_TEST((b.place_ == place::none && a.place_ == place::list));
    BOOST_TEST((awaited_in(list) == offsets{1, 3}));
    BOOST_TEST(list.empty());
}

BOOST_AUTO_TEST_CASE(a_list_grows_at_either_end)
{
    operation_list list, other, none;
    waiter a(1), b(2), c(3), d(4);
    list.push_back(b);
    other.push_back(c);
    other.push_back(d);
    list.append(other);
    BOOST_TEST(other.empty());
    list.append(none);
    list.push_front(a);
    BOOST_TEST((a.place_ == place::list));
    BOOST_TEST((awaited_in(list) == offsets{1, 2, 3, 4}));
}

// C72
BOOST_AUTO_TEST_CASE(only_what_was_reached_is_taken)
{
    row r;
    waiter a(1), b(2), c(3), d(max_offset);
    for (waiter* w : {&d, &c, &b, &a})
        r.park(*w, 0);
    operation_list reached;
    r.take_reached(2, reached);
    BOOST_TEST((awaited_in(reached) == offsets{1, 2}));
    r.take_reached(max_offset - 1, reached);
    BOOST_TEST((awaited_in(reached) == offsets{3}));
    r.erase(d);
}

// A port may look at a stream that has not grown.
BOOST_AUTO_TEST_CASE(at_the_same_size_nobody_is_taken)
{
    row r;
    waiter next(11), later(12);
    for (waiter* w : {&next, &later})
        r.park(*w, 10);
    operation_list reached;
    r.take_reached(10, reached);
    BOOST_TEST(reached.empty());
    r.take_reached(11, reached);
    BOOST_TEST((awaited_in(reached) == offsets{11}));
    r.erase(later);
}

BOOST_AUTO_TEST_CASE(an_erased_waiter_is_gone_wherever_it_stood)
{
    row r;
    waiter next(11), later(12), last(13);
    for (waiter* w : {&next, &later, &last})
        r.park(*w, 10);
    BOOST_TEST((next.place_ == place::list && later.place_ == place::tree));
    r.erase(next);
    r.erase(later);
    BOOST_TEST((next.place_ == place::none && later.place_ == place::none));
    operation_list reached;
    r.take_reached(max_offset, reached);
    BOOST_TEST((awaited_in(reached) == offsets{13}));
}

BOOST_AUTO_TEST_CASE(waiters_for_the_end_are_taken_apart_from_those_for_bytes)
{
    row r;
    waiter bytes(20), end(max_offset), far(max_offset);
    end.role_ = detail::role::ends;
    for (waiter* w : {&bytes, &end, &far})
        r.park(*w, 0);
    operation_list taken;
    r.take_end_waiters(taken);
    BOOST_TEST(&taken.pop_front() == &end);
    BOOST_TEST(taken.empty());
    r.erase(bytes);
    r.erase(far);
}

// A random script of parking, taking out and growing, next to a multimap that does the same.
void run_script(std::uint64_t seed)
{
    test::chance c(seed);
    row r;
    std::deque<waiter> waiters;
    std::multimap<std::uint64_t, waiter*> oracle;
    std::uint64_t size = c.below(5);
    for (int step = 0; step != 300; ++step)
    {
        const std::size_t what = c.below(4);
        if (what < 2)
        {
            waiter& w = waiters.emplace_back(size + 1 + (c.coin() ? 0 : c.below(40)));
            r.park(w, size);
            oracle.emplace(w.awaited_, &w);
        }
        else if (what == 2 && !oracle.empty())
        {
            const auto i =
                std::next(oracle.begin(), static_cast<std::ptrdiff_t>(c.below(oracle.size())));
            r.erase(*i->second);
            oracle.erase(i);
        }
        else
        {
            size += 1 + c.below(6);
            operation_list reached;
            r.take_reached(size, reached);
            std::set<operation*> taken, expected;
            while (!reached.empty())
                taken.insert(&reached.pop_front());
            for (; !oracle.empty() && oracle.begin()->first <= size; oracle.erase(oracle.begin()))
                expected.insert(oracle.begin()->second);
            BOOST_TEST((taken == expected), "seed " << seed << ", step " << step);
        }
        const std::uint64_t least = oracle.empty() ? max_offset : oracle.begin()->first;
        BOOST_TEST(r.least_awaited() == least, "seed " << seed << ", step " << step);
    }
    for (const auto& [awaited, w] : oracle)
        r.erase(*w);
}

BOOST_AUTO_TEST_CASE(a_row_does_what_a_sorted_container_does)
{
    for (std::uint64_t seed = 0; seed != 300; ++seed)
        run_script(seed);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::detail
