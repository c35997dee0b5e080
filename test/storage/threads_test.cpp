// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// Writers at every level and readers of what memory has let go of, on the threads of a pool, and the calls
// of the storage on those of another; until the disk is full.

#include <spool/file_storage.hpp>

#include "file_calls.hpp"
#include "support/errors.hpp"
#include "support/temporary_folder.hpp"
#include "threads_writing.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <atomic>
#include <optional>
#include <string>

namespace spool::test {

namespace {

const error_code full =
    boost::system::errc::make_error_code(boost::system::errc::no_space_on_device);

// A disk on which so many writes have room.
class small_disk final : public detail::file_calls
{
public:
    explicit small_disk(std::size_t writes) : left_(writes) {}

    std::size_t
    write(int file, std::uint64_t offset, const void* from, std::size_t n, error_code& ec) override
    {
        if (left_ == 0)
            return ec = full, 0;
        --left_;
        return file_calls::write(file, offset, from, n, ec);
    }

private:
    std::atomic<std::size_t> left_;
};

class until_full
{
public:
    static constexpr std::uint32_t writers = 4;
    static constexpr int readers = 4;

    explicit until_full(std::uint64_t seed) : seed_(seed), calls_(20 + chance(seed).below(200))
    {
        file_storage file(folder_ / "file", file_mode::create, publication::on_finish, calls_);
        const options little{8 << 10, disk_.get_executor()};
        stream_.emplace(asio::any_io_executor(pool_.get_executor()), std::move(file), little);
    }

    void run()
    {
        for (std::uint32_t i = 0; i != writers; ++i)
            asio::co_spawn(asio::make_strand(pool_), write(i), asio::detached);
        for (int i = 0; i != readers; ++i)
            asio::co_spawn(asio::make_strand(pool_), read(i % 2 != 0), asio::detached);
        pool_.join();
    }

    void check()
    {
        BOOST_TEST(failed_.count() == 0u);
        BOOST_TEST(ended_ == writers + readers);
        stream_.reset();
        disk_.join();
        std::array<std::uint32_t, writers> found = records_of(recovered());
        for (std::size_t i = 0; i != writers; ++i)
            BOOST_TEST(found[i] >= acknowledged_[i], "writer " << i);
    }

private:
    asio::awaitable<void> write(std::uint32_t writer)
    {
        chance c(seed_ + writer);
        error_code ec;
        for (std::uint32_t i = 0; !ec; ++i)
        {
            const std::string record = make_record(writer, i, c);
            const auto to = static_cast<level>(c.below(3));
            std::size_t n = 0;
            std::tie(ec, n) = co_await stream_->async_append(asio::buffer(record), to, token);
            failed_.check(n == (ec ? 0 : record.size()));
            if (!ec && to != level::visible)
                acknowledged_[writer] = i + 1;
            if (!ec && c.below(4) == 0)
                std::tie(ec) = co_await stream_->async_flush(level::written, token);
        }
        failed_.check(ec == full);
        ++ended_;
    }

    // Follows the writers; or begins again and again, far behind them.
    asio::awaitable<void> read(bool begins_again)
    {
        reader r = stream_->make_reader(co_await asio::this_coro::executor);
        std::string bytes(3000, ' ');
        error_code ec;
        while (!ec)
        {
            std::size_t n = 0;
            std::tie(ec, n) = co_await r.async_read_some(asio::buffer(bytes), token);
            failed_.check((n == 0) == ec.failed());
            if (begins_again && r.size() - r.offset() < 1000 && stream_->is_open())
                r.seek(0);
        }
        failed_.check(ec == full && r.offset() == r.size());
        ++ended_;
    }

    std::string recovered() const
    {
        file_storage file(folder_ / "file", file_mode::resume);
        std::string bytes(static_cast<std::size_t>(file.size()), ' ');
        error_code ec;
        bytes.resize(bytes.empty() ? 0 : file.read(0, asio::buffer(bytes), ec));
        return bytes;
    }

    // How many of each writer are there, in order; the last of all may be cut off.
    static std::array<std::uint32_t, writers> records_of(std::string_view text)
    {
        std::array<std::uint32_t, writers> found{};
        record_head head{};
        while (text.size() >= sizeof head)
        {
            std::memcpy(&head, text.data(), sizeof head);
            BOOST_TEST_REQUIRE((head.writer < writers && head.number == found[head.writer]));
            text.remove_prefix(sizeof head);
            const std::string_view body = text.substr(0, head.bytes);
            BOOST_TEST(body.find_first_not_of(static_cast<char>(head.fill)) == body.npos);
            found[head.writer] += body.size() == head.bytes;
            text.remove_prefix(body.size());
        }
        return found;
    }

    const std::uint64_t seed_;
    const temporary_folder folder_;
    small_disk calls_;
    failures failed_;
    std::atomic<std::uint32_t> ended_{0};
    std::array<std::uint32_t, writers> acknowledged_{};
    asio::thread_pool disk_{2}, pool_{4};
    std::optional<stream> stream_;
};

BOOST_AUTO_TEST_SUITE(storage_threads)

// C6 C10 C26 C33
BOOST_AUTO_TEST_CASE(a_disk_that_becomes_full_costs_nobody_what_was_acknowledged)
{
    const std::uint64_t seed = seed_for("a_disk_that_becomes_full");
    for (std::size_t round = 0; round != rounds(30); ++round)
    {
        until_full all(seed + round);
        all.run();
        all.check();
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::test
