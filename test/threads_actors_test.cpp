// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// Writers and readers that do everything at once, each on a context with a thread of its own, or each on
// a strand of one pool.

#include <spool/reader.hpp>
#include <spool/stream.hpp>

#include "threads_support.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// GCC 12 takes Asio's operator new and delete of a coroutine for a mismatch.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

namespace {

namespace asio = boost::asio;
using spool::error_code;
using spool::test::chance;
using spool::test::failures;
using spool::test::on_threads;
using spool::test::rounds;
using spool::test::seed_for;

constexpr auto token = asio::as_tuple(asio::use_awaitable);

// A record says who wrote it, the how many-th it is, and how many bytes follow, all equal to `fill`.
struct record_head
{
    std::uint32_t writer;
    std::uint32_t number;
    std::uint32_t bytes;
    std::uint32_t fill;
};

std::string make_record(std::uint32_t writer, std::uint32_t number, chance& c)
{
    const auto bytes = static_cast<std::uint32_t>(c.below(c.below(8) == 0 ? 9000 : 40));
    const record_head head{writer, number, bytes, (writer * 31 + number) % 251};
    std::string record(sizeof head + bytes, static_cast<char>(head.fill));
    std::memcpy(record.data(), &head, sizeof head);
    return record;
}

// Whether `text` is whole records, each writer's in order, `each` of every writer.
bool are_whole_records(std::string_view text, std::uint32_t writers, std::uint32_t each)
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
asio::awaitable<std::shared_ptr<asio::cancellation_signal>> soon()
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
    writing(spool::stream& s, std::uint32_t writer, std::uint64_t seed, failures& failed)
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

    spool::stream& stream_;
    std::uint32_t writer_;
    chance chance_;
    failures& failed_;
};

// Reads in every way there is, here and there, until it meets the end; what it saw is checked afterwards.
class reading
{
public:
    reading(spool::reader r, std::uint64_t seed, failures& failed)
        : reader_(std::make_shared<spool::reader>(std::move(r))), chance_(seed), failed_(failed)
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
        failed_.check(ec == asio::error::eof || (!ec && n == bytes_.size()));
        seen_.push_back({at, std::string(bytes_.data(), n)});
    }

    asio::awaitable<void> wait()
    {
        const std::size_t wanted = chance_.below(5000);
        const auto [ec, n] = co_await reader_->async_wait(wanted, token);
        failed_.check(ec ? ec == asio::error::eof && n < wanted : n >= wanted);
    }

    // It is closed while its read waits, or not any more.
    void leave_a_clone()
    {
        error_code refused;
        spool::reader clone = reader_->clone(refused);
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

    std::shared_ptr<spool::reader> reader_;
    chance chance_;
    failures& failed_;
    std::vector<run> seen_;
    std::array<char, 3000> bytes_{};
    std::size_t seeks_left_ = 20;
    bool met_end_ = false;
};

// Where the actors live.
class contexts_with_threads
{
public:
    explicit contexts_with_threads(std::size_t n) : contexts_(n) {}
    asio::any_io_executor executor(std::size_t i) { return contexts_[i].get_executor(); }
    void run()
    {
        on_threads(contexts_.size(), [this](std::size_t i) { contexts_[i].run(); });
    }

private:
    std::deque<asio::io_context> contexts_;
};

class strands_of_a_pool
{
public:
    explicit strands_of_a_pool(std::size_t threads) : pool_(threads) {}
    asio::any_io_executor executor(std::size_t) { return asio::make_strand(pool_); }
    void run() { pool_.join(); }

private:
    asio::thread_pool pool_;
};

template <class Place>
void play(Place& place, std::uint32_t writers, std::size_t readers, std::uint64_t seed)
{
    const auto each = static_cast<std::uint32_t>(rounds(500));
    failures failed;
    spool::stream s(place.executor(0));
    std::atomic<std::uint32_t> left{writers};
    std::deque<writing> all_writing;
    std::deque<reading> all_reading;
    std::size_t actor = 0;
    for (std::uint32_t i = 0; i != writers; ++i, ++actor)
        all_writing.emplace_back(s, i, seed + actor, failed);
    for (std::size_t i = 0; i != readers; ++i, ++actor)
        all_reading.emplace_back(s.make_reader(place.executor(actor)), seed + actor, failed);
    actor = 0;
    for (writing& w : all_writing)
        asio::co_spawn(place.executor(actor++), w.write(each), [&](std::exception_ptr e) {
            failed.check(!e);
            if (--left == 0)
                s.close();
        });
    for (reading& r : all_reading)
        asio::co_spawn(
            place.executor(actor++), r.read(), [&](std::exception_ptr e) { failed.check(!e); });
    place.run();
    std::string text(static_cast<std::size_t>(s.size()), '\0');
    asio::io_context later;
    s.make_reader(later.get_executor()).read_some(asio::buffer(text));
    BOOST_TEST(failed.count() == 0u);
    BOOST_TEST(are_whole_records(text, writers, each));
    for (const reading& r : all_reading)
        BOOST_TEST(r.saw(text));
}

BOOST_AUTO_TEST_SUITE(threads_actors)

// C10 C11 C12 C20 C25 C31 C37 C52 C55 C56
BOOST_AUTO_TEST_CASE(two_actors_with_a_thread_each)
{
    contexts_with_threads place(2);
    play(place, 1, 1, seed_for("two_actors_with_a_thread_each"));
}

// C10 C11 C12 C20 C25 C31 C37 C52 C55 C56
BOOST_AUTO_TEST_CASE(eight_actors_with_a_thread_each)
{
    contexts_with_threads place(8);
    play(place, 3, 5, seed_for("eight_actors_with_a_thread_each"));
}

// C10 C11 C12 C20 C25 C31 C37 C52 C55 C56
BOOST_AUTO_TEST_CASE(many_actors_on_a_pool)
{
    strands_of_a_pool place(4);
    play(place, 4, 8, seed_for("many_actors_on_a_pool"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
