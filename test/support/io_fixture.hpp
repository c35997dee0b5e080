// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// An io_context that the library's handles use through a tracking executor, or through its own. It is run
// by hand, never waits, and must be idle at the end (C54).

#include "checking_handler.hpp"
#include "counting_allocator.hpp"
#include "tracking_executor.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <memory>
#include <string>

namespace spool::test {

struct io_fixture
{
    bool tracked; // else nothing is recorded
    executor_record record;
    handler_site site;
    std::unique_ptr<asio::io_context> context = std::make_unique<asio::io_context>(1);

    explicit io_fixture(bool with_tracking = true) : tracked(with_tracking)
    {
        site.executor = executor();
        site.expected = tracked ? &record : nullptr;
    }

    io_fixture(const io_fixture&) = delete;
    io_fixture& operator=(const io_fixture&) = delete;

    ~io_fixture()
    {
        site.executor = {};
        if (context)
        {
            BOOST_TEST(run() == 0u, "C51: something was left to run");
            BOOST_TEST(context->stopped(), "C54: work was left on the context");
        }
        BOOST_TEST(record.work == 0u, "C54: work was left on the executor");
        BOOST_TEST(site.memory.live == 0u, "C53: memory was left");
    }

    asio::any_io_executor executor()
    {
        const asio::any_io_executor own = context->get_executor();
        return tracked ? tracking_executor(record, own) : own;
    }

    // Runs what can be run now, and returns how many functions that were.
    std::size_t run()
    {
        context->restart();
        return context->poll();
    }

    std::size_t run_one()
    {
        context->restart();
        return context->poll_one();
    }

    // Whether nothing keeps the context's `run` from returning.
    bool is_out_of_work()
    {
        run();
        return context->stopped();
    }

    // Ends the context, with whatever waits in it.
    void destroy_context()
    {
        site.executor = {};
        context.reset();
    }

    template <class... Values>
    checking_handler<Values...>
    check(outcome<Values...>& into, asio::cancellation_slot slot = {}) noexcept
    {
        return {site, into, slot};
    }
};

} // namespace spool::test
