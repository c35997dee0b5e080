// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "gaps.hpp"

#include <spool/error.hpp>
#include <spool/transfer.hpp>

#include "connection.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

#include <tuple>
#include <utility>

namespace live_log {

namespace asio = boost::asio;

std::optional<std::string> gaps::mark(const spool::reader& from)
{
    const std::uint64_t missed = from.skipped() - std::exchange(marked_, from.skipped());
    if (drops_ && from.statistics().read != 0)
        return std::nullopt;
    return "\n[live_log: " + std::to_string(missed) + " bytes are gone]\n";
}

asio::awaitable<spool::error_code>
copy_all(spool::reader& from, asio::ip::tcp::socket& to, const options& chosen)
{
    gaps missing(chosen);
    for (;;)
    {
        auto [ec, n] = co_await spool::async_copy(from, to, as_result);
        const auto mark = ec == spool::errc::gap ? missing.mark(from) : std::nullopt;
        if (!mark)
            co_return ec;
        std::tie(ec, n) = co_await asio::async_write(to, asio::buffer(*mark), as_result);
        if (ec)
            co_return ec;
    }
}

} // namespace live_log
