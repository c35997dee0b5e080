// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// The completion tokens of Asio for stackless coroutines.

#include "token_play.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/coro.hpp>
#include <boost/asio/experimental/use_coro.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#if BOOST_ASIO_VERSION >= 103100
#include <boost/asio/cancel_after.hpp>
#endif
#include <boost/system/system_error.hpp>

#include <chrono>
#include <optional>
#include <tuple>

namespace spool::test {

namespace {

using asio::use_awaitable;
using boost::system::system_error;

// How a coroutine awaits the operation is a type with `await<Operation>(world&, error_code&)`.
template <class Await>
struct awaited
{
    template <class Operation>
    void start(world& w, result& got)
    {
        asio::co_spawn(w.executor(), run<Operation>(w, got), asio::detached);
    }

    template <class Operation>
    static asio::awaitable<void> run(world& w, result& got)
    {
        error_code ec;
        std::size_t n = 0;
        try
        {
            n = co_await Await::template await<Operation>(w, ec);
        }
        catch (const system_error& e)
        {
            ec = e.code();
        }
        got(ec, n);
    }
};

struct with_use_awaitable
{
    template <class Operation>
    static auto await(world& w, error_code&)
    {
        return Operation::start(w, use_awaitable);
    }
};

struct without_a_token
{
    template <class Operation>
    static auto await(world& w, error_code&)
    {
        return Operation::start(w);
    }
};

struct with_redirect_error
{
    template <class Operation>
    static auto await(world& w, error_code& ec)
    {
        return Operation::start(w, asio::redirect_error(use_awaitable, ec));
    }
};

struct with_as_tuple
{
    template <class Operation>
    static asio::awaitable<std::size_t> await(world& w, error_code& error)
    {
        const auto [ec, n] = co_await Operation::start(w, asio::as_tuple(use_awaitable));
        error = ec;
        co_return n;
    }
};

template <class Await>
struct coro
{
    std::optional<asio::experimental::coro<void>> running;

    template <class Operation>
    void start(world& w, result& got)
    {
        running.emplace(run<Operation>(w.executor(), w, got));
        running->async_resume(asio::detached);
    }

    template <class Operation>
    static asio::experimental::coro<void> run(asio::any_io_executor, world& w, result& got)
    {
        error_code ec;
        std::size_t n = 0;
        try
        {
            n = co_await Await::template await<Operation>(w, ec);
        }
        catch (const system_error& e)
        {
            ec = e.code();
        }
        got(ec, n);
    }
};

#if BOOST_ASIO_VERSION >= 103402 // that of Boost 1.81 takes no operation that gives a value
struct with_use_coro
{
    template <class Operation>
    static auto await(world& w, error_code&)
    {
        return Operation::start(w, asio::experimental::use_coro);
    }
};
#endif

#if BOOST_ASIO_VERSION >= 103100
struct with_cancel_after_and_no_token
{
    template <class Operation>
    static auto await(world& w, error_code&)
    {
        return Operation::start(w, asio::cancel_after(std::chrono::hours(1)));
    }
};

struct with_as_tuple_and_no_token
{
    template <class Operation>
    static asio::awaitable<std::size_t> await(world& w, error_code& error)
    {
        const auto [ec, n] = co_await Operation::start(w, asio::as_tuple);
        error = ec;
        co_return n;
    }
};

struct with_redirect_error_and_no_token
{
    template <class Operation>
    static auto await(world& w, error_code& ec)
    {
        return Operation::start(w, asio::redirect_error(ec));
    }
};
#endif

using trials = std::tuple<
    awaited<with_use_awaitable>,
    awaited<without_a_token>,
    awaited<with_redirect_error>,
    awaited<with_as_tuple>,
#if BOOST_ASIO_VERSION >= 103100
    awaited<with_cancel_after_and_no_token>,
    awaited<with_as_tuple_and_no_token>,
    awaited<with_redirect_error_and_no_token>,
#endif
#if BOOST_ASIO_VERSION >= 103402
    coro<with_use_coro>,
#endif
    coro<without_a_token>>;

BOOST_AUTO_TEST_SUITE(interop_coroutines)

// C50 C51 C52 C54
BOOST_AUTO_TEST_CASE_TEMPLATE(an_operation_works_with, Trial, trials)
{
    play_all<Trial>();
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::test
