// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// Waiting for a position, borrowing from it, and moving to it.

#include "world.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>

namespace spool::test {

namespace {

BOOST_FIXTURE_TEST_SUITE(contract_position, world)

// C36
BOOST_AUTO_TEST_CASE(a_wait_completes_when_that_many_bytes_are_there_and_says_how_many)
{
    outcome<std::uint64_t> none, three, six, from_two;
    r->seek(1);
    r->async_wait(0, check(none));
    r->async_wait(3, check(three));
    r->async_wait(6, check(six));
    r->async_wait_at(2, 3, check(from_two));
    run();
    BOOST_TEST((!none.error && none.value() == 0u));
    append("hell");
    run();
    BOOST_TEST((!three.error && three.value() == 3u));
    BOOST_TEST(from_two.is_pending());
    append("o");
    run();
    BOOST_TEST((!from_two.error && from_two.value() == 3u));
    s->abort(cause);
    run();
    BOOST_TEST((six.error == cause && six.value() == 4u));
    BOOST_TEST(r->offset() == 1u);
}

// C37
BOOST_AUTO_TEST_CASE(a_view_advances_the_reader_as_a_read_does)
{
    append("hello");
    BOOST_TEST(r->read_view(2).size() == 2u);
    BOOST_TEST(r->offset() == 2u);
    BOOST_TEST(r->read_view_at(0, 9).size() == 5u);
    BOOST_TEST(r->offset() == 2u);
    outcome<view> rest, next;
    r->async_read_view(9, check(rest));
    run();
    BOOST_TEST(rest.value().size() == 3u);
    r->async_read_view(9, check(next));
    append("!");
    run();
    BOOST_TEST(next.value().size() == 1u);
    BOOST_TEST(r->offset() == 6u);
}

// C38
BOOST_AUTO_TEST_CASE(a_seek_accepts_any_offset)
{
    append("hello");
    BOOST_TEST((r->size() == 5u && r->base() == 0u && r->lag() == 5u));
    BOOST_TEST((s->size() == 5u && s->base() == 0u && r->skipped() == 0u));
    for (const std::uint64_t offset : {std::uint64_t{3}, std::uint64_t{5}, UINT64_MAX})
    {
        r->seek(offset);
        BOOST_TEST(r->offset() == offset);
        BOOST_TEST(r->lag() == (offset < 5 ? 5 - offset : 0));
    }
    r->seek(3);
    BOOST_TEST(r->read_some(room()) == 2u);
    BOOST_TEST(read(2) == "lo");
}

// C38
BOOST_AUTO_TEST_CASE(a_read_that_waits_does_not_undo_a_seek)
{
    outcome<std::size_t> waiting;
    r->async_read_some(room(), check(waiting));
    quietly([&] { r->seek(2); });
    append("hello");
    run();
    BOOST_TEST(waiting.value() == 5u);
    BOOST_TEST(read(5) == "hello");
    BOOST_TEST(r->offset() == 2u);
}

// C38
BOOST_AUTO_TEST_CASE(seeking_from_the_end_waits_for_the_final_size)
{
    outcome<std::uint64_t> at_end, from_end, too_far, failed;
    append("hello");
    r->async_seek_end(0, check(at_end));
    run();
    BOOST_TEST(at_end.is_pending());
    close();
    run();
    BOOST_TEST((at_end.value() == 5u && r->offset() == 5u));
    r->async_seek_end(3, check(from_end));
    run();
    BOOST_TEST((from_end.value() == 2u && r->offset() == 2u));
    r->async_seek_end(6, check(too_far));
    run();
    BOOST_TEST(too_far.error == asio::error::invalid_argument);
    BOOST_TEST(r->offset() == 2u);
}

// C38 C27
BOOST_AUTO_TEST_CASE(seeking_from_the_end_goes_by_the_declared_size)
{
    outcome<std::uint64_t> before, after;
    r->async_seek_end(3, check(before));
    reader other = r->clone();
    quietly([&] { s->set_final_size(10); });
    run();
    BOOST_TEST((before.value() == 7u && r->offset() == 7u));
    s->abort(cause);
    other.async_seek_end(1, check(after));
    run();
    BOOST_TEST((!after.error && after.value() == 9u));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::test
