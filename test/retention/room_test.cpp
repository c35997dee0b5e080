// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// Writers that wait for readers.

#include "world.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <optional>

namespace spool::test {

namespace {

struct waiting : bounded_world
{
    waiting()
    {
        open(retain_unread(limit));
        r.emplace(s->make_reader());
    }

    std::optional<reader> r;
    std::string three = std::string(3, 'x');
};

BOOST_FIXTURE_TEST_SUITE(retention_room, waiting)

// C22 C80
BOOST_AUTO_TEST_CASE(a_writer_finds_no_room_before_readers_have_passed)
{
    BOOST_TEST(fill(5 * limit) == limit);
    error_code ec;
    BOOST_TEST(s->append(asio::buffer(three), ec) == 0u);
    BOOST_TEST(ec == asio::error::would_block);
    read(*r, chunk - 1);
    BOOST_TEST(fill(limit) == 0u);
    read(*r, 1);
    BOOST_TEST(fill(limit) == chunk);
    BOOST_TEST(s->base() == chunk);
    BOOST_TEST(s->statistics().resident <= limit);
}

// C80 C83
BOOST_AUTO_TEST_CASE(writers_that_wait_go_on_in_their_order)
{
    fill(limit);
    std::array<outcome<std::size_t>, 3> appended;
    std::array<std::string, 3> bytes;
    for (std::size_t i = 0; i != 3; ++i)
    {
        bytes[i] = bytes_at(limit + i * 100, 100);
        s->async_append(asio::buffer(bytes[i]), check(appended[i]));
    }
    BOOST_TEST(s->statistics().waiting_writers == 3u);
    run();
    read(*r, chunk);
    run();
    BOOST_TEST((appended[0].value() == 100u && appended[1].calls == 0u));
    read(*r, 2 * chunk);
    run();
    BOOST_TEST((appended[1].value() == 100u && appended[2].value() == 100u));
    read(*r, 2 * limit);
    BOOST_TEST(r->offset() == limit + 300);
}

// C83
BOOST_AUTO_TEST_CASE(a_writer_that_is_cancelled_leaves_no_trace)
{
    fill(limit);
    outcome<std::size_t> large, small;
    asio::cancellation_signal signal;
    const std::string bytes(500, 'x');
    s->async_append(asio::buffer(bytes), check(large, signal.slot()));
    const std::string next = bytes_at(limit, 100);
    s->async_append(asio::buffer(next), check(small));
    read(*r, chunk);
    run();
    BOOST_TEST(small.calls == 0u);
    signal.emit(asio::cancellation_type::terminal);
    run();
    BOOST_TEST((large.error == asio::error::operation_aborted && small.value() == 100u));
    read(*r, 2 * limit);
}

// C83
BOOST_AUTO_TEST_CASE(the_close_of_the_reader_that_held_them_up_lets_writers_go_on)
{
    fill(limit);
    reader fast = s->make_reader(from_end);
    outcome<std::size_t> appended;
    outcome<std::uint64_t> waited;
    r->async_wait_at(limit, 10, check(waited)); // it leaves when this has completed, which is later
    s->async_append(asio::buffer(three), check(appended));
    r->close();
    BOOST_TEST(s->size() == limit + 3);
    run();
    BOOST_TEST(appended.value() == 3u);
    BOOST_TEST(waited.error == asio::error::operation_aborted);
}

// C41 C80
BOOST_AUTO_TEST_CASE(without_readers_the_oldest_go)
{
    r.reset();
    run();
    BOOST_TEST(fill(10 * limit) == 10 * limit);
    BOOST_TEST(s->size() - s->base() <= limit);
}

// C81
BOOST_AUTO_TEST_CASE(an_untethered_reader_holds_up_nobody_and_gets_a_gap)
{
    BOOST_TEST(r->is_tethered());
    fill(limit);
    outcome<std::size_t> appended;
    s->async_append(asio::buffer(three), check(appended));
    r->set_tethered(false);
    BOOST_TEST(!r->is_tethered());
    run();
    BOOST_TEST(appended.value() == 3u);
    error_code ec;
    read(*r, 10, ec);
    BOOST_TEST((ec == errc::gap && r->skipped() == chunk));
    BOOST_TEST(!r->clone().is_tethered());
    r->set_tethered(true);
    BOOST_TEST(r->clone().is_tethered());
    fill(5 * limit);
    BOOST_TEST(s->base() == chunk);
}

// C80
BOOST_AUTO_TEST_CASE(a_seek_forward_makes_room_and_one_backward_holds)
{
    fill(limit);
    outcome<std::size_t> appended;
    s->async_append(asio::buffer(three), check(appended));
    r->seek(4 * chunk);
    run();
    BOOST_TEST(appended.value() == 3u);
    BOOST_TEST(s->base() == chunk);
    r->seek(2 * chunk);
    fill(5 * limit);
    BOOST_TEST(s->base() == 2 * chunk);
    BOOST_TEST(r->skipped() == 0u);
}

// C21
BOOST_AUTO_TEST_CASE(write_some_takes_what_there_is_room_for)
{
    fill(limit - 100);
    const std::string bytes = bytes_at(limit - 100, 500);
    BOOST_TEST(s->write_some(asio::buffer(bytes)) == 100u);
    outcome<std::size_t> written;
    s->async_write_some(asio::buffer(bytes) + 100, check(written));
    run();
    BOOST_TEST(written.calls == 0u);
    read(*r, chunk + 5);
    run();
    BOOST_TEST(written.value() == chunk);
    read(*r, 2 * limit);
    BOOST_TEST(r->offset() == limit + chunk);
}

// C21 C25: what has gone cannot be held.
BOOST_AUTO_TEST_CASE(a_reader_below_the_base_leaves_the_room_there_is)
{
    r.reset();
    fill(3 * limit - 100);
    reader late = s->make_reader();
    error_code ec;
    BOOST_TEST(s->prepare(10, ec).size() == 10u);
    s->commit(0);
    const std::string bytes(500, 'x');
    BOOST_TEST(s->write_some(asio::buffer(bytes), ec) == 100u);
    BOOST_TEST(s->write_some(asio::buffer(bytes), ec) == 0u);
    BOOST_TEST(ec == asio::error::would_block);
    read(late, 10, ec);
    BOOST_TEST(ec == errc::gap);
}

// C25
BOOST_AUTO_TEST_CASE(a_region_is_lent_when_there_is_room)
{
    fill(limit);
    error_code ec;
    BOOST_TEST(s->prepare(10, ec).size() == 0u);
    BOOST_TEST(ec == asio::error::would_block);
    outcome<asio::mutable_buffer> lent;
    s->async_prepare(10 * limit, check(lent));
    read(*r, chunk);
    run();
    BOOST_TEST(lent.value().size() == chunk);
    BOOST_TEST(s->statistics().lent == chunk);
    s->commit(chunk);
    BOOST_TEST(s->size() == limit + chunk);
}

// C80: the slowest of many counts.
BOOST_AUTO_TEST_CASE(the_slowest_of_many_readers_makes_the_room)
{
    std::vector<reader> all;
    for (int i = 0; i != 50; ++i)
        all.push_back(s->make_reader());
    fill(limit);
    outcome<std::size_t> appended;
    s->async_append(asio::buffer(three), check(appended));
    for (reader& one : all)
        read(one, limit);
    run();
    BOOST_TEST(appended.calls == 0u);
    BOOST_TEST(s->statistics().slowest == 0u);
    read(*r, chunk);
    run();
    BOOST_TEST(appended.value() == 3u);
    BOOST_TEST(s->statistics().lag() == s->size() - chunk);
}

// C80: also when it is known already how far the others have passed.
BOOST_AUTO_TEST_CASE(a_new_reader_holds_what_it_has_not_passed)
{
    fill(limit);
    read(*r, limit);
    BOOST_TEST(fill(chunk) == chunk);
    reader late = s->make_reader(from_base);
    fill(5 * limit);
    BOOST_TEST(s->base() == late.offset());
    BOOST_TEST(read(late, 10) == 10u);
}

// C80: the close of one that was in the way hides none of those that still are.
BOOST_AUTO_TEST_CASE(readers_that_leave_hide_no_others)
{
    reader second = s->make_reader(), third = s->make_reader();
    fill(limit);
    outcome<std::size_t> appended;
    s->async_append(asio::buffer(three), check(appended));
    read(*r, limit);
    r->close();
    read(second, limit);
    run();
    BOOST_TEST(appended.calls == 0u);
    read(third, chunk);
    run();
    BOOST_TEST(appended.value() == 3u);
}

// C24 C83
BOOST_AUTO_TEST_CASE(writers_that_wait_are_told_of_the_end)
{
    fill(limit);
    outcome<std::size_t> appended;
    s->async_append(asio::buffer(three), check(appended));
    s->abort(cause);
    run();
    BOOST_TEST(appended.error == cause);
    read(*r, limit);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::test
