// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// The matrix of operations that have a deadline, which is not reached.

#include <spool/with_deadline.hpp>

#include "matrix.hpp"
#include "support/manual_clock.hpp"

namespace spool::test {

namespace {

template <class Operation>
class deadline_run final : public run_of<Operation>
{
public:
    void start(world& w, asio::cancellation_slot slot) override { start_at(w, outcome_, slot); }
    bool is_pending() const override { return outcome_.is_pending(); }
    bool is_dropped() override { return outcome_.calls == 0 && outcome_.dropped; }
    error_code error() override { return outcome_.error; }

private:
    using values_type = typename Operation::values;

    const values_type* values() override { return outcome_.values ? &*outcome_.values : nullptr; }

    template <class... Values>
    static void start_at(world& w, outcome<Values...>& into, asio::cancellation_slot slot)
    {
        const auto after = std::chrono::hours(1);
        quietly([&] {
            with_deadline<manual_timer>(
                after, Operation::start(w, asio::deferred), w.check(into, slot));
        });
    }

    outcome_of<values_type> outcome_;
};

BOOST_AUTO_TEST_SUITE(matrix_deadline)

const bool added = add_matrix<deadline_run>("a deadline");

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::test
