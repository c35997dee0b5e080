// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "matrix.hpp"

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_type.hpp>

#include <array>
#include <sstream>

namespace spool::test {

namespace {

enum class event
{
    nothing, // it is ready from the start
    satisfied,
    moved, // the handle is moved, then the operation is satisfied
    cancelled_terminal,
    cancelled_partial,
    cancelled_total,
    handle_cancelled,
    handle_closed,
    handle_destroyed,
    stream_closed,
    stream_aborted,
    stream_discarded,
    context_destroyed,
};

bool is_cancellation(event e)
{
    return e >= event::cancelled_terminal && e <= event::handle_cancelled;
}

struct named_event
{
    event what;
    const char* name;
};

constexpr std::array events{
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

class play
{
public:
    play(event e, operation_run& run, bool tracked)
        : event_(e), run_(run), kind_(run.kind()), world_(tracked)
    {
    }

    void perform()
    {
        event_ == event::nothing ? kind_.make_ready(world_) : kind_.make_waiting(world_);
        run_.start(world_, signal_.slot());
        if (event_ != event::nothing)
        {
            world_.run();
            BOOST_TEST_REQUIRE(run_.is_pending());
            BOOST_TEST(!world_.is_out_of_work(), "C54: nothing counts as work while it waits");
            quietly([this] { happen(); });
        }
        if (event_ != event::context_destroyed)
            world_.run();
        BOOST_TEST_REQUIRE(run_.has_ended());
        BOOST_TEST(run_.is_dropped() == (event_ == event::context_destroyed), "C13 C51");
        if (event_ != event::context_destroyed)
            check_result();
    }

private:
    void happen()
    {
        switch (event_)
        {
        case event::nothing:
            return;
        case event::satisfied:
            return kind_.satisfy(world_);
        case event::moved:
            kind_.move(world_);
            return kind_.satisfy(world_);
        case event::cancelled_terminal:
            return signal_.emit(asio::cancellation_type::terminal);
        case event::cancelled_partial:
            return signal_.emit(asio::cancellation_type::partial);
        case event::cancelled_total:
            return signal_.emit(asio::cancellation_type::total);
        case event::handle_cancelled:
            return world_.r->cancel();
        case event::handle_closed:
            return world_.r->close();
        case event::handle_destroyed:
            return kind_.destroy_handle(world_);
        case event::stream_closed:
            kind_.before_end(world_);
            return world_.s->close();
        case event::stream_aborted:
            kind_.before_end(world_);
            return world_.s->abort(cause);
        case event::stream_discarded:
            kind_.before_end(world_);
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
            return kind_.after_handle();
        case event::stream_closed:
            return kind_.after_close();
        case event::stream_aborted:
        case event::stream_discarded:
            return kind_.after_abort();
        default:
            return {};
        }
    }

    void check_result()
    {
        BOOST_TEST(run_.error() == expected_error());
        if (expected_error())
            BOOST_TEST(run_.is_nothing(), "C31 C55: a value came with an error");
        else
            BOOST_TEST(run_.is_right(world_));
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

    event event_;
    operation_run& run_;
    const operation_kind& kind_;
    asio::cancellation_signal signal_;
    world world_;
};

} // namespace

void add_events(
    const char* token,
    const operation_kind& kind,
    const std::function<std::unique_ptr<operation_run>()>& make,
    bool tracked)
{
    for (const named_event& e : events)
    {
        const bool of_reader = e.what == event::handle_cancelled || e.what == event::handle_closed;
        if (of_reader && !kind.is_of_reader)
            continue;
        const auto body = [what = e.what, make, tracked] {
            const auto run = make();
            play(what, *run, tracked).perform();
        };
        std::ostringstream name; // GCC 12 warns wrongly of `operator+` on strings
        name << kind.name << " with " << token << ' ' << e.name;
        boost::unit_test::framework::current_auto_test_suite().add(
            boost::unit_test::make_test_case(body, name.str(), __FILE__, __LINE__));
    }
}

} // namespace spool::test
