// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// Asio's own algorithms for writing, and its buffered streams.

#include "contract/world.hpp"

#include <boost/asio/buffered_read_stream.hpp>
#include <boost/asio/buffered_write_stream.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/completion_condition.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <boost/test/unit_test.hpp>

#include <list>
#include <type_traits>
#include <vector>

namespace spool::test {

namespace {

struct writing : world
{
    outcome<std::size_t> written;
    asio::cancellation_signal signal;

    auto handler() { return check(written, signal.slot()); }

    std::string content()
    {
        std::string all(s->size(), '\0');
        r->read_some_at(0, asio::buffer(all));
        return all;
    }
};

BOOST_FIXTURE_TEST_SUITE(interop_write_algorithms, writing)

// C21 C50
BOOST_AUTO_TEST_CASE(async_write_writes_all_of_a_buffer)
{
    const std::string large(300'000, 'x');
    asio::async_write(*s, asio::buffer(large), handler());
    run();
    BOOST_TEST((!written.error && written.value() == large.size()));
    BOOST_TEST((content() == large));
}

// C20 C21 C50
BOOST_AUTO_TEST_CASE(async_write_writes_lists_of_buffers_in_their_order)
{
    std::vector<asio::const_buffer> many(100, bytes("ab"));
    many.push_back(bytes("|"));
    asio::async_write(*s, many, handler());
    run();
    BOOST_TEST((!written.error && written.value() == 201u));
    const std::list<asio::const_buffer> few{bytes("hello"), {}, bytes(" world")};
    outcome<std::size_t> next;
    asio::async_write(*s, few, check(next));
    run();
    BOOST_TEST(next.value() == 11u);
    BOOST_TEST(content().substr(198) == "ab|hello world");
}

// C21 C50
BOOST_AUTO_TEST_CASE(async_write_takes_a_dynamic_buffer_and_a_condition)
{
    std::string text = "hello world";
    const auto five = asio::transfer_exactly(5);
    asio::async_write(*s, asio::dynamic_buffer(text), five, handler());
    run();
    BOOST_TEST(written.value() == 5u);
    BOOST_TEST((content() == "hello" && text == " world"));
}

// C25 C50 C55
BOOST_AUTO_TEST_CASE(async_write_that_is_cancelled_has_written_nothing)
{
    for (const auto type : {asio::cancellation_type::terminal, asio::cancellation_type::partial})
    {
        writing w;
        static_cast<void>(w.s->prepare(3));
        asio::async_write(*w.s, bytes("hello"), w.handler());
        w.run();
        BOOST_TEST(w.written.is_pending());
        quietly([&] { w.signal.emit(type); });
        w.run();
        BOOST_TEST(w.written.error == asio::error::operation_aborted);
        BOOST_TEST(w.written.value() == 0u);
        w.s->commit(0);
        BOOST_TEST(w.s->size() == 0u);
    }
}

// C24 C50
BOOST_AUTO_TEST_CASE(async_write_to_an_ended_stream_gets_the_end)
{
    s->abort(cause);
    asio::async_write(*s, bytes("hello"), handler());
    run();
    BOOST_TEST((written.error == cause && written.value() == 0u));
}

// C22 C50
BOOST_AUTO_TEST_CASE(write_writes_all_or_says_that_it_would_wait)
{
    error_code ec;
    BOOST_TEST(asio::write(*s, bytes("hello")) == 5u);
    BOOST_TEST(asio::write(*s, std::array{bytes(" "), bytes("world")}) == 6u);
    static_cast<void>(s->prepare(3));
    BOOST_TEST(asio::write(*s, bytes("!"), ec) == 0u);
    BOOST_TEST(ec == asio::error::would_block);
    s->commit(0);
    s->close();
    BOOST_TEST(asio::write(*s, bytes("!"), ec) == 0u);
    BOOST_TEST(ec == errc::closed);
    BOOST_TEST(content() == "hello world");
}

using buffered_reader = asio::buffered_read_stream<reader&>;
using buffered_stream = asio::buffered_write_stream<stream&>;
static_assert(std::is_same_v<buffered_reader::lowest_layer_type, reader>);
static_assert(std::is_same_v<buffered_stream::lowest_layer_type, stream>);
static_assert(std::is_same_v<buffered_reader::executor_type, reader::executor_type>);

// C50
BOOST_AUTO_TEST_CASE(a_buffered_read_stream_reads_ahead)
{
    buffered_reader buffered(*r);
    outcome<std::size_t> filled, read;
    buffered.async_fill(check(filled));
    append("hello");
    run();
    BOOST_TEST((filled.value() == 5u && buffered.in_avail() == 5u));
    asio::async_read(buffered, room(11), check(read));
    run();
    append(" world");
    run();
    BOOST_TEST((!read.error && world::read(read.value()) == "hello world"));
    BOOST_TEST(&buffered.lowest_layer() == &*r);
    BOOST_TEST((buffered.get_executor() == r->get_executor()));
    s->abort(cause);
    error_code ec;
    BOOST_TEST(buffered.read_some(room(), ec) == 0u);
    BOOST_TEST(ec == cause);
}

// C50 C55
BOOST_AUTO_TEST_CASE(a_buffered_read_stream_that_is_cancelled_has_lost_nothing)
{
    buffered_reader buffered(*r);
    std::string text;
    asio::async_read_until(buffered, asio::dynamic_buffer(text), '\n', handler());
    run();
    append("on");
    run();
    quietly([&] { signal.emit(asio::cancellation_type::terminal); });
    run();
    BOOST_TEST(written.error == asio::error::operation_aborted);
    append("e\ntwo");
    outcome<std::size_t> next;
    asio::async_read_until(buffered, asio::dynamic_buffer(text), '\n', check(next));
    run();
    BOOST_TEST((next.value() == 4u && text.starts_with("one\n")));
}

// C50
BOOST_AUTO_TEST_CASE(a_buffered_write_stream_writes_when_it_is_flushed)
{
    buffered_stream buffered(*s);
    outcome<std::size_t> flushed;
    asio::async_write(buffered, bytes("hello"), handler());
    run();
    BOOST_TEST((written.value() == 5u && s->size() == 0u));
    asio::write(buffered, bytes(" world"));
    buffered.async_flush(check(flushed));
    run();
    BOOST_TEST(flushed.value() == 11u);
    BOOST_TEST(content() == "hello world");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::test
