// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// The transfer functions over what they are made for: sockets and pipes.

#include "transfer_support.hpp"

#include <boost/asio/connect_pipe.hpp>
#include <boost/asio/local/connect_pair.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/readable_pipe.hpp>
#include <boost/asio/writable_pipe.hpp>

#include <csignal>
#include <tuple>

namespace spool::test {

namespace {

struct socket_pair
{
    asio::local::stream_protocol::socket to;
    asio::local::stream_protocol::socket from;

    explicit socket_pair(const asio::any_io_executor& executor) : to(executor), from(executor)
    {
        asio::local::connect_pair(to, from);
    }
};

struct pipe
{
    asio::writable_pipe to;
    asio::readable_pipe from;

    explicit pipe(const asio::any_io_executor& executor) : to(executor), from(executor)
    {
        asio::connect_pipe(from, to);
        std::signal(
            SIGPIPE, SIG_IGN); // who writes to a pipe without a reader gets an error instead
    }
};

using links = std::tuple<socket_pair, pipe>;

// More than what a socket or a pipe holds.
const std::string large = pattern(4'000'000);

template <class Link>
struct linked : copying
{
    Link link{executor()};

    void copy_out()
    {
        copied.emplace();
        quietly([&] { async_copy(*r, link.to, check(*copied, signal.slot())); });
    }

    void copy_in()
    {
        copied.emplace();
        quietly([&] { async_copy(link.from, *s, check(*copied, signal.slot())); });
    }

    void run_to_the_end()
    {
        context->restart();
        context->run();
    }
};

BOOST_AUTO_TEST_SUITE(transfer)

// C73
BOOST_AUTO_TEST_CASE_TEMPLATE(a_stream_goes_through_a_link_while_it_grows, Link, links)
{
    linked<Link> w;
    stream other(w.executor());
    outcome<std::uint64_t> received;
    w.copy_out();
    async_copy(w.link.from, other, w.check(received));
    for (std::size_t at = 0; at != large.size(); at += 500'000)
    {
        w.append(std::string_view(large).substr(at, 500'000));
        w.run();
    }
    BOOST_TEST((w.copied->is_pending() && received.is_pending()));
    w.close();
    while (w.copied->is_pending())
        w.run();
    BOOST_TEST((!w.copied->error && w.copied->value() == large.size()));
    w.link.to.close();
    w.run_to_the_end();
    BOOST_TEST((!received.error && received.value() == large.size()));
    std::string copy(other.size(), '\0');
    other.make_reader().read_some(asio::buffer(copy));
    BOOST_TEST((copy == large));
}

// C55
BOOST_AUTO_TEST_CASE_TEMPLATE(a_peer_that_takes_nothing_is_given_up_without_a_loss, Link, links)
{
    for (const auto type : honoured)
    {
        linked<Link> w;
        w.append(large);
        w.close();
        w.copy_out();
        w.run();
        BOOST_TEST_REQUIRE(w.copied->is_pending());
        w.emit(type);
        w.run();
        BOOST_TEST(w.copied->error == asio::error::operation_aborted);
        const std::size_t moved = w.copied->value();
        BOOST_TEST(w.r->offset() == moved);
        BOOST_TEST((moved > 0u && moved < large.size()));

        std::string taken(large.size(), '\0');
        outcome<std::size_t> read;
        asio::async_read(w.link.from, asio::buffer(taken), w.check(read));
        w.copy_out();
        w.run_to_the_end();
        BOOST_TEST(w.copied->value() == large.size() - moved);
        BOOST_TEST((taken == large));
    }
}

// C55
BOOST_AUTO_TEST_CASE_TEMPLATE(a_peer_that_gives_nothing_is_given_up, Link, links)
{
    for (const auto type : honoured)
    {
        linked<Link> w;
        asio::write(w.link.to, bytes("hello"));
        w.copy_in();
        while (w.s->size() != 5)
            w.run();
        w.emit(type);
        w.run();
        BOOST_TEST(w.copied->error == asio::error::operation_aborted);
        BOOST_TEST(w.copied->value() == 5u);
        w.append(" world");
        BOOST_TEST(w.content() == "hello world");
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_peer_that_goes_away_ends_the_copy, Link, links)
{
    linked<Link> w;
    w.append(large);
    w.copy_out();
    w.run();
    w.link.from.close();
    w.run_to_the_end();
    BOOST_TEST(w.copied->error == asio::error::broken_pipe);
    BOOST_TEST(w.copied->value() == w.r->offset());
    BOOST_TEST(w.copied->value() > 0u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::test
