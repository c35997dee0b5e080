// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// Readers that hold up writers for too long.

#include "world.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <functional>
#include <optional>

namespace spool::test {

namespace {

using namespace std::chrono_literals;

struct stalling : bounded_world
{
    stalling()
    {
        open(retain_unread(limit), 10s);
        r.emplace(s->make_reader());
        fill(limit);
    }

    void append() { s->async_append(asio::buffer(three), check(appended)); }

    std::optional<reader> r;
    std::string three = std::string(3, 'x');
    outcome<std::size_t> appended;
};

BOOST_FIXTURE_TEST_SUITE(retention_stalling, stalling)

// C81
BOOST_AUTO_TEST_CASE(a_reader_that_stalls_is_cut_off)
{
    time->advance(100s);
    append();
    run();
    time->advance(9s);
    run();
    BOOST_TEST(appended.calls == 0u);
    time->advance(1s);
    run();
    BOOST_TEST(appended.value() == 3u);
    error_code ec;
    read(*r, 10, ec);
    BOOST_TEST(ec == errc::too_slow);
    r->seek(s->size());
    read(*r, 10, ec);
    BOOST_TEST(ec == errc::too_slow);
    BOOST_TEST(!r->is_tethered());
    BOOST_TEST(!time->rings);
}

// C81
BOOST_AUTO_TEST_CASE(one_that_was_cut_off_is_not_tethered_again)
{
    append();
    time->advance(10s);
    run();
    r->set_tethered(true);
    BOOST_TEST(!r->is_tethered());
    BOOST_TEST(fill(5 * limit) == 5 * limit);
}

// C81
BOOST_AUTO_TEST_CASE(what_it_has_under_way_gets_the_error_too)
{
    outcome<std::uint64_t> waited;
    r->async_wait_at(limit, 10, check(waited));
    append();
    run();
    time->advance(10s);
    run();
    BOOST_TEST(waited.error == errc::too_slow);
    BOOST_TEST(appended.value() == 3u);
}

// C81
BOOST_AUTO_TEST_CASE(a_reader_that_goes_on_is_not_cut_off)
{
    append();
    time->advance(9s);
    read(*r, chunk);
    run();
    BOOST_TEST(appended.value() == 3u);
    BOOST_TEST(!time->rings);
    time->advance(100s);
    BOOST_TEST(read(*r, 10) == 10u);
}

// C81: as on another thread, where the alarm rings while it is being cancelled.
BOOST_AUTO_TEST_CASE(an_alarm_that_rings_too_late_cuts_nobody_off)
{
    append();
    const std::function<void()> late = time->rings;
    read(*r, chunk);
    run();
    BOOST_TEST(appended.value() == 3u);
    late();
    fill(limit);
    outcome<std::size_t> again;
    s->async_append(asio::buffer(three), check(again));
    run();
    late();
    run();
    BOOST_TEST(again.calls == 0u);
    BOOST_TEST(read(*r, 2 * chunk) == 2 * chunk);
    run();
    BOOST_TEST(again.value() == 3u);
}

// C81: a byte now and then is not enough, and a seek to the same place neither.
BOOST_AUTO_TEST_CASE(a_reader_that_trickles_is_cut_off)
{
    append();
    for (int i = 0; i != 10; ++i)
    {
        read(*r, 1);
        r->seek(r->offset());
        time->advance(1s);
    }
    run();
    BOOST_TEST(appended.value() == 3u);
    error_code ec;
    read(*r, 1, ec);
    BOOST_TEST(ec == errc::too_slow);
}

// C81
BOOST_AUTO_TEST_CASE(only_those_in_the_way_are_cut_off)
{
    reader other = s->make_reader(chunk);
    append();
    time->advance(10s);
    run();
    BOOST_TEST(appended.value() == 3u);
    BOOST_TEST(read(other, 10) == 10u);
    reader late = s->make_reader(from_base);
    BOOST_TEST(read(late, 10) == 10u);
}

// C81: one that comes while writers wait has its own time.
BOOST_AUTO_TEST_CASE(a_new_reader_has_its_own_time)
{
    append();
    time->advance(9s);
    reader late = s->make_reader();
    time->advance(1s);
    run();
    BOOST_TEST(appended.calls == 0u);
    BOOST_TEST(read(late, 10) == 10u);
    time->advance(10s);
    run();
    BOOST_TEST(appended.value() == 3u);
}

// C54
BOOST_AUTO_TEST_CASE(no_alarm_is_left_when_the_wait_is_over)
{
    append();
    BOOST_TEST(!!time->rings);
    r->close();
    run();
    BOOST_TEST(!time->rings);
}

// C81 C54: with the alarm that a stream has by default.
BOOST_AUTO_TEST_CASE(time_passes_by_itself)
{
    time.reset();
    open(retain_unread(limit), 1ns);
    reader slow = s->make_reader();
    fill(limit);
    append();
    context->restart();
    context->run();
    BOOST_TEST(appended.value() == 3u);
}

// C13
BOOST_AUTO_TEST_CASE(the_context_may_end_while_the_alarm_is_set)
{
    time.reset();
    open(retain_unread(limit), 1h);
    reader slow = s->make_reader();
    fill(limit);
    append();
    destroy_context();
    BOOST_TEST(appended.calls == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::test
