// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

#include <spool/reader.hpp>

#include "options.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <optional>
#include <string>

namespace live_log {

// What a client gets in the place of bytes that are gone when it comes to them.
class gaps
{
public:
    explicit gaps(const options& chosen) noexcept : drops_(chosen.slow == slow_client::drop) {}

    // After `errc::gap`: the text in the place of what the reader has missed. Nothing, if the client is to be
    // dropped; but nobody is for what was gone before it came.
    std::optional<std::string> mark(const spool::reader& from);

private:
    const bool drops_;
    std::uint64_t marked_ = 0;
};

// Copies everything to the client, with marks in the place of what is gone.
boost::asio::awaitable<spool::error_code>
copy_all(spool::reader& from, boost::asio::ip::tcp::socket& to, const options& chosen);

} // namespace live_log
