// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "matrix.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <exception>

namespace spool::test {

namespace {

void check_resumption(const world& w)
{
    BOOST_TEST(w.record.is_inside(), "C52: a coroutine was resumed outside its executor");
    BOOST_TEST(library_calls == 0u, "C51: a coroutine was resumed inside a call");
}

template <class Operation>
class awaitable_run final : public run_of<Operation>
{
public:
    void start(world& w, asio::cancellation_slot slot) override
    {
        asio::co_spawn(
            w.executor(), await(w), asio::bind_cancellation_slot(slot, [](std::exception_ptr e) {
                if (e)
                    std::rethrow_exception(e);
            }));
    }

    bool is_pending() const override { return !completed_ && !dropped_; }
    bool is_dropped() override { return dropped_; }
    error_code error() override { return error_; }

private:
    using values_type = typename Operation::values;

    const values_type* values() override { return values_ ? &*values_ : nullptr; }

    struct end_of_coroutine
    {
        awaitable_run& run;
        ~end_of_coroutine() { run.dropped_ = !run.completed_; }
    };

    asio::awaitable<void> await(world& w)
    {
        const end_of_coroutine end{*this};
        co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
        try
        {
            if constexpr (std::is_same_v<values_type, std::tuple<>>)
            {
                co_await Operation::start(w, asio::use_awaitable);
                values_.emplace();
            }
            else
                values_.emplace(co_await Operation::start(w, asio::use_awaitable));
        }
        catch (const boost::system::system_error& e)
        {
            error_ = e.code();
        }
        check_resumption(w);
        completed_ = true;
    }

    error_code error_;
    std::optional<values_type> values_;
    bool completed_ = false;
    bool dropped_ = false;
};

BOOST_AUTO_TEST_SUITE(matrix_awaitable)

const bool added = add_matrix<awaitable_run>("use_awaitable");

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::test
