// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace live_log {

// A running command, its standard output and error joined in one pipe.
class child
{
public:
    // Throws boost::system::system_error if the command cannot be started.
    child(const boost::asio::any_io_executor& executor, const std::vector<std::string>& command);
    child(const child&) = delete;
    child& operator=(const child&) = delete;
    // Kills the command if it still runs.
    ~child();

    boost::asio::posix::stream_descriptor& output() { return output_; }

    // May be called by several coroutines, one after the other or at once.
    boost::asio::awaitable<void> wait_for_exit();
    void terminate();
    void kill(); // returns when it is dead

    // All of these only after its exit.
    bool was_killed() const;
    int exit_code() const; // as a shell has it: 128 + the signal
    std::string epitaph() const;

private:
    void reap(int flags);

    boost::asio::posix::stream_descriptor output_;
    boost::asio::posix::stream_descriptor handle_;
    pid_t pid_;
    std::optional<int> status_;
};

} // namespace live_log
