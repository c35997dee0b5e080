// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// Boost.Beast on a reader and a stream: HTTP messages are written to a stream and parsed from a reader.

#include "contract/world.hpp"

#include <boost/asio/consign.hpp>
#include <boost/beast/core/buffered_read_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/flat_stream.hpp>
#include <boost/beast/core/stream_traits.hpp>
#include <boost/beast/http.hpp>
#include <boost/test/unit_test.hpp>

#include <concepts>
#include <type_traits>

namespace spool::test {

namespace {

namespace beast = boost::beast;
namespace http = beast::http;

static_assert(beast::has_get_executor<reader>::value);
static_assert(beast::has_get_executor<stream>::value);
static_assert(beast::is_async_read_stream<reader>::value);
static_assert(beast::is_sync_read_stream<reader>::value);
static_assert(beast::is_async_write_stream<stream>::value);
static_assert(beast::is_sync_write_stream<stream>::value);
static_assert(!beast::is_async_write_stream<reader>::value);
static_assert(!beast::is_async_read_stream<stream>::value);
static_assert(std::is_same_v<beast::executor_type<reader>, asio::any_io_executor>);
static_assert(std::is_same_v<beast::lowest_layer_type<reader>, reader>);

struct http_over_a_stream : world
{
    beast::flat_buffer buffer;
    outcome<std::size_t> transferred;
    http::response<http::string_body> received;

    // Beast asks for handlers that can be called as lvalues, which those of `check` on purpose cannot.
    auto handler(outcome<std::size_t>& result) { return asio::consign(check(result), 0); }

    static http::response<http::string_body> response()
    {
        http::response<http::string_body> made(http::status::ok, 11);
        made.set(http::field::content_type, "text/plain");
        made.body() = "hello world";
        return made;
    }

    static std::string text(bool chunked)
    {
        return std::string("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n") +
               (chunked ? "Transfer-Encoding: chunked\r\n\r\nb\r\nhello world\r\n0\r\n\r\n"
                        : "Content-Length: 11\r\n\r\nhello world");
    }

    std::string content()
    {
        std::string all(s->size(), '\0');
        r->read_some_at(0, asio::buffer(all));
        return all;
    }

