// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// Copying to a socket what only a file has.

#include <spool/file_storage.hpp>
#include <spool/transfer.hpp>

#include "support/temporary_folder.hpp"
#include "world.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>

namespace spool::test {

namespace {

constexpr std::size_t mib = disk_world::mib;
using tcp = asio::ip::tcp;

// A file, of which it is counted how often it is read.
class counted_file final : public storage
{
public:
    counted_file(const std::filesystem::path& name, std::atomic<std::size_t>& reads)
        : file_(name, file_mode::create), reads_(&reads)
    {
    }

    std::uint64_t size() const noexcept override { return file_.size(); }
    bool finished() const noexcept override { return file_.finished(); }
    void write(std::uint64_t offset, asio::const_buffer bytes, error_code& ec) override
    {
        file_.write(offset, bytes, ec);
    }
    std::size_t read(std::uint64_t offset, asio::mutable_buffer bytes, error_code& ec) override
    {
        ++*reads_;
        return file_.read(offset, bytes, ec);
    }
    void sync(error_code& ec) override { file_.sync(ec); }
    void finish(error_code& ec) override { file_.finish(ec); }
    void remove(error_code& ec) override { file_.remove(ec); }
    int native_handle() const noexcept override { return file_.native_handle(); }

private:
    file_storage file_;
    std::atomic<std::size_t>* reads_;
};

// A closed stream of 20 MiB in a file, its end in memory, and a connection.
struct connected
{
    static constexpr std::size_t size = 20 * mib;

    temporary_folder folder;
    std::atomic<std::size_t> reads{0};
    asio::io_context context;
    stream s{context, counted_file(folder / "file", reads), options{4 * mib, {}}};
    tcp::socket near{context}, far{context};
    error_code copied{asio::error::fault};
    std::uint64_t n = 0;

    connected()
    {
        asio::co_spawn(context, fill(), [](std::exception_ptr e) { BOOST_TEST(!e); });
        context.run();
        context.restart();
        tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), 0});
        near.connect(acceptor.local_endpoint());
        acceptor.accept(far);
    }

    asio::awaitable<void> fill()
    {
        while (s.size() != size)
        {
            const std::string bytes = bytes_at(s.size(), mib);
            co_await s.async_append(asio::buffer(bytes), level::written, asio::use_awaitable);
        }
        s.close();
        co_await s.async_flush(level::synced, asio::use_awaitable);
    }

    auto note()
    {
        return [this](error_code ec, std::uint64_t sent) {
            copied = ec;
            n = sent;
            near.close();
        };
    }
};

BOOST_FIXTURE_TEST_SUITE(storage_sending, connected)

BOOST_AUTO_TEST_CASE(what_only_the_file_has_is_sent_without_being_read)
{
    reader r = s.make_reader();
    std::string received(size, ' ');
    async_copy(r, near, note());
    asio::async_read(
        far, asio::buffer(received), [](error_code ec, std::size_t) { BOOST_TEST(!ec.failed()); });
    context.run();
    BOOST_TEST((!copied && n == size && r.offset() == size));
    BOOST_TEST((received == bytes_at(0, size)));
    BOOST_TEST(reads == 0u);
}

BOOST_AUTO_TEST_CASE(another_writer_gets_what_is_read_back)
{
    reader r = s.make_reader();
    std::string received(size, ' ');
    // What is no socket as far as the library can see.
    struct wrapped : tcp::socket
    {
        explicit wrapped(tcp::socket&& s) : tcp::socket(std::move(s)) {}
    } other(std::move(near));
    async_copy(r, other, [&](error_code ec, std::uint64_t sent) {
        copied = ec;
        n = sent;
    });
    asio::async_read(far, asio::buffer(received), [](error_code, std::size_t) {});
    context.run();
    BOOST_TEST((!copied && n == size && received == bytes_at(0, size)));
    BOOST_TEST(reads != 0u);
}

// No signal, and the offset says how far it came.
BOOST_AUTO_TEST_CASE(a_peer_that_leaves_is_an_error)
{
    reader r = s.make_reader();
    std::string received(mib, ' ');
    async_copy(r, near, note());
    asio::async_read(far, asio::buffer(received), [&](error_code, std::size_t) { far.close(); });
    context.run();
    BOOST_TEST((copied == asio::error::broken_pipe || copied == asio::error::connection_reset));
    BOOST_TEST((n >= mib && n < size && r.offset() == n));
}

// C55
BOOST_AUTO_TEST_CASE(a_copy_that_is_cancelled_says_how_much_was_sent)
{
    reader r = s.make_reader();
    std::string received(mib, ' ');
    asio::cancellation_signal signal;
    async_copy(r, near, asio::bind_cancellation_slot(signal.slot(), note()));
    asio::async_read(far, asio::buffer(received), [&](error_code, std::size_t) {
        signal.emit(asio::cancellation_type::partial);
    });
    context.run();
    BOOST_TEST(copied == asio::error::operation_aborted);
    BOOST_TEST(r.offset() == n);
    error_code ec;
    std::string rest(size, ' ');
    received.resize(mib + asio::read(far, asio::buffer(rest), ec), ' ');
    BOOST_TEST(received.size() == n);
}

BOOST_AUTO_TEST_CASE(a_file_that_was_cut_off_is_an_error)
{
    std::filesystem::resize_file(folder / "file", 3 * mib);
    reader r = s.make_reader();
    std::string received(size, ' ');
    async_copy(r, near, note());
    asio::async_read(far, asio::buffer(received), [](error_code, std::size_t) {});
    context.run();
    BOOST_TEST(copied == errc::lost);
    BOOST_TEST((n == 3 * mib && r.offset() == n));
}

BOOST_AUTO_TEST_CASE(a_context_ends_while_a_file_is_being_sent)
{
    auto other = std::make_unique<asio::io_context>();
    reader r = s.make_reader(other->get_executor());
    tcp::socket to(*other, tcp::v4(), near.release());
    auto owned = std::make_shared<int>();
    async_copy(r, to, [owned](error_code, std::uint64_t) { BOOST_ERROR("it was called"); });
    other->poll();
    std::weak_ptr<int> handler = std::exchange(owned, nullptr);
    to.close();
    other.reset();
    BOOST_TEST(handler.expired());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::test
