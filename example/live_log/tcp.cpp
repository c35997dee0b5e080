// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "tcp.hpp"

#include <spool/reader.hpp>

#include "connection.hpp"
#include "gaps.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>

#include <variant>

namespace live_log {

namespace asio = boost::asio;
using asio::ip::tcp;
using namespace asio::experimental::awaitable_operators;
using spool::error_code;

asio::awaitable<void> serve_tcp(tcp::socket socket, spool::stream& output, const options& chosen)
{
    prepare(socket);
    error_code refused;
    spool::reader from = output.make_reader(0, refused);
    if (refused)
        co_return;
    // Many a netcat ends its side at once when its own input is empty, and reads on.
    const auto outcome =
        co_await (copy_all(from, socket, chosen) || client_left(socket, half_closed::is_there));
    if (outcome.index() == 1)
        co_return;
    if (!std::get<0>(outcome))
        co_await finish(socket);
    else
        co_await break_off(socket, half_closed::is_there);
}

} // namespace live_log
