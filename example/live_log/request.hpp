// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/status.hpp>

#include <cstdint>

namespace live_log {

namespace http = boost::beast::http;

// What an answer depends on besides the request.
struct situation
{
    std::uint64_t size; // of the output so far
    bool ended;
    bool only_local; // we listen to this machine only
};

struct decision
{
    http::status status;
    std::uint64_t offset = 0; // where to start, if the status is ok
    bool statistics = false;  // those are asked for, not the output
};

decision decide(const http::request_header<>& request, const situation& now);

} // namespace live_log
