// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// What all asynchronous operations have in common: their tokens, when and where their handlers run, and
// the work that they count. Each kind of event with each kind of token is in the matrix.

#include "operation_run.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/test/unit_test.hpp>

#if BOOST_ASIO_VERSION >= 102700
#include <boost/asio/bind_immediate_executor.hpp>
#include <boost/asio/system_executor.hpp>
#endif

#include <exception>
#include <type_traits>

namespace spool::test {

namespace {

// A completion token that starts nothing and tells the executor of the initiation.
struct tell_executor
{
};

} // namespace

} // namespace spool::test

template <class Signature>
struct boost::asio::async_result<spool::test::tell_executor, Signature>
{
    template <class Initiation, class... Args>
    static any_io_executor initiate(Initiation&& initiation, spool::test::tell_executor, Args&&...)
    {
        using executor_type = typename std::decay_t<Initiation>::executor_type;
        static_assert(std::is_same_v<executor_type, any_io_executor>);
        return initiation.get_executor();
    }
};

namespace spool::test {

namespace {

BOOST_FIXTURE_TEST_SUITE(contract_asynchronous, world)

// C50
BOOST_AUTO_TEST_CASE(without_a_token_an_operation_can_be_awaited)
{
    bool done = false;
    const auto use_all = [&]() -> asio::awaitable<void> {
        BOOST_TEST(co_await s->async_append(bytes("hello")) == 5u);
        BOOST_TEST(co_await s->async_write_some(bytes("world")) == 5u);
        asio::buffer_copy(co_await s->async_prepare(5), bytes("!"));
        s->commit(1);
        s->close();
        BOOST_TEST(co_await r->async_read_some(room(1)) == 1u);
        BOOST_TEST(co_await r->async_read_some_at(5, room()) == 6u);
        BOOST_TEST(co_await r->async_read_at(0, room(11)) == 11u);
        BOOST_TEST(read(11) == "helloworld!");
        BOOST_TEST(co_await r->async_wait(3) == 10u);
        BOOST_TEST(co_await r->async_wait_at(5, 3) == 6u);
        BOOST_TEST((co_await r->async_read_view(3)).size() == 3u);
        BOOST_TEST((co_await r->async_read_view_at(0, 9)).size() == 9u);
        BOOST_TEST(co_await r->async_seek_end(2) == 9u);
        r.reset();
        co_await s->async_drain();
        co_await s->async_remove();
        done = true;
    };
    asio::co_spawn(executor(), use_all(), [](std::exception_ptr e) { BOOST_TEST(!e); });
    run();
    BOOST_TEST(done);
}

// C50
BOOST_AUTO_TEST_CASE(the_default_token_is_deferred)
{
    static_assert(asio::is_deferred<decltype(r->async_read_some(room()))>::value);
    static_assert(asio::is_deferred<decltype(r->async_wait(1))>::value);
    static_assert(asio::is_deferred<decltype(s->async_append(bytes("x")))>::value);
    static_assert(asio::is_deferred<decltype(s->async_drain())>::value);
    append();
    auto read_it = r->async_read_some(room());
    run();
    BOOST_TEST(r->offset() == 0u);
    outcome<std::size_t> result;
    std::move(read_it)(check(result));
    run();
    BOOST_TEST(result.value() == 5u);
}

// C50
BOOST_FIXTURE_TEST_CASE_TEMPLATE(
    an_initiation_knows_the_executor_of_its_handle, Operation, all_operations, world)
{
    const asio::any_io_executor told = Operation::start(*this, tell_executor());
    BOOST_TEST((told == (Operation::is_of_reader ? r->get_executor() : s->get_executor())));
}

// Operations of many kinds, all waiting.
struct waiting_world : plain_world
{
    asio::cancellation_signal read_signal, write_signal;
    outcome<std::size_t> read, read_all, append_more, ready;
    outcome<std::uint64_t> wait, seek_end;
    outcome<> drain;
    reader other{r->clone()};

    waiting_world()
    {
        static_cast<void>(s->prepare(5));
        s->async_append(bytes("more"), check(append_more, write_signal.slot()));
        s->async_drain(check(drain));
        r->async_read_some(room(), check(read, read_signal.slot()));
        r->async_read_at(0, room(), check(read_all));
        r->async_wait(1, check(wait));
        other.async_seek_end(0, check(seek_end));
    }

