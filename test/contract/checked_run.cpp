// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// Where every operation is compiled with a checking handler.

#include "operation_run.hpp"

#include <boost/asio/deferred.hpp>

namespace spool::test {

namespace {

void check_no_work(const world& w)
{
    BOOST_TEST(w.record.work == 0u, "C50: an operation counts as work before it starts");
}

template <class Operation>
class checked_run_of final : public run_of<Operation, checked_run>
{
public:
    void start_at(world& w, handler_site& site, asio::cancellation_slot slot) override
    {
        quietly([&] { Operation::start(w, handler(site, slot)); });
    }

    void start_deferred(world& w, asio::cancellation_slot slot) override
    {
        auto made = quietly([&] { return Operation::start(w, asio::deferred); });
        check_no_work(w);
        quietly([&] { std::move(made)(handler(w.site, slot)); });
    }

    const any_outcome& result() const override { return outcome_; }
    void on_call(std::function<void()> function) override
    {
        outcome_.on_call = std::move(function);
    }

private:
    using values_type = typename Operation::values;

    const values_type* values() override { return outcome_.values ? &*outcome_.values : nullptr; }

    auto handler(handler_site& site, asio::cancellation_slot slot)
    {
        return make_handler(site, outcome_, slot);
    }

    template <class... Values>
    static checking_handler<Values...>
    make_handler(handler_site& site, outcome<Values...>& into, asio::cancellation_slot slot)
    {
        return {site, into, slot};
    }

    outcome_of<values_type> outcome_;
};

} // namespace

const std::vector<run_maker<checked_run>>& checked_runs()
{
    static const auto runs = runs_of_all_operations<checked_run_of, checked_run>();
    return runs;
}

} // namespace spool::test
