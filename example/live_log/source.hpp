// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

#include <spool/stream.hpp>

#include "child.hpp"
#include "options.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <optional>

namespace live_log {

// Where the output comes from: a command or standard input.
class source
{
public:
    source(const options& chosen, spool::stream& output) : options_(chosen), output_(output) {}

    // Moves everything into the stream and ends it. Returns the exit code of the command.
    boost::asio::awaitable<int> run();

    // Ends the command, if there is one that still runs. Returns its exit code.
    boost::asio::awaitable<int> stop();

private:
    boost::asio::awaitable<int> run_input();
    boost::asio::awaitable<int> run_command();
    boost::asio::awaitable<spool::error_code>
    copy_input(boost::asio::posix::stream_descriptor& input);
    bool start();
    boost::asio::awaitable<spool::error_code> copy_command();
    boost::asio::awaitable<void> overdue();
    void end(spool::error_code problem);

    const options& options_;
    spool::stream& output_;
    std::optional<child> child_;
    int start_failure_ = 0;
};

} // namespace live_log
