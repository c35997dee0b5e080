// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// How a stream ends, and what its readers see of that.

#include "world.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <utility>

namespace spool::test {

namespace {

const error_code other_cause =
    boost::system::errc::make_error_code(boost::system::errc::no_space_on_device);

// A way to end a stream, and the error at its end from then on.
struct ending
{
    const char* name;
    void (*act)(world&);
    error_code expected;
};

const std::array endings{
    ending{"close", [](world& w) { w.s->close(); }, asio::error::eof},
    ending{"abort", [](world& w) { w.s->abort(cause); }, cause},
    ending{"abort without a cause", [](world& w) { w.s->abort({}); }, errc::abandoned},
    ending{"abort as eof", [](world& w) { w.s->abort(asio::error::eof); }, errc::abandoned},
    ending{"discard", [](world& w) { w.s->abort(other_cause, discard); }, other_cause},
    ending{"destruction", [](world& w) { w.s.reset(); }, errc::abandoned},
};

// Ends it once more, however that may be refused.
void end_again(world& w, const ending& e)
{
    try
    {
        if (w.s)
            quietly([&] { e.act(w); });
    }
    catch (const boost::system::system_error&)
    {
    }
}

BOOST_FIXTURE_TEST_SUITE(contract_states, world)

// C1
BOOST_AUTO_TEST_CASE(the_first_end_wins_and_is_final)
{
    for (const ending& first : endings)
        for (const ending& second : endings)
        {
            world w;
            BOOST_TEST(w.s->is_open());
            first.act(w);
            end_again(w, second);
            BOOST_TEST(w.read_error() == first.expected, first.name << " and then " << second.name);
            BOOST_TEST((!w.s || !w.s->is_open()));
        }
}

// C1 C24
BOOST_AUTO_TEST_CASE(a_stream_that_has_ended_is_not_open)
{
    BOOST_TEST(s->is_open());
    s->close();
    BOOST_TEST(!s->is_open());
    BOOST_TEST(s->final_size().value() == 0u);
}

// C2
BOOST_AUTO_TEST_CASE(only_a_closed_stream_ends_with_eof)
{
    for (const ending& e : endings)
    {
        world w;
        w.append();
        reader late = w.r->clone();
        outcome<std::size_t> waiting;
        late.seek(5);
        late.async_read_some(w.room(), w.check(waiting));
        e.act(w);
        w.run();
        BOOST_TEST(waiting.error == e.expected, e.name);
        for (const std::uint64_t offset : {std::uint64_t{5}, std::uint64_t{6}, UINT64_MAX})
        {
            error_code ec;
            late.read_some_at(offset, w.room(), ec);
            BOOST_TEST(ec == e.expected, e.name << " at " << offset);
        }
    }
}

// C3
BOOST_AUTO_TEST_CASE(a_write_handle_that_goes_away_fails_the_open_stream)
{
    append();
    quietly([&] { s.reset(); });
    BOOST_TEST(r->read_some(room()) == 5u);
    BOOST_TEST(read_error() == errc::abandoned);
    BOOST_TEST(!r->final_size().has_value());
}

// C3
BOOST_AUTO_TEST_CASE(a_write_handle_that_is_replaced_fails_the_open_stream)
{
    *s = stream(executor());
    BOOST_TEST(read_error() == errc::abandoned);
    stream moved = std::move(*s);
    BOOST_TEST(moved.is_open());
}

// C3
BOOST_AUTO_TEST_CASE(a_write_handle_that_goes_away_after_the_end_changes_nothing)
{
    s->close();
    s.reset();
    BOOST_TEST(read_error() == asio::error::eof);
}

// C4
BOOST_AUTO_TEST_CASE(closing_twice_is_closing_once)
{
    append();
    s->close();
    s->close();
    error_code ec = cause;
    s->close(ec);
    BOOST_TEST(!ec);
    s->abort(cause, discard);
    BOOST_TEST(r->read_some(room()) == 5u);
    BOOST_TEST(read_error() == asio::error::eof);
    BOOST_TEST(s->final_size().value() == 5u);
}

// C4
BOOST_AUTO_TEST_CASE(closing_a_failed_stream_tells_that_it_is_not_complete)
{
    s->abort(cause);
    error_code ec;
    s->close(ec);
    BOOST_TEST(ec == cause);
    BOOST_CHECK_THROW(s->close(), boost::system::system_error);
}

// C5
BOOST_AUTO_TEST_CASE(after_an_abort_every_byte_can_be_read_and_then_the_cause)
{
    append();
    outcome<std::size_t> waiting;
    r->async_read_some_at(5, room(), check(waiting));
    quietly([&] { s->abort(cause); });
    run();
    BOOST_TEST(waiting.error == cause);
    BOOST_TEST(waiting.value() == 0u);
    BOOST_TEST(r->read_some(room()) == 5u);
    BOOST_TEST(read(5) == "hello");
    BOOST_TEST(read_error() == cause);
    BOOST_TEST(read_error() == cause);
}

// C5
BOOST_AUTO_TEST_CASE(after_a_discard_there_is_only_the_cause)
{
    append();
    outcome<std::size_t> waiting;
    r->async_read_at(0, room(), check(waiting));
    quietly([&] { s->abort(cause, discard); });
    run();
    BOOST_TEST(waiting.error == cause);
    BOOST_TEST(waiting.value() == 0u);
    BOOST_TEST(read_error() == cause);
    error_code ec;
    BOOST_TEST(r->read_view_at(0, 1, ec).empty());
    BOOST_TEST(ec == cause);
}

// C7
BOOST_AUTO_TEST_CASE(a_reader_can_be_made_in_every_state_at_every_offset)
{
    const auto make_all = [&] {
        for (const std::uint64_t offset : {std::uint64_t{0}, std::uint64_t{9}, UINT64_MAX})
            BOOST_TEST(s->make_reader(offset).offset() == offset);
        BOOST_TEST(s->make_reader(executor()).is_open());
    };
    make_all();
    append();
    make_all();
    s->close();
    make_all();
    BOOST_TEST(s->make_reader(1).read_some(room()) == 4u);
    s.emplace(executor());
    s->abort(cause);
    make_all();
}

// C7
BOOST_AUTO_TEST_CASE(a_discarded_stream_gives_the_cause_instead_of_a_reader)
{
    s->abort(cause, discard);
    error_code ec;
    reader none = s->make_reader(0, ec);
    BOOST_TEST(ec == cause);
    BOOST_TEST(!none.is_open());
    BOOST_CHECK_THROW(static_cast<void>(s->make_reader()), boost::system::system_error);
    static_cast<void>(r->clone(ec));
    BOOST_TEST(ec == cause);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::test
