// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "request.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/beast/core/string.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <optional>
#include <string_view>
#include <system_error>

namespace live_log {

namespace {

using boost::beast::iequals;

std::string_view plain(boost::beast::string_view text)
{
    return {text.data(), text.size()};
}

// All of the text must be the number. Nothing that does not fit into 64 bits does.
std::optional<std::uint64_t> parse_number(std::string_view text)
{
    std::uint64_t value = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc() || stop != end)
        return std::nullopt;
    return value;
}

// The path and query of "/path?query" or "http://host/path?query".
std::string_view without_authority(std::string_view target)
{
    constexpr std::string_view scheme = "http://";
    if (!target.starts_with(scheme))
        return target;
    const std::size_t path = target.find('/', scheme.size());
    return path == target.npos ? "/" : target.substr(path);
}

// The value of "offset", 0 without one, nothing if it is no number or there are two.
std::optional<std::uint64_t> parse_offset(std::string_view query)
{
    constexpr std::string_view name = "offset=";
    std::optional<std::uint64_t> found;
    while (!query.empty())
    {
        const std::string_view field = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(query.size(), field.size() + 1));
        if (!field.starts_with(name))
            continue;
        if (found)
            return std::nullopt;
        found = parse_number(field.substr(name.size()));
        if (!found)
            return std::nullopt;
    }
    return found.value_or(0);
}

bool names_this_machine(std::string_view host)
{
    if (!host.ends_with(']'))
        host = host.substr(0, host.rfind(':'));
    if (host.starts_with('[') && host.ends_with(']'))
        host = host.substr(1, host.size() - 2);
    boost::system::error_code ec;
    boost::asio::ip::make_address(host, ec);
    return !ec || iequals({host.data(), host.size()}, "localhost");
}

bool has_body(const http::request_header<>& request)
{
    if (request.count(http::field::transfer_encoding) != 0)
        return true;
    const auto [first, last] = request.equal_range(http::field::content_length);
    for (auto i = first; i != last; ++i)
        if (i->value() != "0")
            return true;
    return false;
}

} // namespace

decision decide(const http::request_header<>& request, const situation& now)
{
    if (request.method() != http::verb::get && request.method() != http::verb::head)
        return {http::status::method_not_allowed};
    const std::size_t hosts = request.count(http::field::host);
    if (has_body(request) || hosts > 1 || (hosts == 0 && request.version() >= 11))
        return {http::status::bad_request};
    // A web page may have its own name point here, and its scripts read what we send to it.
    if (now.only_local && hosts == 1 && !names_this_machine(plain(request[http::field::host])))
        return {http::status::misdirected_request};

    const std::string_view target = without_authority(plain(request.target()));
    const std::size_t path_end = std::min(target.find('?'), target.size());
    if (target == "/stats")
        return {http::status::ok, 0, true};
    if (target.substr(0, path_end) != "/")
        return {http::status::not_found};
    const auto offset = parse_offset(target.substr(std::min(path_end + 1, target.size())));
    if (!offset)
        return {http::status::bad_request};
    if (now.ended && *offset > now.size)
        return {http::status::range_not_satisfiable};
    return {http::status::ok, *offset};
}

} // namespace live_log
