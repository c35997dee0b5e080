// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// Streams with many readers that all wait for the next byte.

#include <spool/spool.hpp>

#include "measure.hpp"

#include <boost/asio.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <stdexcept>
#include <utility>
#include <vector>

namespace bench {

namespace asio = boost::asio;
using spool::error_code;

inline constexpr std::size_t piece = 64;

// What everybody writes.
inline asio::const_buffer bytes()
{
    static constexpr std::array<char, piece> filled{'s', 'p', 'o', 'o', 'l'};
    return asio::buffer(filled);
}

// A stream and readers of it that all wait for its next byte, on one context. The appends come from the
// context too, as those of a writer do: Asio recycles memory only there.
template <class Reader>
class audience
{
public:
    audience(asio::io_context& context, std::size_t n) : context_(context), stream_(context)
    {
        readers_.reserve(n);
        for (std::size_t i = 0; i != n; ++i)
            readers_.emplace_back(*this, stream_.make_reader());
        for (Reader& r : readers_)
            r.start();
        context_.poll(); // coroutines start there
    }

    audience(const audience&) = delete;
    audience& operator=(const audience&) = delete;

    std::size_t size() const noexcept { return readers_.size(); }
    bool all_served() const noexcept { return delivered_ == due_; }

    void append()
    {
        due_ += size();
        stream_.append(bytes());
    }

    // Called by a reader when it has got a piece.
    void delivered()
    {
        ++delivered_;
        if (left_ != 0 && all_served())
        {
            --left_;
            append();
        }
    }

    // About so many deliveries: append, wake, copy, handler, next read.
    void deliver(std::size_t deliveries)
    {
        left_ = appends_of(deliveries) - 1;
        asio::post(context_, [this] { append(); });
        context_.poll();
        if (!all_served() || left_ != 0)
            throw std::logic_error("a reader did not get what was appended");
    }

    sample round(std::size_t deliveries)
    {
        return timed(appends_of(deliveries) * size(), [&] { deliver(deliveries); });
    }

private:
    std::size_t appends_of(std::size_t deliveries) const noexcept
    {
        return std::max<std::size_t>(1, deliveries / size());
    }

    asio::io_context& context_;
    spool::stream stream_;
    std::vector<Reader> readers_;
    std::size_t delivered_ = 0;
    std::size_t due_ = 0;
    std::size_t left_ = 0; // appends that are still to come
};

// Reads 64 bytes again and again.
class callback_reader
{
public:
    callback_reader(audience<callback_reader>& all, spool::reader r)
        : all_(&all), reader_(std::move(r))
    {
    }

    void start()
    {
        reader_.async_read_some(asio::buffer(buffer_), [this](error_code ec, std::size_t) {
            if (ec)
                return;
            start();
            all_->delivered();
        });
    }

private:
    audience<callback_reader>* all_;
    spool::reader reader_;
    std::array<char, piece> buffer_;
};

// The same as a coroutine.
class coroutine_reader
{
public:
    coroutine_reader(audience<coroutine_reader>& all, spool::reader r)
        : all_(&all), reader_(std::move(r))
    {
    }

    void start() { asio::co_spawn(reader_.get_executor(), run(), asio::detached); }

private:
    asio::awaitable<void> run()
    {
        for (;;)
        {
            co_await reader_.async_read_some(asio::buffer(buffer_));
            all_->delivered();
        }
    }

    audience<coroutine_reader>* all_;
    spool::reader reader_;
    std::array<char, piece> buffer_;
};

using callback_audience = audience<callback_reader>;
using coroutine_audience = audience<coroutine_reader>;

} // namespace bench
