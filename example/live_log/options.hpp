// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

#include <boost/asio/ip/address.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace live_log {

// What happens when a client is slower than the output, and not all of that is kept.
enum class slow_client
{
    wait, // the command waits
    gap,  // the client gets a mark in the place of what it missed
    drop, // its answer is broken off
};

struct options
{
    boost::asio::ip::address address;
    std::uint16_t port = 0;
    std::optional<std::uint16_t> tcp_port;
    bool exit_with_child = false;
    std::chrono::seconds linger{0};
    std::string file; // to keep the output in; empty: in memory
    bool resume = false;
    std::optional<std::uint64_t> keep; // how many bytes of the output; all of them without it
    slow_client slow = slow_client::gap;
    std::vector<std::string> command; // empty: standard input
};

// Nothing if only the help was asked for. Throws std::exception with a text for the user.
std::optional<options> parse_options(int argc, char** argv);

} // namespace live_log
