// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// Streams in memory to copy to and from. They move as few bytes at a time as one likes, fail at the
// operation that one likes, and remember the buffers that they were given.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/append.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/error_code.hpp>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace spool::test {

namespace asio = boost::asio;

class fake_stream
{
public:
    using executor_type = asio::any_io_executor;

    static constexpr std::size_t never = std::size_t(-1);

    explicit fake_stream(executor_type executor) : executor_(std::move(executor)) {}

    const executor_type& get_executor() const noexcept { return executor_; }

    std::size_t most = never;           // how many bytes an operation moves at most
    std::size_t failing = never;        // the operation that fails, counted from 0
    std::size_t operations = 0;         // that were started
    std::function<void()> on_operation; // called in each of them

    inline static const boost::system::error_code failure = asio::error::no_buffer_space;

protected:
    // Starts an operation that moves bytes with `move(n)`, where n is the most it may move.
    template <class Token, class Move>
    auto start(Token& token, Move move)
    {
        return asio::async_initiate<Token, void(boost::system::error_code, std::size_t)>(
            [this](auto handler, Move moves) {
                boost::system::error_code ec;
                std::size_t n = 0;
                if (on_operation)
                    on_operation();
                if (operations++ == failing)
                    ec = failure;
                else
                    n = moves(ec);
                const auto executor = asio::get_associated_executor(handler, executor_);
                asio::post(executor, asio::append(std::move(handler), ec, n));
            },
            token,
            std::move(move));
    }

private:
    executor_type executor_;
};

// An AsyncWriteStream.
class fake_write_stream : public fake_stream
{
public:
    using fake_stream::fake_stream;

    std::string taken;
    std::vector<std::vector<asio::const_buffer>> given;

    template <class ConstBufferSequence, class Token>
    auto async_write_some(const ConstBufferSequence& buffers, Token&& token)
    {
        return start(token, [this, buffers](boost::system::error_code&) {
            given.emplace_back(
                asio::buffer_sequence_begin(buffers), asio::buffer_sequence_end(buffers));
            const std::size_t n = std::min(most, asio::buffer_size(buffers));
            const std::size_t before = taken.size();
            taken.resize(before + n);
            asio::buffer_copy(asio::buffer(taken) + before, buffers);
            return n;
        });
    }
};

// An AsyncReadStream.
class fake_read_stream : public fake_stream
{
public:
    using fake_stream::fake_stream;

    std::string_view text; // still to be read; then comes the end
    std::vector<asio::mutable_buffer> given;

    template <class Token>
    auto async_read_some(asio::mutable_buffer buffer, Token&& token)
    {
        return start(token, [this, buffer](boost::system::error_code& ec) {
            given.push_back(buffer);
            if (text.empty())
                ec = asio::error::eof;
            const std::size_t n =
                asio::buffer_copy(buffer, asio::buffer(text.data(), text.size()), most);
            text.remove_prefix(n);
            return n;
        });
    }
};

} // namespace spool::test