    void append_in_pieces(std::string_view whole, std::size_t size)
    {
        for (; !whole.empty(); whole.remove_prefix(std::min(size, whole.size())))
        {
            run();
            append(whole.substr(0, size));
        }
        run();
    }
};

BOOST_FIXTURE_TEST_SUITE(interop_beast, http_over_a_stream)

// C50
BOOST_AUTO_TEST_CASE(a_response_is_written_to_a_stream)
{
    auto message = response();
    message.prepare_payload();
    http::async_write(*s, message, handler(transferred));
    run();
    BOOST_TEST(!transferred.error);
    BOOST_TEST(content() == text(false));
    BOOST_TEST(transferred.value() == content().size());
}

// C50
BOOST_AUTO_TEST_CASE(a_chunked_response_is_written_by_a_serializer)
{
    auto message = response();
    message.chunked(true);
    http::response_serializer<http::string_body> serializer(message);
    outcome<std::size_t> body;
    http::async_write_header(*s, serializer, handler(transferred));
    run();
    http::async_write(*s, serializer, handler(body));
    run();
    BOOST_TEST((!transferred.error && !body.error && serializer.is_done()));
    BOOST_TEST(content() == text(true));
    BOOST_TEST(transferred.value() + body.value() == content().size());
}

// C31 C50
BOOST_AUTO_TEST_CASE(a_response_is_read_in_whatever_pieces_it_comes)
{
    for (const bool chunked : {false, true})
        for (const std::size_t size : {1u, 2u, 7u, 1000u})
        {
            http_over_a_stream w;
            http::async_read(*w.r, w.buffer, w.received, w.handler(w.transferred));
            w.append_in_pieces(text(chunked), size);
            BOOST_TEST((!w.transferred.error && !w.transferred.is_pending()));
            BOOST_TEST(w.received.chunked() == chunked);
            BOOST_TEST(w.received[http::field::content_type] == "text/plain");
            BOOST_TEST(w.received.body() == "hello world");
            BOOST_TEST(w.r->offset() == w.s->size());
        }
}

// C50
BOOST_AUTO_TEST_CASE(two_responses_in_a_row_are_told_apart)
{
    append(text(true) + text(false));
    http::async_read(*r, buffer, received, handler(transferred));
    run();
    http::response<http::string_body> second;
    outcome<std::size_t> next;
    http::async_read(*r, buffer, second, handler(next));
    run();
    BOOST_TEST((!transferred.error && !next.error));
    BOOST_TEST((received.chunked() && !second.chunked()));
    BOOST_TEST(transferred.value() + next.value() == s->size());
}

// C50
BOOST_AUTO_TEST_CASE(a_parser_reads_the_header_first_and_the_body_as_it_comes)
{
    http::response_parser<http::string_body> parser;
    http::async_read_header(*r, buffer, parser, handler(transferred));
    append_in_pieces(text(false).substr(0, text(false).size() - 11), 10);
    BOOST_TEST((!transferred.error && parser.is_header_done() && !parser.is_done()));
    for (const std::string_view piece : {"hello", " world"})
    {
        outcome<std::size_t> some;
        http::async_read_some(*r, buffer, parser, handler(some));
        run();
        BOOST_TEST(some.is_pending());
        append(piece);
        run();
        BOOST_TEST((!some.error && parser.get().body().ends_with(piece)));
    }
    BOOST_TEST((parser.is_done() && parser.get().body() == "hello world"));
}

// C2 C5
BOOST_AUTO_TEST_CASE(a_response_that_is_cut_off_never_looks_complete)
{
    for (const std::size_t missing : {1u, 11u, 12u, 30u})
        for (const bool is_closed : {true, false})
        {
            http_over_a_stream w;
            http::async_read(*w.r, w.buffer, w.received, w.handler(w.transferred));
            w.append(text(false).substr(0, text(false).size() - missing));
            w.run();
            is_closed ? w.s->close() : w.s->abort(cause);
            w.run();
            const error_code partial = http::error::partial_message;
            BOOST_TEST(w.transferred.error == (is_closed ? partial : cause));
        }
}

// C2
BOOST_AUTO_TEST_CASE(a_body_that_lasts_until_the_end_needs_a_complete_stream)
{
    for (const bool is_closed : {true, false})
    {
        http_over_a_stream w;
        http::async_read(*w.r, w.buffer, w.received, w.handler(w.transferred));
        w.append("HTTP/1.1 200 OK\r\n\r\nhello");
        w.run();
        BOOST_TEST(w.transferred.is_pending());
        is_closed ? w.s->close() : w.s.reset();
        w.run();
        const error_code abandoned = errc::abandoned;
        BOOST_TEST(w.transferred.error == (is_closed ? error_code() : abandoned));
        BOOST_TEST(w.received.body() == (is_closed ? "hello" : ""));
    }
}

// C35 C50
BOOST_AUTO_TEST_CASE(messages_are_written_and_read_without_waiting)
{
    auto message = response();
    message.chunked(true);
    error_code ec;
    http::write(*s, message, ec);
    BOOST_TEST(!ec);
    http::read(*r, buffer, received, ec);
    BOOST_TEST(!ec);
    BOOST_TEST(received.body() == "hello world");
    http::response<http::string_body> second;
    http::read(*r, buffer, second, ec);
    BOOST_TEST(ec == asio::error::would_block);
}

// C50
BOOST_AUTO_TEST_CASE(a_buffered_read_stream_gives_back_what_was_read_ahead)
{
    beast::buffered_read_stream<reader&, beast::flat_buffer> buffered(*r);
    static_assert(beast::is_async_read_stream<decltype(buffered)>::value);
    BOOST_TEST(&beast::get_lowest_layer(buffered) == &*r);
    buffered.buffer().commit(
        asio::buffer_copy(buffered.buffer().prepare(16), bytes(text(false).substr(0, 16))));
    http::async_read(buffered, buffer, received, handler(transferred));
    append_in_pieces(text(false).substr(16), 9);
    BOOST_TEST(!transferred.error);
    BOOST_TEST(received.body() == "hello world");
}

// C50
BOOST_AUTO_TEST_CASE(a_flat_stream_writes_and_reads)
{
    beast::flat_stream<stream&> to(*s);
    beast::flat_stream<reader&> from(*r);
    BOOST_TEST(&beast::get_lowest_layer(to) == &*s);
    BOOST_TEST(&beast::get_lowest_layer(from) == &*r);
    auto message = response();
    message.chunked(true);
    outcome<std::size_t> written;
    http::async_write(to, message, handler(written));
    http::async_read(from, buffer, received, handler(transferred));
    run();
    BOOST_TEST((!written.error && !transferred.error));
    BOOST_TEST(content() == text(true));
    BOOST_TEST(received.body() == "hello world");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::test
