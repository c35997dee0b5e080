// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "source.hpp"

#include <spool/transfer.hpp>

#include "connection.hpp"
#include "say.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

#include <cerrno>
#include <string>
#include <unistd.h>
#include <variant>

namespace live_log {

namespace asio = boost::asio;
namespace errc = boost::system::errc;
using namespace asio::experimental::awaitable_operators;
using namespace std::chrono_literals;
using spool::error_code;

namespace {

constexpr auto time_to_terminate = 2s;

// As a shell reports it.
int exit_code_of(const error_code& start_failure)
{
    return start_failure == errc::no_such_file_or_directory ? 127 : 126;
}

} // namespace

asio::awaitable<int> source::run()
{
    return options_.command.empty() ? run_input() : run_command();
}

void source::end(error_code problem)
{
    if (problem)
    {
        output_.abort(problem);
        say("the output is incomplete: " + problem.message());
    }
    else
    {
        output_.close();
        say("the output is complete: " + std::to_string(output_.size()) + " bytes");
    }
}

asio::awaitable<int> source::run_input()
{
    asio::posix::stream_descriptor input(output_.get_executor());
    error_code ec;
    input.assign(dup(STDIN_FILENO), ec);
    if (!ec)
        ec = co_await copy_input(input);
    end(ec);
    co_return ec ? 1 : 0;
}

asio::awaitable<error_code> source::copy_input(asio::posix::stream_descriptor& input)
{
    const bool blocking = !input.native_non_blocking();
    auto [ec, n] = co_await spool::async_copy(input, output_, as_result);
    // Others may share it, a terminal with the shell that we return to.
    if (blocking)
        input.native_non_blocking(false);
    co_return ec;
}

bool source::start()
{
    try
    {
        child_.emplace(output_.get_executor(), options_.command);
        return true;
    }
    catch (const boost::system::system_error& error)
    {
        say("cannot start " + options_.command[0] + ": " + error.code().message());
        start_failure_ = exit_code_of(error.code());
        end(error.code());
        return false;
    }
}

asio::awaitable<int> source::run_command()
{
    if (!start())
        co_return start_failure_;
    const auto outcome = co_await (copy_command() || overdue());
    const bool held_open = outcome.index() == 1;
    error_code problem = held_open ? asio::error::timed_out : std::get<0>(outcome);
    say(options_.command[0] + " " + child_->epitaph());
    if (!problem && child_->was_killed())
        problem = errc::make_error_code(errc::owner_dead);
    end(problem);
    co_return child_->exit_code();
}

asio::awaitable<error_code> source::copy_command()
{
    auto [ec, n] = co_await spool::async_copy(child_->output(), output_, as_result);
    co_await child_->wait_for_exit();
    co_return ec;
}

// What the command left running in the background may hold the pipe open for good.
asio::awaitable<void> source::overdue()
{
    co_await child_->wait_for_exit();
    std::chrono::seconds patience = forever;
    if (options_.exit_with_child)
        patience = options_.linger;
    co_await pause(patience);
}

asio::awaitable<int> source::stop()
{
    if (!child_)
        co_return start_failure_;
    child_->terminate();
    co_await (child_->wait_for_exit() || pause(time_to_terminate));
    child_->kill();
    co_return child_->exit_code();
}

} // namespace live_log
