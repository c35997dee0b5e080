// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "output.hpp"

#include <spool/file_storage.hpp>

#include "say.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <filesystem>
#include <stdexcept>
#include <string>

namespace live_log {

namespace asio = boost::asio;
using spool::file_mode;

namespace {

file_mode mode_for(const options& chosen)
{
    if (!chosen.resume)
        return file_mode::create;
    const bool is_complete =
        std::filesystem::exists(chosen.file) && !std::filesystem::exists(chosen.file + ".partial");
    return is_complete ? file_mode::open : file_mode::resume;
}

spool::options options_for(const options& chosen)
{
    spool::options result;
    if (chosen.keep)
        result.retain = chosen.slow == slow_client::wait ? spool::retain_unread(*chosen.keep)
                                                         : spool::retain_last(*chosen.keep);
    return result;
}

} // namespace

spool::stream make_output(asio::io_context& context, const options& chosen)
{
    if (chosen.file.empty() && !chosen.keep)
        return spool::stream(context);
    if (chosen.file.empty())
        return {context, options_for(chosen)};
    try
    {
        return {context, spool::file_storage(chosen.file, mode_for(chosen)), options_for(chosen)};
    }
    catch (const boost::system::system_error& error)
    {
        throw std::runtime_error("cannot save to " + chosen.file + ": " + error.code().message());
    }
}

asio::awaitable<void> save(spool::stream& output, const options& chosen)
{
    if (chosen.file.empty())
        co_return;
    spool::error_code ec;
    co_await output.async_flush(
        spool::level::synced, asio::redirect_error(asio::use_awaitable, ec));
    if (ec)
        say("cannot save to " + chosen.file + ": " + ec.message());
    else if (std::filesystem::exists(chosen.file))
        say("saved to " + chosen.file);
    else
        say("saved to " + chosen.file + ".partial; --resume goes on behind it");
}

} // namespace live_log
