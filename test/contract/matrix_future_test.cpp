// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "matrix.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/system/system_error.hpp>

#include <chrono>
#include <future>

namespace spool::test {

namespace {

template <class Operation>
class future_run final : public run_of<Operation>
{
public:
    ~future_run() override
    {
        if (future_.valid())
            future_.wait();
    }

    void start(world& w, asio::cancellation_slot slot) override
    {
        future_ = quietly([&] {
            return Operation::start(w, asio::bind_cancellation_slot(slot, asio::use_future));
        });
    }

    bool is_pending() const override
    {
        return future_.wait_for(std::chrono::seconds(0)) != std::future_status::ready;
    }

    // A future's handler belongs to the system executor, so another thread completes it.
    bool has_ended() const override
    {
        return future_.wait_for(std::chrono::seconds(60)) == std::future_status::ready;
    }

    bool is_dropped() override
    {
        take();
        return dropped_;
    }

    error_code error() override
    {
        take();
        return error_;
    }

private:
    using values_type = typename Operation::values;

    const values_type* values() override
    {
        take();
        return values_ ? &*values_ : nullptr;
    }

    template <class Value>
    static std::future<Value> future_for(std::tuple<Value>*);
    static std::future<void> future_for(std::tuple<>*);

    void take()
    {
        if (!future_.valid())
            return;
        try
        {
            if constexpr (std::is_same_v<values_type, std::tuple<>>)
                values_ = (future_.get(), values_type());
            else
                values_ = values_type(future_.get());
        }
        catch (const boost::system::system_error& e)
        {
            error_ = e.code();
        }
        catch (const std::future_error& e)
        {
            dropped_ = e.code() == std::future_errc::broken_promise;
        }
    }

    decltype(future_for(static_cast<values_type*>(nullptr))) future_;
    error_code error_;
    std::optional<values_type> values_;
    bool dropped_ = false;
};

BOOST_AUTO_TEST_SUITE(matrix_future)

const bool added = add_matrix<future_run>("use_future");

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::test
