// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "http.hpp"

#include <spool/reader.hpp>

#include "connection.hpp"
#include "gaps.hpp"
#include "request.hpp"
#include "statistics.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace live_log {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using namespace asio::experimental::awaitable_operators;
using namespace std::chrono_literals;
using spool::error_code;

namespace {

constexpr auto header_time = 10s;
constexpr std::uint32_t header_limit = 8 * 1024;
constexpr std::size_t view_limit = 256 * 1024;

using request_parser = http::request_parser<http::empty_body>;

asio::awaitable<error_code> read_header(tcp::socket& socket, request_parser& parser)
{
    beast::flat_buffer buffer(header_limit);
    parser.header_limit(header_limit);
    auto [ec, n] = co_await http::async_read_header(socket, buffer, parser, as_result);
    co_return ec;
}

std::string content_range(const spool::stream& output)
{
    return "bytes */" + std::to_string(output.size());
}

// A small answer, with which the connection ends.
asio::awaitable<void> answer_whole(
    tcp::socket& socket,
    const http::request_header<>& request,
    http::response<http::string_body> response)
{
    response.keep_alive(false);
    response.prepare_payload();
    if (request.method() == http::verb::head)
        response.body().clear();
    co_await http::async_write(socket, response, as_result);
    co_await finish(socket);
}

asio::awaitable<void> refuse(
    tcp::socket& socket,
    const http::request_header<>& request,
    http::status why,
    const spool::stream& output)
{
    http::response<http::string_body> response(why, 11);
    response.set(http::field::content_type, "text/plain; charset=utf-8");
    if (why == http::status::method_not_allowed)
        response.set(http::field::allow, "GET, HEAD");
    if (why == http::status::range_not_satisfiable)
        response.set(http::field::content_range, content_range(output));
    response.body() = std::string(http::obsolete_reason(why)) + "\n";
    co_await answer_whole(socket, request, std::move(response));
}

// An HTTP/1.0 client knows no chunks: the end of the connection is the end of the output.
http::response<http::empty_body>
make_head(unsigned version, const std::optional<std::uint64_t>& length)
{
    http::response<http::empty_body> head(http::status::ok, version);
    head.set(http::field::content_type, "text/plain; charset=utf-8");
    head.set("X-Content-Type-Options", "nosniff"); // browsers hold text back to guess its type
    head.set(http::field::cache_control, "no-store");
    head.keep_alive(false);
    if (length)
        head.content_length(*length);
    else if (version >= 11)
        head.chunked(true);
    return head;
}

template <class Bytes>
asio::awaitable<error_code> send_chunk(tcp::socket& socket, const Bytes& bytes)
{
    auto [ec, n] = co_await asio::async_write(socket, http::make_chunk(bytes), as_result);
    co_return ec;
}

asio::awaitable<error_code>
send_chunks(tcp::socket& socket, spool::reader& from, const options& chosen)
{
    gaps missing(chosen);
    for (;;)
    {
        auto [ec, bytes] = co_await from.async_read_view(view_limit, as_result);
        const auto mark = ec == spool::errc::gap ? missing.mark(from) : std::nullopt;
        if (mark)
            ec = co_await send_chunk(socket, asio::buffer(*mark));
        else if (!ec)
            ec = co_await send_chunk(socket, bytes);
        else if (ec == asio::error::eof)
        {
            auto [last, n] = co_await asio::async_write(socket, http::make_chunk_last(), as_result);
            co_return last;
        }
        if (ec)
            co_return ec;
    }
}

asio::awaitable<error_code> send(
    tcp::socket& socket,
    const http::response<http::empty_body>& head,
    bool body,
    spool::reader& from,
    const options& chosen)
{
    http::response_serializer<http::empty_body, http::fields> serializer(head);
    auto [ec, n] = co_await http::async_write_header(socket, serializer, as_result);
    if (ec || !body)
        co_return ec;
    if (head.chunked())
        co_return co_await send_chunks(socket, from, chosen);
    co_return co_await copy_all(from, socket, chosen);
}

asio::awaitable<void>
answer_statistics(tcp::socket& socket, const http::request_header<>& request, spool::stream& output)
{
    http::response<http::string_body> response(http::status::ok, request.version());
    response.set(http::field::content_type, "application/json");
    response.set(http::field::cache_control, "no-store");
    response.body() = statistics_of(output) + "\n";
    co_await answer_whole(socket, request, std::move(response));
}

asio::awaitable<void> answer(
    tcp::socket& socket,
    const http::request_header<>& request,
    std::uint64_t offset,
    spool::stream& output,
    const options& chosen)
{
    error_code refused;
    spool::reader from = output.make_reader(offset, refused);
    if (refused)
    {
        co_await refuse(socket, request, http::status::service_unavailable, output);
        co_return;
    }
    std::optional<std::uint64_t> length = output.final_size();
    if (length && chosen.keep)
        length = std::nullopt; // a mark is longer or shorter than what it stands for
    if (length)
        *length -= offset;
    const auto head = make_head(request.version(), length);
    const bool body = request.method() != http::verb::head;

    const auto outcome = co_await (
        send(socket, head, body, from, chosen) || client_left(socket, half_closed::is_gone));
    if (outcome.index() == 1)
        co_return;
    // Without its last chunk a response is visibly incomplete.
    if (!std::get<0>(outcome) || head.chunked())
        co_await finish(socket);
    else
        co_await break_off(socket, half_closed::is_gone);
}

} // namespace

asio::awaitable<void> serve_http(tcp::socket socket, spool::stream& output, const options& chosen)
{
    prepare(socket);
    request_parser parser;
    const auto arrived = co_await (read_header(socket, parser) || pause(header_time));
    if (arrived.index() == 1)
        co_return;
    const error_code ec = std::get<0>(arrived);
    const auto& request = parser.get();
    if (ec == http::error::header_limit || ec == http::error::buffer_overflow)
        co_await refuse(socket, request, http::status::request_header_fields_too_large, output);
    else if (ec && ec.category() == http::make_error_code(http::error::bad_method).category())
        co_await refuse(socket, request, http::status::bad_request, output);
    if (ec)
        co_return;

    error_code closed;
    const tcp::endpoint local = socket.local_endpoint(closed);
    const decision made =
        decide(request, {output.size(), !output.is_open(), local.address().is_loopback()});
    if (made.status == http::status::ok && made.statistics)
        co_await answer_statistics(socket, request, output);
    else if (made.status == http::status::ok)
        co_await answer(socket, request, made.offset, output, chosen);
    else
        co_await refuse(socket, request, made.status, output);
}

} // namespace live_log
