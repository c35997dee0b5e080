// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include <spool/detail/read_actions.hpp>
#include <spool/detail/reader_state.hpp>

#include "state.hpp"

#include <boost/test/unit_test.hpp>

namespace spool::detail {

namespace {

BOOST_AUTO_TEST_SUITE(cursor_rules)

// C30
BOOST_AUTO_TEST_CASE(a_read_that_need_not_wait_moves_it)
{
    cursor c(5);
    BOOST_TEST((c.idle() && c.offset() == 5u));
    c.move({8, 3});
    BOOST_TEST((c.idle() && c.offset() == 8u));
}

// C30
BOOST_AUTO_TEST_CASE(a_read_that_waits_moves_it_when_it_lands)
{
    cursor c(5);
    c.begin();
    BOOST_TEST((!c.idle() && c.offset() == 5u));
    c.land({9, 0});
    BOOST_TEST((c.idle() && c.offset() == 9u));
}

// C55
BOOST_AUTO_TEST_CASE(a_read_that_was_cancelled_leaves_it_where_it_was)
{
    cursor c(5);
    c.begin();
    c.land({5, 0});
    BOOST_TEST((c.idle() && c.offset() == 5u));
    c.begin();
    BOOST_TEST(c.offset() == 5u);
    c.land({6, 0});
    BOOST_TEST(c.offset() == 6u);
}

// C38
BOOST_AUTO_TEST_CASE(a_seek_while_a_read_waits_wins_over_its_landing)
{
    cursor c(5);
    c.begin();
    c.seek(100);
    BOOST_TEST((c.offset() == 100u && !c.idle()));
    c.land({9, 0});
    BOOST_TEST((c.offset() == 100u && c.idle()));
    c.begin();
    c.land({101, 0});
    BOOST_TEST(c.offset() == 101u);
}

// C38
BOOST_AUTO_TEST_CASE(a_seek_after_the_landing_wins_too)
{
    cursor c(5);
    c.begin();
    c.land({9, 0});
    c.seek(0);
    BOOST_TEST(c.offset() == 0u);
}

// C39
BOOST_AUTO_TEST_CASE(a_gap_is_told_once_and_leads_to_the_base)
{
    using read = read_some_action<boost::asio::mutable_buffer, true>;
    state s;
    s.base = 30;
    s.size = 40;
    cursor c(5);
    BOOST_TEST((decide_read(s, c.offset(), 1).outcome == read_outcome::gap));
    const cursor::landing gap = landing_after<read>(c.offset(), {read_outcome::gap, 0, s.base}, 0);
    BOOST_TEST((gap.offset == 30u && gap.skipped == 25u && gap.read == 0u));
    c.move(gap);
    BOOST_TEST((decide_read(s, c.offset(), 1) == read_decision{read_outcome::ready, 10}));
    c.move(landing_after<read>(c.offset(), {read_outcome::ready, 10, s.base}, 4));
    BOOST_TEST((c.offset() == 34u && c.read() == 4u));
}

BOOST_AUTO_TEST_CASE(what_was_read_adds_up_also_where_a_seek_wins)
{
    cursor c(5);
    c.move({10, 5});
    c.begin();
    c.land({30, 20});
    BOOST_TEST((c.offset() == 30u && c.read() == 25u));
    c.begin();
    c.seek(1);
    c.land({33, 3});
    BOOST_TEST((c.offset() == 1u && c.read() == 28u));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::detail
