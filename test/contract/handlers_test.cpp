// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// What handlers may be, and what they may do.

#include "operations.hpp"
#include "support/odd_handlers.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdint>
#include <deque>

namespace spool::test {

namespace {

// Runs the context however often a handler throws out of it; says how often that was.
std::size_t run_all(world& w)
{
    for (std::size_t thrown = 0;; ++thrown)
        try
        {
            w.run();
            return thrown;
        }
        catch (const handler_failure&)
        {
        }
}

template <class Operation, class Handler>
void complete_odd_handler(std::size_t throws)
{
    std::size_t calls = 0;
    world ready;
    Operation::make_ready(ready);
    Operation::start(ready, Handler(calls));
    BOOST_TEST(run_all(ready) == throws);
    BOOST_TEST(calls == 1u);
    world waiting;
    Operation::make_waiting(waiting);
    Operation::start(waiting, Handler(calls));
    waiting.run();
    Operation::satisfy(waiting);
    BOOST_TEST(run_all(waiting) == throws);
    BOOST_TEST(calls == 2u);
}

BOOST_FIXTURE_TEST_SUITE(contract_handlers, world)

// C57
BOOST_AUTO_TEST_CASE_TEMPLATE(odd_handlers_work, Operation, all_operations)
{
    complete_odd_handler<Operation, move_only_handler>(0);
    complete_odd_handler<Operation, large_handler>(0);
    complete_odd_handler<Operation, over_aligned_handler>(0);
    complete_odd_handler<Operation, throwing_handler>(1);
}

// C57
BOOST_AUTO_TEST_CASE(a_handler_that_throws_harms_no_other)
{
    std::deque<outcome<std::size_t>> others;
    std::size_t throws = 0;
    for (int i = 0; i != 200; ++i)
        if (i % 7 == 0)
            r->async_read_some_at(0, room(), throwing_handler(throws));
        else
            r->async_read_some_at(0, room(), check(others.emplace_back()));
    append();
    BOOST_TEST(run_all(*this) == 29u);
    BOOST_TEST(throws == 29u);
    for (const auto& o : others)
        BOOST_TEST(o.value() == 5u);
    outcome<std::size_t> next;
    r->async_read_some_at(5, room(), check(next));
    append();
    run();
    BOOST_TEST(next.value() == 5u);
}

// C58
BOOST_FIXTURE_TEST_CASE_TEMPLATE(
    a_handler_may_destroy_what_it_waited_on, Operation, all_operations, world)
{
    for (const bool waits : {false, true})
    {
        world w;
        outcome<std::uint64_t> other;
        bool called = false;
        w.r->async_wait_at(1000, 1, w.check(other));
        waits ? Operation::make_waiting(w) : Operation::make_ready(w);
        Operation::start(w, [&](auto&&...) {
            w.r.reset();
            w.s.reset();
            called = true;
        });
        w.run();
        if (waits)
            Operation::satisfy(w);
        w.run();
        BOOST_TEST(called);
        BOOST_TEST(other.calls == 1u);
    }
}

// C58
BOOST_FIXTURE_TEST_CASE_TEMPLATE(
    a_handler_may_start_the_same_operation_again, Operation, all_operations, world)
{
    outcome_of<typename Operation::values> again;
    Operation::make_waiting(*this);
    Operation::start(*this, [&](auto&&...) {
        if constexpr (Operation::is_of_reader)
            r->seek(0);
        s->commit(0);
        if (!r) // a reader that is closed starts nothing
            r.emplace(stream(executor()).make_reader());
        Operation::start(*this, check(again));
    });
    Operation::satisfy(*this);
    run();
    BOOST_TEST((again.calls == 1u && !again.error));
    s->commit(0);
}

// C58
BOOST_AUTO_TEST_CASE(a_handler_may_call_every_member_of_its_reader)
{
    outcome<std::size_t> some, some_at, at;
    outcome<std::uint64_t> wait, wait_at, end;
    outcome<view> lent;
    r->async_read_some(room(2), [&](error_code, std::size_t n) {
        BOOST_TEST((n == 2u && r->offset() == 2u && r->lag() == 3u && r->size() == 5u));
        reader other = r->clone();
        BOOST_TEST(other.read_some(room()) == 3u);
        r->async_read_some(room(), check(some));
        r->async_read_some_at(0, room(), check(some_at));
        r->async_read_at(9, room(), check(at));
        r->async_wait(4, check(wait));
        r->cancel();
        r->async_wait_at(0, 9, check(wait_at));
        r->async_read_view(1, check(lent));
        r->seek(0);
        *r = std::move(other);
        r->async_seek_end(0, check(end));
        r->close();
    });
    append();
    run();
    BOOST_TEST((some.value() == 3u && some_at.value() == 5u && lent.value().empty()));
    for (const error_code& ec : {at.error, wait.error, wait_at.error, end.error, lent.error})
        BOOST_TEST(ec == (&ec == &lent.error ? error_code() : asio::error::operation_aborted));
}

// C58
BOOST_AUTO_TEST_CASE(a_handler_may_call_every_member_of_its_stream)
{
    outcome<std::size_t> appended, refused;
    outcome<asio::mutable_buffer> region;
    outcome<> drained, removed;
    static_cast<void>(s->prepare(1));
    s->async_append(bytes("hello"), [&](error_code, std::size_t n) {
        BOOST_TEST((n == 5u && s->size() == 5u && s->is_open()));
        BOOST_TEST(s->make_reader().read_some(room()) == 5u);
        s->append(bytes("more"));
        s->async_prepare(4, check(region));
        s->async_append(bytes("!"), check(appended));
        s->commit(0);
        s->set_final_size(10);
        s->async_append(bytes("!"), check(refused));
        s->async_drain(check(drained));
        s->async_remove(check(removed));
        s->close();
        s->abort(cause);
        stream moved = std::move(*s);
        *s = std::move(moved);
        r.reset();
    });
    s->commit(0);
    run();
    BOOST_TEST((appended.value() == 1u && region.value().size() == 4u));
    BOOST_TEST(refused.error == errc::size_mismatch);
    BOOST_TEST((drained.calls == 1u && removed.calls == 1u && !removed.error));
}

// How much of the stack lies between the calls that it notes.
class stack_extent
{
public:
    void note() noexcept
    {
        const auto here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
        lowest_ = std::min(lowest_, here);
        highest_ = std::max(highest_, here);
    }
    std::uintptr_t size() const noexcept { return highest_ - lowest_; }

private:
    std::uintptr_t lowest_ = UINTPTR_MAX;
    std::uintptr_t highest_ = 0;
};

constexpr std::size_t million = 1'000'000;

// C59
BOOST_AUTO_TEST_CASE(a_million_callbacks_of_ready_operations_use_bounded_stack)
{
    struct chain
    {
        world& w;
        stack_extent& stack;
        std::size_t& left;

        void operator()(error_code, std::size_t)
        {
            stack.note();
            if (--left % 2 == 1)
                w.r->async_read_some_at(0, w.room(1), *this);
            else if (left != 0)
                w.s->async_append(bytes("x"), *this);
        }
    };
    stack_extent stack;
    std::size_t left = million;
    append();
    r->async_read_some(room(1), chain{*this, stack, left});
    run();
    BOOST_TEST(left == 0u);
    BOOST_TEST(stack.size() < 4096u);
}

// C59
BOOST_AUTO_TEST_CASE(a_million_awaited_ready_operations_use_bounded_stack)
{
    stack_extent stack;
    std::size_t done = 0;
    const auto read_all = [&]() -> asio::awaitable<void> {
        for (; done != million; ++done)
        {
            stack.note();
            co_await r->async_read_some_at(0, room(1));
        }
    };
    append();
    asio::co_spawn(executor(), read_all(), asio::detached);
    run();
    BOOST_TEST(done == million);
    BOOST_TEST(stack.size() < 4096u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::test
