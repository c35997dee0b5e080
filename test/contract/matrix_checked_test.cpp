// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// The matrix with a checking handler as a plain callback, and given to a deferred operation later.

#include "matrix.hpp"

namespace spool::test {

namespace {

class deferred_run final : public operation_run
{
public:
    explicit deferred_run(std::unique_ptr<checked_run> run)
        : operation_run(run->kind()), run_(std::move(run))
    {
    }

    void start(world& w, asio::cancellation_slot slot) override { run_->start_deferred(w, slot); }
    bool is_pending() const override { return run_->is_pending(); }
    bool is_dropped() override { return run_->is_dropped(); }
    error_code error() override { return run_->error(); }
    bool is_right(world& w) override { return run_->is_right(w); }
    bool is_nothing() override { return run_->is_nothing(); }

private:
    std::unique_ptr<checked_run> run_;
};

BOOST_AUTO_TEST_SUITE(matrix_callback)

const bool added = [] {
    for (const auto& maker : checked_runs())
        add_events("a callback", maker.kind, maker.make);
    return true;
}();

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(matrix_plain)

const bool added = [] {
    for (const auto& maker : checked_runs())
        add_events("a callback on a plain context", maker.kind, maker.make, false);
    return true;
}();

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(matrix_deferred)

const bool added = [] {
    for (const auto& maker : checked_runs())
        add_events("deferred", maker.kind, [make = maker.make] {
            return std::make_unique<deferred_run>(make());
        });
    return true;
}();

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::test
