// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// The completion tokens of Asio that are not for coroutines.

#include "token_play.hpp"

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/append.hpp>
#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/consign.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/promise.hpp>
#include <boost/asio/experimental/use_promise.hpp>
#include <boost/asio/prepend.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_future.hpp>
#if BOOST_ASIO_VERSION >= 103100
#include <boost/asio/cancel_after.hpp>
#endif
#include <boost/system/system_error.hpp>

#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <tuple>

namespace spool::test {

namespace {

using boost::system::system_error;

// A handler that does nothing but report.
auto report(result& got)
{
    return [&got](error_code ec, std::size_t n) { got(ec, n); };
}

struct callback
{
    template <class Operation>
    void start(world& w, result& got)
    {
        Operation::start(w, report(got));
    }
};

struct future
{
    std::future<std::size_t> pending;

    template <class Operation>
    void start(world& w, result&)
    {
        pending = Operation::start(w, asio::use_future);
    }

    void check(result& got, bool completes)
    try
    {
        if (completes)
            got.set({}, pending.get());
        else
            BOOST_TEST((pending.wait_for(std::chrono::seconds(0)) == std::future_status::timeout));
    }
    catch (const system_error& e)
    {
        got.set(e.code(), 0);
    }
};

struct deferred
{
    template <class Operation>
    void start(world& w, result& got)
    {
        auto packaged = Operation::start(w, asio::deferred);
        BOOST_TEST(w.r->offset() == 0u);
        BOOST_TEST(w.is_out_of_work());
        std::move(packaged)(report(got));
    }
};

struct consign
{
    std::weak_ptr<int> consigned;

    template <class Operation>
    void start(world& w, result& got)
    {
        auto kept = std::make_shared<int>();
        consigned = kept;
        const auto handler = [this, &got](error_code ec, std::size_t n) {
            BOOST_TEST(!consigned.expired());
            got(ec, n);
        };
        Operation::start(w, asio::consign(handler, std::move(kept)));
    }

    void check(result&, bool completes) { BOOST_TEST(consigned.expired() == completes); }
};

struct append_and_prepend
{
    template <class Operation>
    void start(world& w, result& got)
    {
        const auto handler = [&got](int first, error_code ec, std::size_t n, int last) {
            BOOST_TEST((first == 1 && last == 2));
            got(ec, n);
        };
        Operation::start(w, asio::prepend(asio::append(handler, 2), 1));
    }
};

struct bind_executor
{
    template <class Operation>
    void start(world& w, result& got)
    {
        const auto strand = asio::make_strand(w.executor());
        const auto handler = [strand, &got](error_code ec, std::size_t n) {
            BOOST_TEST(strand.running_in_this_thread(), "C52: outside the bound executor");
            got(ec, n);
        };
        Operation::start(w, asio::bind_executor(strand, handler));
    }
};

struct bind_allocator
{
    allocation_record memory;

    template <class Operation>
    void start(world& w, result& got)
    {
        const auto handler = [this, &got](error_code ec, std::size_t n) {
            BOOST_TEST(memory.live == 0u, "C53: memory was held when the handler was called");
            got(ec, n);
        };
        Operation::start(w, asio::bind_allocator(counting_allocator<>(memory), handler));
    }

    void check(result&, bool completes)
    {
        BOOST_TEST((memory.live == 0u) == completes, "C53: where a waiting operation lives");
    }
};

struct bind_cancellation_slot
{
    asio::cancellation_signal signal;

    template <class Operation>
    void start(world& w, result& got)
    {
        const auto handler = [this, &got](error_code ec, std::size_t n) {
            BOOST_TEST(!signal.slot().has_handler());
            got(ec, n);
        };
        Operation::start(w, asio::bind_cancellation_slot(signal.slot(), handler));
    }
};

struct any_handler
{
    template <class Operation>
    void start(world& w, result& got)
    {
        using handler = asio::any_completion_handler<void(error_code, std::size_t)>;
        Operation::start(w, handler(report(got)));
    }
};

struct promise
{
    std::optional<asio::experimental::promise<void(error_code, std::size_t)>> pending;

    template <class Operation>
    void start(world& w, result& got)
    {
        pending.emplace(Operation::start(w, asio::experimental::use_promise));
        (*pending)(report(got));
    }
};

#if BOOST_ASIO_VERSION >= 103100
struct cancel_after
{
    template <class Operation>
    void start(world& w, result& got)
    {
        Operation::start(w, asio::cancel_after(std::chrono::hours(1), report(got)));
    }
};
#endif

using trials = std::tuple<
    callback,
    future,
    deferred,
#if BOOST_ASIO_VERSION >= 103100
    cancel_after,
#endif
    consign,
    append_and_prepend,
    bind_executor,
    bind_allocator,
    bind_cancellation_slot,
    any_handler,
    promise>;

BOOST_AUTO_TEST_SUITE(interop_tokens)

// C50 C51 C52 C54
BOOST_AUTO_TEST_CASE_TEMPLATE(an_operation_works_with, Trial, trials)
{
    play_all<Trial>();
}

// C50
BOOST_AUTO_TEST_CASE(a_detached_operation_does_its_work)
{
    world w;
    reading::start(w, asio::detached);
    writing::start(w, asio::detached);
    w.run();
    BOOST_TEST((reading::is_done(w) && writing::is_done(w)));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::test
