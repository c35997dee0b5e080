// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// A stream whose retention changes.

#include "world.hpp"

#include <boost/asio/bind_executor.hpp>
#include <boost/test/unit_test.hpp>

#include <cstring>
#include <optional>

namespace spool::test {

namespace {

BOOST_FIXTURE_TEST_SUITE(retention_changing, bounded_world)

// C80
BOOST_AUTO_TEST_CASE(a_stream_without_options_keeps_all_for_ever)
{
    s.emplace(executor());
    error_code ec;
    s->set_retention(retain_last(limit), ec);
    BOOST_TEST(ec == asio::error::operation_not_supported);
    BOOST_CHECK_THROW(s->set_retention(retain_all), boost::system::system_error);
    BOOST_TEST(!s->make_reader().is_tethered());
}

// C80 C82
BOOST_AUTO_TEST_CASE(what_is_too_much_goes_at_once)
{
    open(retain_last(4 * limit));
    fill(4 * limit);
    s->set_retention(retain_last(limit));
    BOOST_TEST(s->base() == 3 * limit);
    BOOST_TEST((s->statistics().resident <= limit && s->statistics().pinned == 0u));
    fill(4 * limit);
    BOOST_TEST(s->size() - s->base() <= limit);
}

// C80
BOOST_AUTO_TEST_CASE(what_tethered_readers_have_not_passed_stays_under_retain_unread)
{
    open(retain_last(4 * limit));
    reader r = s->make_reader(2 * limit);
    fill(4 * limit);
    s->set_retention(retain_unread(limit));
    BOOST_TEST(s->base() == 2 * limit);
    BOOST_TEST(fill(1) == 0u);
    BOOST_TEST(read(r, limit) == limit);
    BOOST_TEST(fill(1) == 0u);
    read(r, 4 * chunk);
    BOOST_TEST(fill(limit) == 4 * chunk);
}

// C82
BOOST_AUTO_TEST_CASE(a_smaller_limit_is_kept_once_readers_have_passed)
{
    open(retain_unread(4 * limit));
    reader r = s->make_reader();
    fill(4 * limit);
    s->set_retention(retain_unread(limit));
    BOOST_TEST(read(r, 4 * limit) == 4 * limit);
    fill(1);
    BOOST_TEST(s->statistics().resident <= limit);
}

// C80 C82: the room for a region that is lent counts.
BOOST_AUTO_TEST_CASE(a_smaller_limit_leaves_room_for_what_is_lent)
{
    open(retain_last(4 * limit));
    fill(4 * limit);
    const asio::mutable_buffer lent = s->prepare(10);
    std::memset(lent.data(), 'x', lent.size());
    s->set_retention(retain_last(limit));
    s->commit(lent.size());
    BOOST_TEST(s->statistics().resident <= limit);
}

// C80 C83
BOOST_AUTO_TEST_CASE(writers_that_find_room_go_on)
{
    open(retain_unread(limit));
    const std::string three(3, 'x');
    for (const retention& next : {retain_unread(2 * limit), retain_last(2 * limit), retain_all})
    {
        s->set_retention(retain_unread(limit));
        reader r = s->make_reader(from_base);
        fill(limit);
        outcome<std::size_t> appended;
        s->async_append(asio::buffer(three), check(appended));
        run();
        BOOST_TEST(appended.calls == 0u);
        s->set_retention(next);
        run();
        BOOST_TEST(appended.value() == 3u);
        s->set_retention(retain_last(limit));
        fill(limit - chunk);
    }
}

// C20
BOOST_AUTO_TEST_CASE(a_writer_that_waits_with_too_much_is_told)
{
    open(retain_unread(4 * limit));
    reader r = s->make_reader();
    fill(4 * limit);
    const std::string large(limit, 'x');
    outcome<std::size_t> appended;
    s->async_append(asio::buffer(large), check(appended));
    s->set_retention(retain_unread(limit));
    run();
    BOOST_TEST(appended.error == asio::error::message_size);
}

// C33 C36
BOOST_AUTO_TEST_CASE(readers_that_wait_are_told_what_became_of_it)
{
    open(retain_last(4 * limit));
    fill(2 * limit);
    reader r = s->make_reader();
    outcome<std::uint64_t> gone, too_much, stays, has_some;
    r.async_wait(3 * limit, check(gone));
    r.async_wait_at(2 * limit, 2 * limit, check(too_much));
    r.async_wait_at(2 * limit, 10, check(stays));
    r.async_wait_at(2 * limit - 1, 10, check(has_some));
    run();
    s->set_retention(retain_last(limit));
    run();
    BOOST_TEST(gone.error == errc::gap);
    BOOST_TEST(too_much.error == asio::error::message_size);
    BOOST_TEST((stays.calls == 0u && has_some.calls == 0u));
    fill(10);
    run();
    BOOST_TEST((stays.value() == 10u && has_some.value() == 11u));
}

// C13 C58: of two reads that a wake-up looks at, one waits still, and the handler of the other ends its context.
BOOST_AUTO_TEST_CASE(a_context_may_end_when_a_read_has_found_that_it_waits_still)
{
    open(retain_last(limit));
    reader r = s->make_reader();
    std::optional<asio::io_context> other(std::in_place);
    const auto ignore = [](error_code, std::uint64_t) {};
    r.async_wait(100, asio::bind_executor(other->get_executor(), ignore));
    r.async_wait(10, [&](error_code, std::uint64_t) { other.reset(); });
    fill(10);
    s->set_retention(retain_last(2 * limit));
    run();
    BOOST_TEST(!other);
}

// C80
BOOST_AUTO_TEST_CASE(a_limit_of_less_than_two_chunks_is_refused)
{
    open(retain_last(64 * limit));
    error_code ec;
    s->set_retention(retain_last(8 * limit), ec);
    BOOST_TEST(ec == asio::error::invalid_argument);
    s->set_retention(retain_last(16 * limit), ec);
    BOOST_TEST(!ec);
}

// C80
BOOST_AUTO_TEST_CASE(a_stream_that_keeps_all_can_be_bounded_later)
{
    open(retain_all);
    reader r = s->make_reader();
    const std::string much = bytes_at(0, 3'000'000);
    s->append(asio::buffer(much));
    s->set_retention(retain_last(1'000'000));
    BOOST_TEST((s->base() >= 2'000'000 && s->base() < 2'400'000));
    error_code ec;
    read(r, 10, ec);
    BOOST_TEST(ec == errc::gap);
    BOOST_TEST(read(r, 1000) == 1000u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::test