    std::size_t completed() const
    {
        return read.calls + read_all.calls + append_more.calls + wait.calls + seek_end.calls +
               drain.calls;
    }
};

// C51
BOOST_AUTO_TEST_CASE(no_call_runs_a_handler_inside_though_it_could_run_there)
{
    void (*const acts[])(waiting_world&) = {
        [](auto& w) { w.r->seek(3); },
        [](auto& w) { w.r->cancel(); },
        [](auto& w) { w.r->close(); },
        [](auto& w) { w.r.reset(); },
        [](auto& w) { *w.r = std::move(w.other); },
        [](auto& w) { w.read_signal.emit(asio::cancellation_type::total); },
        [](auto& w) { w.write_signal.emit(asio::cancellation_type::total); },
        [](auto& w) { w.s->commit(5); },
        [](auto& w) { w.s->set_final_size(20); },
        [](auto& w) { w.s->close(); },
        [](auto& w) { w.s->abort(cause); },
        [](auto& w) { w.s->abort(cause, discard); },
        [](auto& w) { w.s.reset(); },
        [](auto& w) { w.other.async_wait(0, w.check(w.ready)); }};
    for (const auto& act : acts)
    {
        waiting_world w;
        asio::post(w.executor(), [&] { quietly([&] { act(w); }); });
        w.run();
        w.s.reset();
        w.r.reset();
        w.other.close();
        w.run();
        BOOST_TEST(w.completed() == 6u); // each at most once: the handlers check that
    }
}

// C52
BOOST_AUTO_TEST_CASE(by_default_a_handler_runs_on_the_executor_of_its_own_handle)
{
    io_fixture far;
    const auto strand = asio::make_strand(far.executor());
    reader there = s->make_reader(strand);
    std::size_t calls = 0;
    const auto count_there = [&](error_code, std::size_t) {
        BOOST_TEST((far.record.is_inside() && strand.running_in_this_thread()));
        ++calls;
    };
    const auto count_here = [&](error_code, std::size_t) {
        BOOST_TEST((record.is_inside() && !far.record.is_inside()));
        ++calls;
    };
    there.async_read_some(room(0), count_there);
    there.async_read_some_at(0, room(), count_there);
    r->async_read_some(room(), count_here);
    s->async_append(bytes("x"), count_here);
    far.run();
    run();
    BOOST_TEST(calls == 4u);
}

// C52 C54
BOOST_AUTO_TEST_CASE(a_handler_of_another_context_runs_there_and_both_have_work)
{
    for_each_operation([](world& w, checked_run& run) {
        io_fixture far;
        run.kind().make_waiting(w);
        run.start_at(w, far.site);
        BOOST_TEST(!w.is_out_of_work());
        BOOST_TEST(!far.is_out_of_work());
        BOOST_TEST((far.record.work != 0u && (w.record.work != 0u || !w.tracked)));
        quietly([&] { run.kind().satisfy(w); });
        w.run();
        BOOST_TEST(run.is_pending());
        far.run();
        BOOST_TEST(run.result().calls == 1u);
        BOOST_TEST(w.is_out_of_work());
        BOOST_TEST(far.is_out_of_work());
        BOOST_TEST((w.record.work == 0u && far.record.work == 0u));
    });
}

// C51 C52
BOOST_AUTO_TEST_CASE(a_ready_operation_is_posted_to_the_executor_of_its_handler)
{
    for_each_operation([](world& w, checked_run& run) {
        io_fixture far;
        run.kind().make_ready(w);
        asio::post(far.executor(), [&] { // where a dispatch would run it at once
            run.start_at(w, far.site);
            BOOST_TEST(run.is_pending());
        });
        far.run();
        w.run(); // some are completed by a wake-up of their own context
        far.run();
        BOOST_TEST((run.result().calls == 1u && !run.error()));
    });
}

// C52
BOOST_AUTO_TEST_CASE(a_handler_runs_inside_its_strand)
{
    for_each_operation([](world& w, checked_run& run) {
        const auto strand = asio::make_strand(w.executor());
        bool inside = false;
        w.site.executor = strand;
        run.on_call([&] { inside = strand.running_in_this_thread(); });
        run.kind().make_waiting(w);
        run.start(w);
        run.kind().satisfy(w);
        w.run();
        BOOST_TEST(inside);
    });
}

#if BOOST_ASIO_VERSION >= 102700

// C52
BOOST_AUTO_TEST_CASE(a_ready_operation_goes_by_the_immediate_executor_of_its_handler)
{
    std::size_t calls = 0;
    const auto handler = asio::bind_immediate_executor(
        asio::system_executor(), [&](error_code, auto&&...) { ++calls; });
    append();
    r->async_read_some(room(), handler);
    BOOST_TEST(calls == 1u);
    r->async_read_some(room(), handler); // this one waits
    append();
    BOOST_TEST(calls == 1u);
    run();
    BOOST_TEST(calls == 2u);
    s->async_append(bytes("x"), handler);
    BOOST_TEST(calls == 3u);
}

#endif

// C54
BOOST_AUTO_TEST_CASE(an_operation_counts_as_work_until_its_handler_was_called)
{
    for_each_operation([](world& w, checked_run& run) {
        run.kind().make_waiting(w);
        BOOST_TEST(w.is_out_of_work());
        run.start(w);
        BOOST_TEST(!w.is_out_of_work());
        run.kind().satisfy(w);
        BOOST_TEST(run.is_pending());
        w.context->restart();
        w.context->run(); // returns, because nothing is pending afterwards
        BOOST_TEST(run.result().calls == 1u);
    });
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::test
