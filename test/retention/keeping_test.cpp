// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// What a bounded stream keeps, what it lets go of, and what readers are told.

#include "support/fake_storage.hpp"
#include "world.hpp"

#include <boost/asio/buffers_iterator.hpp>
#include <boost/test/unit_test.hpp>

#include <cstring>
#include <memory>
#include <string>
#include <vector>

namespace spool::test {

namespace {

BOOST_FIXTURE_TEST_SUITE(retention_keeping, bounded_world)

// C80 C82
BOOST_AUTO_TEST_CASE(older_bytes_go_when_new_ones_come)
{
    open(retain_last(limit));
    for (int i = 0; i != 500; ++i)
    {
        BOOST_REQUIRE(fill(37) == 37u);
        BOOST_REQUIRE(s->size() - s->base() <= limit);
        BOOST_REQUIRE((s->base() == 0 || s->size() - s->base() > limit - chunk));
        BOOST_REQUIRE(s->statistics().resident <= limit);
    }
    reader r = s->make_reader(from_base);
    BOOST_TEST(read(r, 2 * limit) == s->size() - s->base());
}

// C33 C39
BOOST_AUTO_TEST_CASE(a_gap_is_reported_once_and_counted)
{
    open(retain_last(limit));
    reader r = s->make_reader();
    fill(5 * limit);
    error_code ec;
    BOOST_TEST(read(r, 10, ec) == 0u);
    BOOST_TEST(ec == errc::gap);
    BOOST_TEST((r.offset() == s->base() && r.skipped() == s->base()));
    BOOST_TEST(read(r, 10) == 10u);
    BOOST_TEST(s->statistics().skipped == r.skipped());
}

// C33 C39
BOOST_AUTO_TEST_CASE(an_asynchronous_read_reports_a_gap_too)
{
    open(retain_last(limit));
    reader r = s->make_reader();
    fill(5 * limit);
    std::string room(10, ' ');
    outcome<std::size_t> sequential, at;
    r.async_read_some_at(7, asio::buffer(room), check(at));
    r.async_read_some(asio::buffer(room), check(sequential));
    run();
    BOOST_TEST((at.error == errc::gap && sequential.error == errc::gap));
    BOOST_TEST((r.offset() == s->base() && r.skipped() == s->base()));
}

// C33: the read waits, is reached, and then loses its bytes before its turn.
BOOST_AUTO_TEST_CASE(a_read_that_is_overtaken_reports_a_gap)
{
    open(retain_last(limit));
    reader r = s->make_reader();
    std::string room(10, ' ');
    outcome<std::size_t> got;
    r.async_read_some(asio::buffer(room), check(got));
    fill(3 * limit);
    run();
    BOOST_TEST(got.error == errc::gap);
    BOOST_TEST(r.skipped() == s->base());
}

// C37 C82
BOOST_AUTO_TEST_CASE(a_view_keeps_its_bytes_and_counts_as_pinned)
{
    open(retain_last(limit));
    fill(limit);
    reader r = s->make_reader();
    view lent = r.read_view(50);
    fill(3 * limit);
    BOOST_TEST(
        (std::string(asio::buffers_begin(lent), asio::buffers_end(lent)) == bytes_at(0, 50)));
    BOOST_TEST((s->statistics().pinned == chunk && s->statistics().resident <= limit));
    lent = {};
    BOOST_TEST(s->statistics().pinned == 0u);
}

// C20
BOOST_AUTO_TEST_CASE(an_append_that_can_never_be_held_is_refused)
{
    for (const retention& retain : {retain_last(limit), retain_unread(limit)})
    {
        open(retain);
        fill(13);
        const std::string large(limit - chunk + 2, 'x');
        error_code ec;
        BOOST_TEST(s->append(asio::buffer(large), ec) == 0u);
        BOOST_TEST(ec == asio::error::message_size);
        outcome<std::size_t> appended;
        s->async_append(asio::buffer(large), check(appended));
        run();
        BOOST_TEST(appended.error == asio::error::message_size);
        BOOST_TEST(s->append(asio::buffer(large, large.size() - 1)) == large.size() - 1);
    }
}

// C80: a storage has larger chunks in memory than the limit has.
BOOST_AUTO_TEST_CASE(a_region_does_not_take_a_storage_over_its_limit)
{
    options chosen;
    chosen.retain = retain_last(limit);
    chosen.blocking_executor = executor();
    s.emplace(executor(), fake_storage(std::make_shared<kept_bytes>()), chosen);
    fill(limit - 24);
    const asio::mutable_buffer lent = s->prepare(limit);
    const std::string bytes = bytes_at(limit - 24, lent.size());
    std::memcpy(lent.data(), bytes.data(), bytes.size());
    s->commit(bytes.size());
    BOOST_TEST(s->size() - s->base() <= limit);
    s.reset();
    run();
}

// C34
BOOST_AUTO_TEST_CASE(a_read_may_be_larger_than_what_the_stream_holds)
{
    open(retain_last(limit));
    reader r = s->make_reader();
    std::string room(10 * limit, ' ');
    outcome<std::size_t> got;
    r.async_read_at(0, asio::buffer(room), check(got));
    for (int i = 0; i != 40; ++i)
    {
        fill(limit / 4);
        run();
    }
    BOOST_TEST((got.value() == room.size() && room == bytes_at(0, room.size())));
}

// C34
BOOST_AUTO_TEST_CASE(a_read_of_much_says_how_far_it_came_before_a_gap)
{
    open(retain_last(limit));
    reader r = s->make_reader();
    std::string room(10 * limit, ' ');
    outcome<std::size_t> got;
    r.async_read_at(0, asio::buffer(room), check(got));
    fill(2 * chunk);
    run();
    fill(5 * limit);
    run();
    BOOST_TEST(got.error == errc::gap);
    BOOST_TEST((got.value() == 2 * chunk && room.substr(0, 2 * chunk) == bytes_at(0, 2 * chunk)));
}

// C36
BOOST_AUTO_TEST_CASE(a_wait_for_more_than_the_stream_holds_is_refused)
{
    open(retain_last(limit));
    fill(100);
    reader r = s->make_reader();
    outcome<std::uint64_t> too_much, enough;
    r.async_wait(limit, check(too_much));
    r.async_wait(limit - chunk, check(enough));
    run();
    BOOST_TEST((too_much.error == asio::error::message_size && too_much.value() == 100u));
    fill(limit - chunk - 100);
    run();
    BOOST_TEST(enough.value() == limit - chunk);
}

// C7
BOOST_AUTO_TEST_CASE(a_reader_begins_where_it_was_told)
{
    open(retain_last(limit));
    fill(3 * limit);
    const std::uint64_t base = s->base(), size = s->size();
    BOOST_TEST(s->make_reader().offset() == 0u);
    BOOST_TEST(s->make_reader(5).offset() == 5u);
    BOOST_TEST(s->make_reader(from_base).offset() == base);
    BOOST_TEST(s->make_reader(from_end).offset() == size);
    BOOST_TEST(s->make_reader(from_last(10)).offset() == size - 10);
    BOOST_TEST(s->make_reader(from_last(10 * limit)).offset() == base);
}

// C80: a stream in steady state takes no fresh memory.
BOOST_AUTO_TEST_CASE(chunks_are_used_again)
{
    open(retain_last(limit));
    fill(limit);
    const std::uint64_t before = s->statistics().resident;
    for (int i = 0; i != 100; ++i)
    {
        fill(limit - chunk);
        BOOST_REQUIRE(s->statistics().resident == before);
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::test
