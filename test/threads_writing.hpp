// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// The writers of the tests with several threads: coroutines that write records in every way there is.

#include <spool/stream.hpp>

#include "support/chance.hpp"
#include "threads_support.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

// GCC 12 takes Asio's operator new and delete of a coroutine for a mismatch.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

namespace spool::test {

namespace asio = boost::asio;

inline constexpr auto token = asio::as_tuple(asio::use_awaitable);

// A record says who wrote it, the how many-th it is, and how many bytes follow, all equal to `fill`.
struct record_head
{
    std::uint32_t writer;
    std::uint32_t number;
    std::uint32_t bytes;
    std::uint32_t fill;
};

inline std::string make_record(std::uint32_t writer, std::uint32_t number, chance& c)
{
    const auto bytes = static_cast<std::uint32_t>(c.below(c.below(8) == 0 ? 9000 : 40));
    const record_head head{writer, number, bytes, (writer * 31 + number) % 251};
    std::string record(sizeof head + bytes, static_cast<char>(head.fill));
    std::memcpy(record.data(), &head, sizeof head);
    return record;
}

// Whether `text` is whole records, each writer's in order, `each` of every writer.
inline bool are_whole_records(std::string_view text, std::uint32_t writers, std::uint32_t each)
{
    std::vector<std::uint32_t> next(writers, 0);
    while (!text.empty())
    {
        record_head head{};
        if (text.size() < sizeof head)
            return false;
        std::memcpy(&head, text.data(), sizeof head);
        text.remove_prefix(sizeof head);
        if (head.writer >= writers || head.number != next[head.writer]++ ||
            text.size() < head.bytes)
            return false;
        const std::string_view body = text.substr(0, head.bytes);
        if (body.find_first_not_of(static_cast<char>(head.fill)) != body.npos)
            return false;
        text.remove_prefix(head.bytes);
    }
    return std::ranges::count(next, each) == static_cast<std::ptrdiff_t>(writers);
}

// A signal that is emitted on the executor of the coroutine, once the operation that it starts next waits.
inline asio::awaitable<std::shared_ptr<asio::cancellation_signal>> soon()
{
    const auto signal = std::make_shared<asio::cancellation_signal>();
    // Not in one expression with the lambda: GCC 12 destroys what it captured twice.
    const auto executor = co_await asio::this_coro::executor;
    asio::post(executor, [signal] { signal->emit(asio::cancellation_type::total); });
    co_return signal;
}

// Writes records in every way there is.
class writing
{
public:
    writing(stream& s, std::uint32_t writer, std::uint64_t seed, failures& failed)
        : stream_(s), writer_(writer), chance_(seed), failed_(failed)
    {
    }

    asio::awaitable<void> write(std::uint32_t n)
    {
        for (std::uint32_t i = 0; i != n; ++i)
        {
            const std::string record = make_record(writer_, i, chance_);
            const std::size_t cut = chance_.below(record.size());
            const parts both{asio::buffer(record, cut), asio::buffer(record) + cut};
            while (!co_await write_once(both))
            {
            }
        }
    }

private:
    using parts = std::array<asio::const_buffer, 2>;

    // False if nothing was written.
    asio::awaitable<bool> write_once(const parts& both)
    {
        const std::size_t size = asio::buffer_size(both);
        switch (chance_.below(4))
        {
        case 0:
            co_return append(both);
        case 1:
            co_return co_await write_in_place(both);
        case 2: {
            const auto signal = co_await soon();
            const auto [ec, n] = co_await stream_.async_append(
                both, asio::bind_cancellation_slot(signal->slot(), token));
            failed_.check(n == (ec ? 0 : size) && (!ec || ec == asio::error::operation_aborted));
            co_return !ec;
        }
        default: {
            const auto [ec, n] = co_await stream_.async_append(both, token);
            failed_.check(!ec && n == size);
            co_return true;
        }
        }
    }

    bool append(const parts& both)
    {
        error_code ec;
        const std::size_t n = stream_.append(both, ec);
        failed_.check(n == (ec ? 0 : asio::buffer_size(both)));
        failed_.check(!ec || ec == asio::error::would_block);
        return !ec;
    }

    // Only where the region has room for all.
    asio::awaitable<bool> write_in_place(const parts& both)
    {
        const std::size_t size = asio::buffer_size(both);
        const auto [ec, region] = co_await stream_.async_prepare(size, token);
        failed_.check(!ec && region.size() != 0);
        const std::size_t n = region.size() == size ? asio::buffer_copy(region, both) : 0;
        error_code refused;
        stream_.commit(n, refused);
        failed_.check(!refused);
        co_return n != 0;
    }

    stream& stream_;
    std::uint32_t writer_;
    chance chance_;
    failures& failed_;
};

} // namespace spool::test
