// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// Serves the output of a command, live and from its first byte, to any number of clients.

#include <spool/stream.hpp>

#include "connection.hpp"
#include "http.hpp"
#include "listener.hpp"
#include "options.hpp"
#include "output.hpp"
#include "say.hpp"
#include "source.hpp"
#include "statistics.hpp"
#include "tcp.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <csignal>
#include <exception>
#include <iostream>
#include <optional>
#include <sstream>
#include <string>
#include <variant>

namespace live_log {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using namespace asio::experimental::awaitable_operators;
using namespace std::chrono_literals;

constexpr auto time_to_break_off = 1s;

class server
{
public:
    server(asio::io_context& context, const options& chosen);

    // Returns the exit code.
    asio::awaitable<int> run();

private:
    void listen(std::optional<listener>& to, std::uint16_t port, listener::session serve);
    void introduce() const;
    asio::awaitable<void> tell_statistics();
    asio::awaitable<int> serve();
    asio::awaitable<int> stop();

    asio::io_context& context_;
    const options& options_;
    spool::stream output_;
    source source_;
    std::optional<listener> http_;
    std::optional<listener> tcp_;
    asio::signal_set signals_;
    asio::signal_set asked_;
};

server::server(asio::io_context& context, const options& chosen)
    : context_(context), options_(chosen), output_(make_output(context, chosen)),
      source_(chosen, output_), signals_(context, SIGINT, SIGTERM), asked_(context, SIGUSR1)
{
    listen(http_, chosen.port, [this](tcp::socket s) {
        return serve_http(std::move(s), output_, options_);
    });
    if (chosen.tcp_port)
        listen(tcp_, *chosen.tcp_port, [this](tcp::socket s) {
            return serve_tcp(std::move(s), output_, options_);
        });
    asio::co_spawn(context_, tell_statistics(), asio::detached);
    introduce();
}

void server::listen(std::optional<listener>& to, std::uint16_t port, listener::session serve)
{
    const tcp::endpoint where(options_.address, port);
    try
    {
        to.emplace(context_.get_executor(), where, std::move(serve));
    }
    catch (const boost::system::system_error& error)
    {
        std::ostringstream text;
        text << "cannot listen on " << where << ": " << error.code().message();
        throw std::runtime_error(text.str());
    }
    asio::co_spawn(context_, to->run(), [](std::exception_ptr e) {
        if (e)
            std::rethrow_exception(e);
    });
}

void server::introduce() const
{
    std::cout << "http://" << http_->endpoint() << "/\n"
              << "curl -N http://" << http_->endpoint() << "/\n";
    if (tcp_)
        std::cout << "nc " << tcp_->endpoint().address().to_string() << " "
                  << tcp_->endpoint().port() << "\n";
    std::cout.flush();
}

asio::awaitable<void> server::tell_statistics()
{
    for (;;)
    {
        co_await asked_.async_wait(asio::use_awaitable);
        say(statistics_of(output_));
    }
}

asio::awaitable<int> server::run()
{
    const auto outcome = co_await (serve() || signals_.async_wait(asio::use_awaitable));
    if (outcome.index() == 0)
        co_return std::get<0>(outcome);
    co_return co_await stop();
}

asio::awaitable<int> server::serve()
{
    int code = 0;
    if (output_.is_open())
    {
        code = co_await source_.run();
        co_await save(output_, options_);
    }
    if (options_.exit_with_child)
        co_await (output_.async_drain(asio::use_awaitable) || pause(options_.linger));
    else
        co_await pause(forever);
    co_return code;
}

asio::awaitable<int> server::stop()
{
    const int code = co_await source_.stop();
    output_.abort(asio::error::operation_aborted, spool::discard);
    co_await (output_.async_drain(asio::use_awaitable) || pause(time_to_break_off));
    co_return options_.exit_with_child ? code : 0;
}

int run(const options& chosen)
{
    asio::io_context context(1);
    server s(context, chosen);
    int code = 1;
    asio::co_spawn(context, s.run(), [&](std::exception_ptr e, int result) {
        if (e)
            std::rethrow_exception(e);
        code = result;
        context.stop();
    });
    context.run();
    return code;
}

} // namespace
} // namespace live_log

int main(int argc, char** argv)
{
    try
    {
        const auto options = live_log::parse_options(argc, argv);
        return options ? live_log::run(*options) : 0;
    }
    catch (const std::exception& error)
    {
        live_log::say(std::string(error.what()) + " (see live_log --help)");
        return 2;
    }
}
