// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

#include <boost/asio/ip/address.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace live_log {

struct options
{
    boost::asio::ip::address address;
    std::uint16_t port = 0;
    std::optional<std::uint16_t> tcp_port;
    bool exit_with_child = false;
    std::chrono::seconds linger{0};
    std::string file; // to keep the output in; empty: in memory
    bool resume = false;
    std::vector<std::string> command; // empty: standard input
};

// Nothing if only the help was asked for. Throws std::exception with a text for the user.
std::optional<options> parse_options(int argc, char** argv);

} // namespace live_log
