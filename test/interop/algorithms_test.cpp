// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// Asio's own algorithms for reading, on a reader whose stream grows while they wait: C50, and that no
// byte is lost to an end, a failure or a cancellation in the middle.

#include "contract/world.hpp"

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/completion_condition.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_at.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/regex.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <utility>

namespace spool::test {

namespace {

constexpr std::array honoured{asio::cancellation_type::terminal, asio::cancellation_type::partial};

struct reading : world
{
    std::string text;
    outcome<std::size_t> read;
    asio::cancellation_signal signal;

    auto handler() { return check(read, signal.slot()); }

    // Appends each piece when there is nothing left to do.
    void grow(std::initializer_list<std::string_view> pieces)
    {
        for (const std::string_view piece : pieces)
        {
            run();
            BOOST_TEST(read.is_pending());
            append(piece);
        }
        run();
    }

    void check_cancelled(asio::cancellation_type type, std::size_t n)
    {
        run();
        quietly([&] { signal.emit(type); });
        run();
        BOOST_TEST(read.error == asio::error::operation_aborted);
        BOOST_TEST(read.value() == n);
    }

    // What the reader has not read yet.
    std::string rest()
    {
        std::string all(r->lag(), '\0');
        r->read_some(asio::buffer(all));
        return all;
    }
};

BOOST_FIXTURE_TEST_SUITE(interop_algorithms, reading)

// C30 C31 C50
BOOST_AUTO_TEST_CASE(async_read_fills_its_buffer_from_pieces)
{
    asio::async_read(*r, room(10), handler());
    grow({"hel", "lo ", "world!"});
    BOOST_TEST((!read.error && read.value() == 10u));
    BOOST_TEST(world::read(10) == "hello worl");
    BOOST_TEST(rest() == "d!");
}

// C31 C50
BOOST_AUTO_TEST_CASE(async_read_of_at_least_some_bytes_takes_what_is_there)
{
    asio::async_read(*r, asio::dynamic_buffer(text), asio::transfer_at_least(4), handler());
    grow({"abc", "defg"});
    BOOST_TEST((!read.error && read.value() == 7u));
    BOOST_TEST(text == "abcdefg");
}

// C33 C50
BOOST_AUTO_TEST_CASE(async_read_of_everything_ends_with_the_stream)
{
    const std::string large(200'000, 'x');
    asio::async_read(*r, asio::dynamic_buffer(text), asio::transfer_all(), handler());
    grow({"abc", large, "z"});
    BOOST_TEST(read.is_pending());
    close();
    run();
    BOOST_TEST(read.error == asio::error::eof);
    BOOST_TEST((text == "abc" + large + "z"));
}

// C5 C50
BOOST_AUTO_TEST_CASE(async_read_of_everything_gets_the_cause_after_all_bytes)
{
    asio::async_read(*r, asio::dynamic_buffer(text), handler());
    grow({"abc", "def"});
    s->abort(cause);
    run();
    BOOST_TEST(read.error == cause);
    BOOST_TEST(read.value() == 6u);
    BOOST_TEST(text == "abcdef");
}

// C50 C55
BOOST_AUTO_TEST_CASE(async_read_that_is_cancelled_has_lost_nothing)
{
    for (const auto type : honoured)
    {
        reading w;
        asio::async_read(*w.r, w.room(10), w.handler());
        w.grow({"hello"});
        w.check_cancelled(type, 5);
        BOOST_TEST(w.world::read(5) == "hello");
        BOOST_TEST(w.r->offset() == 5u);
        outcome<std::size_t> next;
        asio::async_read(*w.r, w.room(6), w.check(next));
        w.append(" world");
        w.run();
        BOOST_TEST((next.value() == 6u && w.world::read(6) == " world"));
    }
}

// C50
BOOST_AUTO_TEST_CASE(async_read_until_finds_a_character)
{
    asio::async_read_until(*r, asio::dynamic_buffer(text), '\n', handler());
    grow({"one", " two\nth"});
    BOOST_TEST((!read.error && text.substr(0, read.value()) == "one two\n"));
    append("ree\n");
    BOOST_TEST(text + rest() == "one two\nthree\n");
}

// C50
BOOST_AUTO_TEST_CASE(async_read_until_finds_a_string_across_pieces)
{
    asio::async_read_until(*r, asio::dynamic_buffer(text), "\r\n\r\n", handler());
    grow({"GET /\r\n", "\r", "\nbody"});
    BOOST_TEST((!read.error && text.substr(0, read.value()) == "GET /\r\n\r\n"));
    BOOST_TEST(text + rest() == "GET /\r\n\r\nbody");
}

// C50
BOOST_AUTO_TEST_CASE(async_read_until_finds_a_regular_expression)
{
    const boost::regex number("[0-9]+;");
    asio::async_read_until(*r, asio::dynamic_buffer(text), number, handler());
    grow({"x=1", "2", "3;y"});
    BOOST_TEST((!read.error && text.substr(0, read.value()) == "x=123;"));
}

struct third_comma
{
    using result_type = void; // by which Asio knows a match condition

    template <class Iterator>
    std::pair<Iterator, bool> operator()(Iterator begin, Iterator end) const
    {
        int commas = 0;
        Iterator at = begin;
        while (at != end && commas != 3)
            commas += *at++ == ',';
        return {commas == 3 ? at : begin, commas == 3};
    }
};

// C50
BOOST_AUTO_TEST_CASE(async_read_until_fulfils_a_condition)
{
    asio::async_read_until(*r, asio::dynamic_buffer(text), third_comma(), handler());
    grow({"a,b", ",c", ",d,"});
    BOOST_TEST((!read.error && text.substr(0, read.value()) == "a,b,c,"));
}

// C2 C5 C50
BOOST_AUTO_TEST_CASE(async_read_until_that_finds_nothing_ends_as_the_stream_does)
{
    for (const bool is_closed : {true, false})
    {
        reading w;
        asio::async_read_until(*w.r, asio::dynamic_buffer(w.text), '\n', w.handler());
        w.grow({"no end", " of line"});
        is_closed ? w.s->close() : w.s->abort(cause);
        w.run();
        BOOST_TEST(w.read.error == (is_closed ? error_code(asio::error::eof) : cause));
        BOOST_TEST(w.text == "no end of line");
    }
}

// C50 C55
BOOST_AUTO_TEST_CASE(async_read_until_that_is_cancelled_has_lost_nothing)
{
    for (const auto type : honoured)
    {
        reading w;
        asio::async_read_until(*w.r, asio::dynamic_buffer(w.text), '\n', w.handler());
        w.grow({"one ", "tw"});
        w.check_cancelled(type, 0);
        BOOST_TEST(w.text == "one tw");
        outcome<std::size_t> next;
        asio::async_read_until(*w.r, asio::dynamic_buffer(w.text), '\n', w.check(next));
        w.append("o\n");
        w.run();
        BOOST_TEST((next.value() == 8u && w.text == "one two\n"));
    }
}

// C30 C34 C50
BOOST_AUTO_TEST_CASE(async_read_at_fills_its_buffer_from_pieces)
{
    asio::async_read_at(*r, 3, room(5), handler());
    grow({"ab", "cde", "fghi"});
    BOOST_TEST((!read.error && read.value() == 5u));
    BOOST_TEST(world::read(5) == "defgh");
    BOOST_TEST(r->offset() == 0u);
}

// C34
BOOST_AUTO_TEST_CASE(async_read_at_and_the_readers_own_end_alike)
{
    outcome<std::size_t> own, own_of_failed, of_failed;
    asio::async_read_at(*r, 3, room(10), handler());
    r->async_read_at(3, room(10), check(own));
    grow({"ab", "cde"});
    world failed;
    asio::async_read_at(*failed.r, 3, failed.room(10), failed.check(of_failed));
    failed.r->async_read_at(3, failed.room(10), failed.check(own_of_failed));
    failed.append("abcde");
    close();
    failed.s->abort(cause);
    run();
    failed.run();
    BOOST_TEST((read.error == asio::error::eof && own.error == asio::error::eof));
    BOOST_TEST((of_failed.error == cause && own_of_failed.error == cause));
    for (const outcome<std::size_t>* each : {&read, &own, &of_failed, &own_of_failed})
        BOOST_TEST(each->value() == 2u);
}

// C30 C50 C55
BOOST_AUTO_TEST_CASE(async_read_at_that_is_cancelled_reports_what_it_has)
{
    for (const auto type : honoured)
    {
        reading w;
        asio::async_read_at(*w.r, 1, w.room(10), w.handler());
        w.grow({"hello"});
        w.check_cancelled(type, 4);
        BOOST_TEST(w.world::read(4) == "ello");
        BOOST_TEST(w.rest() == "hello");
    }
}

// C35 C50
BOOST_AUTO_TEST_CASE(read_takes_what_is_there_and_says_that_it_would_wait)
{
    error_code ec;
    append();
    BOOST_TEST(asio::read(*r, room(3)) == 3u);
    BOOST_TEST(asio::read(*r, room(10), ec) == 2u);
    BOOST_TEST(ec == asio::error::would_block);
    append(" world");
    close();
    BOOST_TEST(asio::read(*r, asio::dynamic_buffer(text), ec) == 6u);
    BOOST_TEST(ec == asio::error::eof);
    BOOST_TEST(text == " world");
}

// C35 C50
BOOST_AUTO_TEST_CASE(read_until_takes_line_by_line)
{
    error_code ec;
    append("one\ntwo\nthr");
    BOOST_TEST(asio::read_until(*r, asio::dynamic_buffer(text), '\n') == 4u);
    text.erase(0, 4);
    BOOST_TEST(asio::read_until(*r, asio::dynamic_buffer(text), "\n") == 4u);
    text.erase(0, 4);
    BOOST_TEST(asio::read_until(*r, asio::dynamic_buffer(text), boost::regex("\n"), ec) == 0u);
    BOOST_TEST(ec == asio::error::would_block);
    append("ee\n");
    BOOST_TEST(asio::read_until(*r, asio::dynamic_buffer(text), '\n', ec) == 6u);
    BOOST_TEST(text == "three\n");
}

// C34 C35 C50
BOOST_AUTO_TEST_CASE(read_at_leaves_the_offset_alone)
{
    error_code ec;
    append();
    BOOST_TEST(asio::read_at(*r, 1, room(3)) == 3u);
    BOOST_TEST(world::read(3) == "ell");
    BOOST_TEST(asio::read_at(*r, 1, room(10), ec) == 4u);
    BOOST_TEST(ec == asio::error::would_block);
    s->abort(cause);
    BOOST_TEST(asio::read_at(*r, 1, room(10), ec) == 4u);
    BOOST_TEST(ec == cause);
    BOOST_TEST(rest() == "hello");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::test
