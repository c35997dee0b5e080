// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// The readers of the tests with several threads: coroutines that read in every way there is.

#include <spool/reader.hpp>

#include "threads_writing.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace spool::test {

// Reads in every way there is, here and there, until it meets the end; what it saw is checked afterwards.
class reading
{
public:
    reading(reader r, std::uint64_t seed, failures& failed)
        : reader_(std::make_shared<reader>(std::move(r))), chance_(seed), failed_(failed)
    {
    }

    asio::awaitable<void> read()
    {
        while (!met_end_)
            co_await read_once();
        reader_.reset();
    }

    bool saw(const std::string& text) const
    {
        return std::ranges::all_of(seen_, [&](const run& r) {
            return text.compare(r.offset, r.bytes.size(), r.bytes) == 0;
        });
    }

private:
    struct run
    {
        std::uint64_t offset;
        std::string bytes;
    };

    asio::awaitable<void> read_once()
    {
        switch (chance_.below(8))
        {
        case 0:
            co_return co_await read_cancelled_by_signal();
        case 1:
            co_return co_await read_cancelled();
        case 2:
            co_return co_await read_lent();
        case 3:
            co_return co_await read_back();
        case 4:
            co_return co_await wait();
        case 5:
            co_return leave_a_clone();
        case 6:
            co_return read_now();
        default:
            co_return seek_back();
        }
    }

    void note(std::uint64_t offset, error_code ec, std::string_view bytes)
    {
        failed_.check(bytes.empty() == static_cast<bool>(ec));
        failed_.check(reader_->offset() == offset + bytes.size());
        seen_.push_back({offset, std::string(bytes)});
        met_end_ = ec == asio::error::eof;
        failed_.check(
            !ec || met_end_ || ec == asio::error::operation_aborted ||
            ec == asio::error::would_block);
    }

    // A posted `cancel` may meet a later operation: a batch that was posted before it may complete the
    // one it was meant for, although that was started after it.
    static bool was_cancelled(error_code ec, std::uint64_t n)
    {
        return ec == asio::error::operation_aborted && n == 0;
    }

    asio::awaitable<void> read_cancelled_by_signal()
    {
        const std::uint64_t at = reader_->offset();
        const auto signal = co_await soon();
        const auto [ec, n] = co_await reader_->async_read_some(
            asio::buffer(bytes_), asio::bind_cancellation_slot(signal->slot(), token));
        note(at, ec, {bytes_.data(), n});
    }

    asio::awaitable<void> read_cancelled()
    {
        const std::uint64_t at = reader_->offset();
        // Not in one expression with the lambda: GCC 12 destroys what it captured twice.
        const auto executor = co_await asio::this_coro::executor;
        asio::post(executor, [r = reader_] { r->cancel(); });
        const auto [ec, n] = co_await reader_->async_read_some(asio::buffer(bytes_), token);
        note(at, ec, {bytes_.data(), n});
    }

    asio::awaitable<void> read_lent()
    {
        const std::uint64_t at = reader_->offset();
        const auto [ec, lent] = co_await reader_->async_read_view(20'000, token);
        std::string bytes(lent.size(), '\0');
        asio::buffer_copy(asio::buffer(bytes), lent);
        note(at, ec, bytes);
    }

    asio::awaitable<void> read_back()
    {
        const std::uint64_t at = chance_.below(static_cast<std::size_t>(reader_->size()) + 1);
        const auto [ec, n] = co_await reader_->async_read_at(at, asio::buffer(bytes_), token);
        failed_.check(
            was_cancelled(ec, n) || ec == asio::error::eof || (!ec && n == bytes_.size()));
        seen_.push_back({at, std::string(bytes_.data(), n)});
    }

    asio::awaitable<void> wait()
    {
        const std::size_t wanted = chance_.below(5000);
        const auto [ec, n] = co_await reader_->async_wait(wanted, token);
        failed_.check(
            was_cancelled(ec, n) || (ec ? ec == asio::error::eof && n < wanted : n >= wanted));
    }

    // It is closed while its read waits, or not any more.
    void leave_a_clone()
    {
        error_code refused;
        reader clone = reader_->clone(refused);
        failed_.check(!refused && clone.offset() == reader_->offset());
        const auto bytes = std::make_shared<std::array<char, 100>>();
        clone.async_read_some(asio::buffer(*bytes), [this, bytes](error_code ec, std::size_t n) {
            failed_.check((n == 0) == static_cast<bool>(ec));
        });
    }

    void read_now()
    {
        const std::uint64_t at = reader_->offset();
        error_code ec;
        const std::size_t n = reader_->read_some(asio::buffer(bytes_), ec);
        note(at, ec, {bytes_.data(), n});
    }

    void seek_back()
    {
        if (seeks_left_ == 0 || chance_.below(8) != 0)
            return;
        --seeks_left_;
        reader_->seek(chance_.below(static_cast<std::size_t>(reader_->size()) + 1));
    }

    std::shared_ptr<reader> reader_;
    chance chance_;
    failures& failed_;
    std::vector<run> seen_;
    std::array<char, 3000> bytes_{};
    std::size_t seeks_left_ = 20;
    bool met_end_ = false;
};

} // namespace spool::test
