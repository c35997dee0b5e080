// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// One operation under way, whatever its kind and its token. The types are erased, so that a test that is
// about all operations is compiled once.

#include "operations.hpp"

#include <boost/asio/cancellation_signal.hpp>
#include <boost/test/unit_test.hpp>

#include <functional>
#include <memory>
#include <tuple>
#include <utility>
#include <vector>

namespace spool::test {

class operation_run
{
public:
    explicit operation_run(const operation_kind& kind) noexcept : kind_(kind) {}
    virtual ~operation_run() = default;
    operation_run(const operation_run&) = delete;
    operation_run& operator=(const operation_run&) = delete;

    const operation_kind& kind() const noexcept { return kind_; }

    virtual void start(world& w, asio::cancellation_slot slot = {}) = 0;
    virtual bool is_pending() const = 0;
    // Once its context has run.
    virtual bool has_ended() const { return !is_pending(); }
    // Whether its handler was destroyed uninvoked.
    virtual bool is_dropped() = 0;
    virtual error_code error() = 0;
    // Whether it gave the values of success, and whether it gave nothing.
    virtual bool is_right(world& w) = 0;
    virtual bool is_nothing() = 0;

private:
    const operation_kind& kind_;
};

template <class Operation, class Base = operation_run>
class run_of : public Base
{
public:
    using values_type = typename Operation::values;

    run_of() noexcept : Base(kind_of<Operation>) {}

    bool is_right(world& w) final { return values() && Operation::is_right(w, *values()); }
    bool is_nothing() final { return !values() || Operation::is_nothing(*values()); }

protected:
    // Null if the token gives none.
    virtual const values_type* values() = 0;
};

// How a run of one kind of operation is made.
template <class Run>
struct run_maker
{
    const operation_kind& kind;
    std::unique_ptr<Run> (*make)();
};

// `Run<Operation>` for each operation.
template <template <class> class Run, class Base = operation_run>
std::vector<run_maker<Base>> runs_of_all_operations()
{
    const auto make_all = []<class... Operations>(std::tuple<Operations...>*) {
        return std::vector{run_maker<Base>{
            kind_of<Operations>, [] { return std::unique_ptr<Base>(new Run<Operations>); }}...};
    };
    return make_all(static_cast<all_operations*>(nullptr));
}

// A run with a checking handler.
class checked_run : public operation_run
{
public:
    using operation_run::operation_run;

    // With a handler of another side.
    virtual void start_at(world& w, handler_site& site, asio::cancellation_slot slot = {}) = 0;
    // Makes the operation with `deferred`, then starts it; in between it must not count as work.
    virtual void start_deferred(world& w, asio::cancellation_slot slot = {}) = 0;
    virtual const any_outcome& result() const = 0;
    // Has a function called from inside the handler.
    virtual void on_call(std::function<void()> function) = 0;

    void start(world& w, asio::cancellation_slot slot = {}) final { start_at(w, w.site, slot); }
    bool is_pending() const final { return result().is_pending(); }
    bool is_dropped() final { return result().calls == 0 && result().dropped; }
    error_code error() final { return result().error; }
};

// One for each operation.
const std::vector<run_maker<checked_run>>& checked_runs();

// Calls `test(world&, checked_run&)` for each operation with either kind of executor, in a world of its
// own.
template <class World = world, class Function>
void for_each_operation(Function test)
{
    for (const bool tracked : {true, false})
        for (const run_maker<checked_run>& maker : checked_runs())
        {
            const std::unique_ptr<checked_run> run = maker.make(); // outlives world and handler
            BOOST_TEST_INFO_SCOPE(run->kind().name << (tracked ? "" : ", plain executor"));
            World w(tracked);
            test(w, *run);
        }
}

} // namespace spool::test
