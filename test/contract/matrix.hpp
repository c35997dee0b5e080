// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// Everything that can happen to every operation, with one kind of completion token: a test case for
// each, named by the contract lines that it proves.

#include "operations.hpp"

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <sstream>
#include <string>
#include <tuple>

namespace spool::test {

struct named_event
{
    event what;
    const char* name;
};

inline constexpr std::array events{
    named_event{event::nothing, "is ready (C51 C52 C53)"},
    named_event{event::satisfied, "waits and is satisfied (C31 C51 C52 C53 C54)"},
    named_event{event::moved, "waits while its handle is moved (C12)"},
    named_event{event::cancelled_terminal, "is cancelled as terminal (C55)"},
    named_event{event::cancelled_partial, "is cancelled as partial (C55)"},
    named_event{event::cancelled_total, "is cancelled as total (C55)"},
    named_event{event::handle_cancelled, "is cancelled with its reader (C56)"},
    named_event{event::handle_closed, "waits while its reader is closed (C12)"},
    named_event{event::handle_destroyed, "waits while its handle is destroyed (C3 C12)"},
    named_event{event::stream_closed, "waits while the stream is closed (C2 C24 C33 C40)"},
    named_event{event::stream_aborted, "waits while the stream is aborted (C2 C5 C24 C40)"},
    named_event{event::stream_discarded, "waits while the stream is discarded (C5 C24 C40)"},
    named_event{event::context_destroyed, "waits while its context is destroyed (C13)"},
};

// A run of one operation with some token has: `start(world&, slot)`, which initiates it;
// `is_pending()`; `has_ended()`, once its context has run; `is_dropped()`, when its handler was destroyed
// uninvoked; `error()`; and `with_values(function)`, which calls the function with the tuple of values if the token gives it.

template <class Operation, class Run>
class play
{
public:
    explicit play(event e) : event_(e) {}

    void run()
    {
        if (event_ == event::nothing)
            Operation::make_ready(world_);
        else
            Operation::make_waiting(world_);
        run_.start(world_, signal_.slot());
        if (event_ != event::nothing)
        {
            world_.run();
            BOOST_TEST_REQUIRE(run_.is_pending());
            BOOST_TEST(!world_.is_out_of_work(), "C54: nothing counts as work while it waits");
            quietly([this] { happen(); });
        }
        if (event_ == event::context_destroyed)
            return check_dropped();
        world_.run();
        BOOST_TEST_REQUIRE(run_.has_ended());
        BOOST_TEST(!run_.is_dropped());
        check_result(expected_error());
    }

private:
    void happen()
    {
        switch (event_)
        {
        case event::nothing:
            return;
        case event::satisfied:
            return Operation::satisfy(world_);
        case event::moved:
            Operation::move(world_);
            return Operation::satisfy(world_);
        case event::cancelled_terminal:
            return signal_.emit(asio::cancellation_type::terminal);
        case event::cancelled_partial:
            return signal_.emit(asio::cancellation_type::partial);
        case event::cancelled_total:
            return signal_.emit(asio::cancellation_type::total);
        case event::handle_cancelled:
            if constexpr (Operation::is_of_reader)
                Operation::cancel(world_);
            return;
        case event::handle_closed:
            if constexpr (Operation::is_of_reader)
                Operation::close_handle(world_);
            return;
        case event::handle_destroyed:
            return Operation::destroy_handle(world_);
        case event::stream_closed:
            Operation::before_end(world_);
            return world_.s->close();
        case event::stream_aborted:
            Operation::before_end(world_);
            return world_.s->abort(cause);
        case event::stream_discarded:
            Operation::before_end(world_);
            return world_.s->abort(cause, discard);
        case event::context_destroyed:
            return world_.destroy_context();
        }
    }

    error_code expected_error() const
    {
        if (is_cancellation(event_))
            return asio::error::operation_aborted;
        switch (event_)
        {
        case event::handle_closed:
        case event::handle_destroyed:
            return Operation::after_handle();
        case event::stream_closed:
            return Operation::after_close();
        case event::stream_aborted:
        case event::stream_discarded:
            return Operation::after_abort();
        default:
            return {};
        }
    }

    void check_result(error_code expected)
    {
        BOOST_TEST(run_.error() == expected);
        run_.with_values([&](const typename Operation::values& values) {
            if (expected)
                BOOST_TEST(Operation::is_nothing(values), "C31 C55: a value came with an error");
            else
                BOOST_TEST(Operation::is_right(world_, values));
        });
        if (is_cancellation(event_))
            check_unmoved();
    }

    // C55: a cancelled operation left no trace.
    void check_unmoved()
    {
        BOOST_TEST(world_.r->offset() == 0u);
        BOOST_TEST(world_.s->size() == 0u);
        error_code ec;
        world_.s->commit(0, ec);
        BOOST_TEST(world_.s->size() == 0u);
        world_.append();
        BOOST_TEST(world_.r->read_some(world_.room()) == 5u);
        BOOST_TEST(world_.read(5) == "hello");
    }

    void check_dropped()
    {
        BOOST_TEST_REQUIRE(run_.has_ended());
        BOOST_TEST(run_.is_dropped(), "C13: the context is gone, and the handler is not");
    }

    asio::cancellation_signal signal_;
    Run run_;
    world world_;
    event event_;
};

template <class Operation, class Run>
bool add_plays(const std::string& token)
{
    for (const named_event& e : events)
    {
        const bool of_reader = e.what == event::handle_cancelled || e.what == event::handle_closed;
        if (of_reader && !Operation::is_of_reader)
            continue;
        const auto body = [what = e.what] { play<Operation, Run>{what}.run(); };
        std::ostringstream name; // GCC 12 warns wrongly of `operator+` on strings
        name << Operation::name << " with " << token << ' ' << e.name;
        boost::unit_test::framework::current_auto_test_suite().add(
            boost::unit_test::make_test_case(body, name.str(), __FILE__, __LINE__));
    }
    return true;
}

// Adds a test case for every operation and event; `Run<Operation>` is how the operation is run.
template <template <class> class Run>
bool add_matrix(const std::string& token)
{
    const auto add = [&token]<class... Operations>(std::tuple<Operations...>*) {
        return (add_plays<Operations, Run<Operations>>(token) && ...);
    };
    return add(static_cast<all_operations*>(nullptr));
}

} // namespace spool::test
