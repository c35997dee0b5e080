// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// A completion handler that checks what every handler may expect (C51, C52, C53): it is called once, on
// its executor, never inside a call into the library, and after the operation gave its memory back.
// What came of the operation is left in an `outcome`.

#include "counting_allocator.hpp"
#include "tracking_executor.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/system/error_code.hpp>
#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <functional>
#include <optional>
#include <tuple>
#include <utility>

namespace spool::test {

// How deep the calling thread is in calls into the library, as far as they are made with `quietly`.
inline thread_local std::size_t library_calls = 0;

// Makes a call into the library in which no handler may run.
template <class Function>
decltype(auto) quietly(Function&& function)
{
    struct call
    {
        call() noexcept { ++library_calls; }
        ~call() { --library_calls; }
        call(const call&) = delete;
        call& operator=(const call&) = delete;
    };
    const call here;
    return std::forward<Function>(function)();
}

// What came of one operation, and the memory that it took.
struct any_outcome
{
    any_outcome() = default;
    any_outcome(const any_outcome&) = delete;
    any_outcome& operator=(const any_outcome&) = delete;
    ~any_outcome() { BOOST_TEST(memory.live == 0u, "C53: an operation left memory behind"); }

    bool is_pending() const noexcept { return calls == 0 && !dropped; }

    allocation_record memory;
    std::size_t calls = 0;
    bool dropped = false; // the handler was destroyed, called or not
    boost::system::error_code error;
    std::function<void()> on_call; // from inside the handler
};

template <class... Values>
struct outcome : any_outcome
{
    auto value() const { return std::get<0>(values.value()); }

    std::optional<std::tuple<Values...>> values;
};

template <class... Values>
outcome<Values...> outcome_for(std::tuple<Values...>*);

// The outcome of an operation that gives such a tuple.
template <class Tuple>
using outcome_of = decltype(outcome_for(static_cast<Tuple*>(nullptr)));

// What the handlers of one side have in common.
struct handler_site
{
    asio::any_io_executor executor;
    executor_record* expected = nullptr; // where they must run; anywhere if null
    allocation_record memory;            // of all their operations
    std::function<void()> on_move;       // when one is moved or destroyed
};

// What every handler checks, whatever its arguments.
inline void check_call(const handler_site& site, any_outcome& into)
{
    BOOST_TEST(++into.calls == 1u, "C51: a handler was called twice");
    BOOST_TEST(library_calls == 0u, "C51: a handler ran inside a call into the library");
    BOOST_TEST(
        (site.expected == nullptr || site.expected->is_inside()),
        "C52: a handler ran outside its executor");
    BOOST_TEST(into.memory.live == 0u, "C53: memory was held when the handler was called");
}

template <class... Values>
class checking_handler
{
public:
    using executor_type = asio::any_io_executor;
    using allocator_type = counting_allocator<>;
    using cancellation_slot_type = asio::cancellation_slot;

    checking_handler(
        handler_site& site, outcome<Values...>& into, cancellation_slot_type slot = {}) noexcept
        : site_(&site), into_(&into), slot_(slot)
    {
        into.memory.whole = &site.memory;
    }

    checking_handler(checking_handler&& other) noexcept
        : site_(other.site_), into_(other.into_), slot_(other.slot_),
          moved_from_(std::exchange(other.moved_from_, true))
    {
        if (site_->on_move)
            site_->on_move();
    }

    ~checking_handler()
    {
        if (!moved_from_)
            into_->dropped = true;
        if (site_->on_move)
            site_->on_move();
    }

    executor_type get_executor() const noexcept { return site_->executor; }
    allocator_type get_allocator() const noexcept { return allocator_type(into_->memory); }
    cancellation_slot_type get_cancellation_slot() const noexcept { return slot_; }

    // Move-only, and callable only as what Asio calls it: an rvalue.
    void operator()(boost::system::error_code ec, Values... values) &&
    {
        BOOST_TEST(!moved_from_, "C51: a moved-from handler was called");
        check_call(*site_, *into_);
        into_->error = ec;
        into_->values.emplace(std::move(values)...);
        if (into_->on_call)
            into_->on_call();
    }

private:
    handler_site* site_;
    outcome<Values...>* into_;
    cancellation_slot_type slot_;
    bool moved_from_ = false;
};

} // namespace spool::test
