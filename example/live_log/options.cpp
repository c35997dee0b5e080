// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "options.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/program_options.hpp>

#include <algorithm>
#include <iostream>
#include <stdexcept>
#include <string_view>

namespace live_log {

namespace po = boost::program_options;

namespace {

constexpr std::string_view help = R"(Usage: live_log [OPTIONS] -- COMMAND [ARGUMENT...]
       COMMAND 2>&1 | live_log [OPTIONS]

Runs COMMAND, or takes standard input, and lets any number of clients watch its
output over HTTP from the very first byte, whenever they join.

)";

constexpr std::string_view notes = R"(
  GET /            the output from the start, followed until it ends
  GET /?offset=N   the same from byte N on

Output that is not whole never looks whole: if COMMAND cannot be started, or is
killed by a signal, clients get every byte and then a broken response. An exit
code other than 0 does not make the output incomplete.

Examples:
  live_log -- make -j2
  make 2>&1 | live_log --port 8080
  live_log --tcp-port 9000 -- ping example.org     (watch with: nc 127.0.0.1 9000)
)";

po::options_description describe()
{
    po::options_description all("Options");
    auto add = all.add_options();
    add("help,h", "show this help");
    add("port,p", po::value<std::uint16_t>()->default_value(0), "HTTP port; 0: any free one");
    add("tcp-port", po::value<std::uint16_t>(), "serve the bare bytes over TCP too; 0: any");
    add("bind", po::value<std::string>()->default_value("127.0.0.1"), "address to listen on");
    add("exit-with-child", "exit as COMMAND did, once the clients have everything");
    add("linger",
        po::value<unsigned>()->default_value(10),
        "with --exit-with-child: seconds that the clients have");
    return all;
}

options read(const po::variables_map& given)
{
    options result;
    result.address = boost::asio::ip::make_address(given["bind"].as<std::string>());
    result.port = given["port"].as<std::uint16_t>();
    if (given.count("tcp-port") != 0)
        result.tcp_port = given["tcp-port"].as<std::uint16_t>();
    result.exit_with_child = given.count("exit-with-child") != 0;
    result.linger = std::chrono::seconds(given["linger"].as<unsigned>());
    return result;
}

} // namespace

std::optional<options> parse_options(int argc, char** argv)
{
    // What follows "--" belongs to the command, whatever it looks like.
    char** const end = argv + argc;
    char** const dashes = std::find(argv, end, std::string_view("--"));
    if (dashes != end && dashes + 1 == end)
        throw std::runtime_error("no command after --");

    const po::options_description described = describe();
    const std::vector<std::string> ours(argv + 1, dashes);
    po::variables_map given;
    po::store(po::command_line_parser(ours).options(described).positional({}).run(), given);
    po::notify(given);
    if (given.count("help") != 0)
    {
        std::cout << help << described << notes;
        return std::nullopt;
    }
    options result = read(given);
    if (dashes != end)
        result.command.assign(dashes + 1, end);
    return result;
}

} // namespace live_log
