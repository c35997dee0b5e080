// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// Stackful coroutines. They are apart because they need the compiled Boost.Context.

#include "token_play.hpp"

#include <boost/asio/detached.hpp>
#include <boost/asio/spawn.hpp>
#include <boost/system/system_error.hpp>

#include <array>
#include <tuple>

namespace spool::test {

namespace {

struct yield_with_an_error
{
    template <class Operation>
    void start(world& w, result& got)
    {
        const auto run = [&](asio::yield_context yield) {
            error_code ec;
            const std::size_t n = Operation::start(w, yield[ec]);
            got(ec, n);
        };
        asio::spawn(w.executor(), run, asio::detached);
    }
};

struct yield_that_throws
{
    template <class Operation>
    void start(world& w, result& got)
    {
        const auto run = [&](asio::yield_context yield) {
            try
            {
                got({}, Operation::start(w, yield));
            }
            catch (const boost::system::system_error& e)
            {
                got(e.code(), 0);
            }
        };
        asio::spawn(w.executor(), run, asio::detached);
    }
};

using trials = std::tuple<yield_with_an_error, yield_that_throws>;

BOOST_AUTO_TEST_SUITE(interop_spawn)

// C50 C51 C52 C54
BOOST_AUTO_TEST_CASE_TEMPLATE(an_operation_works_with, Trial, trials)
{
    play_all<Trial>();
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::test
