// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "options.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/program_options.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <fcntl.h>
#include <iostream>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace live_log {

namespace po = boost::program_options;

namespace {

constexpr std::string_view help = R"(Usage: live_log [OPTIONS] -- COMMAND [ARGUMENT...]
       COMMAND 2>&1 | live_log [OPTIONS]

Runs COMMAND, or takes standard input, and lets any number of clients watch its
output over HTTP from the very first byte, whenever they join.

)";

constexpr std::string_view notes = R"(
  GET /?offset=N   the output from byte N on, or 0, followed until it ends
  GET /stats       what it is doing, as JSON; to standard error on SIGUSR1
If COMMAND is killed, clients get every byte, and then an aborted response.
  live_log --tcp-port 9000 -- ping example.org    # and: nc 127.0.0.1 9000
)";

po::options_description describe()
{
    po::options_description all("Options");
    auto add = all.add_options();
    add("help,h", "show this help");
    add("port,p", po::value<int>()->default_value(0), "HTTP port; 0: any free one");
    add("tcp-port", po::value<int>(), "serve the bare bytes over TCP too; 0: any free one");
    add("bind", po::value<std::string>()->default_value("127.0.0.1"), "address to listen on");
    add("exit-with-child", "exit as COMMAND did, when clients have all");
    add("linger",
        po::value<int>()->default_value(10),
        "for how many seconds they have time for it");
    add("save", po::value<std::string>(), "a new file for the output, ARG.partial until it ends");
    add("resume", "go on behind what an earlier run has saved");
    add("keep", po::value<std::string>(), "how much of the output to keep, as 64MiB");
    add("slow-client",
        po::value<std::string>()->default_value("gap"),
        "if that is too little for one: wait, gap, drop");
    return all;
}

[[noreturn]] void refuse(const std::string& name, const std::string& value)
{
    throw std::runtime_error("--" + name + " cannot be " + value);
}

// Boost would take a negative number for an unsigned type, and wrap it.
template <class Number>
Number number(const po::variables_map& given, const std::string& name)
{
    const int value = given[name].as<int>();
    if (!std::in_range<Number>(value))
        refuse(name, std::to_string(value));
    return static_cast<Number>(value);
}

// Bytes, or a number of KiB, MiB or GiB.
std::uint64_t parse_size(const std::string& name, const std::string& text)
{
    static constexpr std::array<std::string_view, 4> units{"", "KiB", "MiB", "GiB"};
    std::uint64_t value = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    const auto unit = std::ranges::find(units, std::string_view(stop, end));
    if (error != std::errc() || unit == units.end() || value == 0)
        refuse(name, text);
    const auto shift = 10 * (unit - units.begin());
    if (value << shift >> shift != value)
        refuse(name, text);
    return value << shift;
}

slow_client parse_slow_client(const std::string& text)
{
    static constexpr std::array<std::string_view, 3> names{"wait", "gap", "drop"};
    const auto found = std::ranges::find(names, text);
    if (found == names.end())
        refuse("slow-client", text);
    return static_cast<slow_client>(found - names.begin());
}

options read(const po::variables_map& given)
{
    options result;
    const std::string& address = given["bind"].as<std::string>();
    boost::system::error_code ec;
    result.address = boost::asio::ip::make_address(address, ec);
    if (ec)
        refuse("bind", address);
    result.port = number<std::uint16_t>(given, "port");
    if (given.count("tcp-port") != 0)
        result.tcp_port = number<std::uint16_t>(given, "tcp-port");
    result.exit_with_child = given.count("exit-with-child") != 0;
    if (given.count("save") != 0)
        result.file = given["save"].as<std::string>();
    result.resume = given.count("resume") != 0;
    if (result.resume && result.file.empty())
        throw std::runtime_error("--resume needs --save");
    if (given.count("keep") != 0)
        result.keep = parse_size("keep", given["keep"].as<std::string>());
    result.slow = parse_slow_client(given["slow-client"].as<std::string>());
    if (!result.keep && !given["slow-client"].defaulted())
        throw std::runtime_error("--slow-client needs --keep");
    result.linger = std::chrono::seconds(number<unsigned>(given, "linger"));
    return result;
}

po::variables_map
parse(const std::vector<std::string>& arguments, const po::options_description& as)
{
    po::variables_map given;
    try
    {
        po::store(po::command_line_parser(arguments).options(as).positional({}).run(), given);
    }
    catch (const po::too_many_positional_options_error&)
    {
        throw std::runtime_error("COMMAND goes after --");
    }
    po::notify(given);
    return given;
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
    const po::variables_map given = parse({argv + 1, dashes}, described);
    if (given.count("help") != 0)
    {
        std::cout << help << described << notes;
        return std::nullopt;
    }
    options result = read(given);
    if (dashes != end)
        result.command.assign(dashes + 1, end);
    else if (fcntl(STDIN_FILENO, F_GETFD) < 0)
        throw std::runtime_error("neither COMMAND nor standard input is there");
    return result;
}

} // namespace live_log
