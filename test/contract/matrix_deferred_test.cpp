// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "matrix.hpp"

#include <boost/asio/deferred.hpp>

namespace spool::test {

namespace {

// The operation is made first, and started later.
template <class Operation>
class deferred_run
{
public:
    void start(world& w, asio::cancellation_slot slot)
    {
        auto operation = quietly([&] { return Operation::start(w, asio::deferred); });
        BOOST_TEST(w.record.work == 0u, "a deferred operation counts as work before it starts");
        quietly([&] { std::move(operation)(w.check(outcome_, slot)); });
        BOOST_TEST(is_pending());
    }

    bool is_pending() const { return outcome_.is_pending(); }
    bool has_ended() const { return !is_pending(); }
    bool is_dropped() const { return outcome_.calls == 0 && outcome_.dropped; }
    error_code error() const { return outcome_.error; }
    void with_values(auto function) const { function(outcome_.values.value()); }

private:
    outcome_of<typename Operation::values> outcome_;
};

BOOST_AUTO_TEST_SUITE(matrix_deferred)

const bool added = add_matrix<deferred_run>("deferred");

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::test
