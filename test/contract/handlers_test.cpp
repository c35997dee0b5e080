// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// What handlers may be, and what they may do.

#include "operation_run.hpp"
#include "support/odd_handlers.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <tuple>

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

// Starts an operation when it is ready and when it has to wait; `throws` says how often each throws.
template <class Operation, class Handler>
void complete_odd_handler(std::size_t throws)
{
    for (const auto make : {&Operation::make_ready, &Operation::make_waiting})
    {
        plain_world w;
        std::size_t calls = 0;
        make(w);
        Operation::start(w, Handler(calls));
        std::size_t thrown = run_all(w);
        if (calls == 0)
            Operation::satisfy(w);
        thrown += run_all(w);
        BOOST_TEST((calls == 1u && thrown == throws));
    }
}

BOOST_FIXTURE_TEST_SUITE(contract_handlers, plain_world)

using odd_handlers = std::tuple<move_only_handler, large_handler, over_aligned_handler>;

// C57: with each kind of result; all reads and all writes are the same otherwise.
BOOST_AUTO_TEST_CASE_TEMPLATE(odd_handlers_work, Handler, odd_handlers)
{
    complete_odd_handler<read_some, Handler>(0);
    complete_odd_handler<read_view, Handler>(0);
    complete_odd_handler<write_some, Handler>(0);
    complete_odd_handler<drain, Handler>(0);
}

// C57
BOOST_AUTO_TEST_CASE(an_exception_leaves_through_run)
{
    complete_odd_handler<read_some, throwing_handler>(1);
    complete_odd_handler<read_view, throwing_handler>(1);
    complete_odd_handler<write_some, throwing_handler>(1);
    complete_odd_handler<drain, throwing_handler>(1);
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

void complete_and_destroy(world& w, checked_run& run)
{
    outcome<std::uint64_t> other;
    if (w.r)
        w.r->async_wait_at(1000, 1, w.check(other));
    run.on_call([&] {
        w.r.reset();
        w.s.reset();
    });
    run.start(w);
    w.run();
    if (run.is_pending())
        run.kind().satisfy(w);
    w.run();
    BOOST_TEST(run.result().calls == 1u);
    BOOST_TEST((!w.s && !w.r));
}

// C58
BOOST_AUTO_TEST_CASE(a_handler_may_destroy_what_it_waited_on)
{
    for_each_operation([](world& w, checked_run& run) {
        run.kind().make_waiting(w);
        complete_and_destroy(w, run);
    });
    for_each_operation([](world& w, checked_run& run) {
        run.kind().make_ready(w);
        complete_and_destroy(w, run);
    });
}

// C58
BOOST_AUTO_TEST_CASE(a_handler_may_go_on_with_the_same_operation)
{
    const auto& runs = checked_runs();
    for (std::size_t i = 0; i != runs.size(); ++i)
    {
        const auto first = runs[i].make(), second = runs[i].make();
        BOOST_TEST_INFO_SCOPE(first->kind().name);
        plain_world w;
        first->kind().make_waiting(w);
        first->on_call([&] {
            w.s->commit(0);
            second->start(w);
        });
        first->start(w);
        first->kind().satisfy(w);
        w.run();
        if (second->is_pending())
            w.append();
        w.run();
        BOOST_TEST((second->result().calls == 1u && !second->error()));
    }
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
