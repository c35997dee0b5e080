// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// Where the memory of operations comes from.

#include "operation_run.hpp"
#include "support/counted_new.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <deque>
#include <functional>
#include <memory>
#include <new>
#include <utility>

namespace spool::test {

namespace {

// The memory that its operation lives in ends with it.
struct owning_handler
{
    using allocator_type = counting_allocator<>;
    std::shared_ptr<allocation_record> memory;

    allocator_type get_allocator() const noexcept { return allocator_type(*memory); }
    void operator()(error_code, auto&&...) { BOOST_TEST(memory->live == 0u); }
};

// The record of an allocator that fails once, after it has given memory `before` times.
std::shared_ptr<allocation_record> failing_after(std::size_t before)
{
    const auto memory = std::make_shared<allocation_record>();
    const auto failed = std::make_shared<bool>(false);
    memory->on_call = [m = memory.get(), failed, before] {
        if (m->total == before && !std::exchange(*failed, true))
            throw std::bad_alloc();
    };
    return memory;
}

BOOST_FIXTURE_TEST_SUITE(contract_memory, world)

// C53 C54 C55
BOOST_AUTO_TEST_CASE(an_operation_that_finds_no_memory_throws_and_has_changed_nothing)
{
    for (const bool on_users_executor : {false, true})
        for (const std::size_t before : {0u, 1u})
        {
            const auto memory = failing_after(before);
            asio::cancellation_signal signal;
            world w(on_users_executor);
            const auto start = [&] {
                w.r->async_read_some(
                    w.room(), asio::bind_cancellation_slot(signal.slot(), owning_handler{memory}));
            };
            if (before == 0 ||
                on_users_executor) // the second time is for the work on a user's executor
                BOOST_CHECK_THROW(start(), std::bad_alloc);
            signal.emit(asio::cancellation_type::terminal);
            w.run();
            BOOST_TEST((memory->live == 0u && w.context->stopped()));
            w.append();
            BOOST_TEST((w.r->read_some(w.room()) == 5u && w.r->offset() == 5u));
        }
}

// C53
BOOST_AUTO_TEST_CASE(a_waiting_operation_lives_in_memory_of_its_handler)
{
    for_each_operation([](world& w, checked_run& run) {
        run.kind().make_waiting(w);
        run.start(w);
        BOOST_TEST(run.result().memory.live >= 1u);
        run.kind().satisfy(w);
        w.run(); // the handler checks that nothing is left when it is called
        BOOST_TEST((run.result().calls == 1u && run.result().memory.live == 0u));
    });
}

// C53
BOOST_AUTO_TEST_CASE(a_handler_may_own_its_allocator)
{
    for (const bool dropped : {false, true})
    {
        const auto of_read = std::make_shared<allocation_record>();
        const auto of_drain = std::make_shared<allocation_record>();
        world w;
        w.r->async_read_some(w.room(), owning_handler{of_read});
        w.s->async_drain(owning_handler{of_drain});
        w.close();
        if (dropped)
            w.destroy_context();
        else
            w.run(), w.r->close(), w.run();
        for (const auto* memory : {&of_read, &of_drain})
        {
            BOOST_TEST(((*memory)->total != 0u && (*memory)->live == 0u));
            BOOST_TEST(memory->use_count() == 1); // the handler is gone
        }
    }
}

// Asio keeps a little memory per thread that runs a context, so all the following runs inside one.
struct steady : io_fixture
{
    stream s{context->get_executor()};
    std::size_t calls_before = 0;
    std::size_t calls_after = 0;

    steady() { s.append(bytes("x")); }

    // To be called at every step: counts from the 200th step to the 400th, where it returns false.
    bool go_on(std::size_t step)
    {
        if (step == 200)
            calls_before = counted_new().calls;
        if (step == 400)
            calls_after = counted_new().calls;
        return step != 400;
    }

    void check_none()
    {
        run();
        BOOST_TEST(calls_before != 0u);
        BOOST_TEST(calls_after - calls_before == 0u);
    }
};

// A reader that waits for one byte after the other.
struct follower
{
    reader r;
    std::array<char, 1> into{};
    std::size_t steps = 0;
};

using if_counted = boost::unit_test::enable_if<new_is_counted>;

// C53
BOOST_FIXTURE_TEST_CASE(in_steady_state_waiting_readers_take_nothing_new, steady, *if_counted())
{
    std::deque<follower> followers;
    std::function<void(follower&)> follow = [&](follower& f) {
        f.r.async_read_some(asio::buffer(f.into), [&](error_code ec, std::size_t) {
            if (ec)
                return;
            if (&f != &followers.back())
                return follow(f);
            if (go_on(++f.steps))
                follow(f), s.append(bytes("x"));
        });
    };
    asio::post(context->get_executor(), [&] {
        for (int i = 0; i != 50; ++i)
            follow(followers.emplace_back(s.make_reader(1)));
        s.append(bytes("x"));
    });
    run();
    s.close();
    check_none();
}

// C53
BOOST_FIXTURE_TEST_CASE(in_steady_state_ready_operations_take_nothing_new, steady, *if_counted())
{
    reader r = s.make_reader();
    std::array<char, 1> into;
    std::size_t steps = 0;
    std::function<void()> step = [&] {
        r.async_read_some_at(0, asio::buffer(into), [&](error_code, std::size_t) {
            s.async_append(bytes("x"), [&](error_code, std::size_t) {
                if (go_on(++steps))
                    step();
            });
        });
    };
    asio::post(context->get_executor(), step);
    check_none();
}

// C53
BOOST_FIXTURE_TEST_CASE(in_steady_state_a_coroutine_takes_nothing_new, steady, *if_counted())
{
    reader r = s.make_reader(1);
    const auto follow = [&]() -> asio::awaitable<void> {
        std::array<char, 1> into;
        for (std::size_t step = 0; go_on(step); ++step)
        {
            asio::post(context->get_executor(), [&] { s.append(bytes("x")); });
            co_await r.async_read_some(asio::buffer(into));
            co_await r.async_read_some_at(0, asio::buffer(into));
        }
    };
    asio::co_spawn(context->get_executor(), follow(), asio::detached);
    check_none();
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::test
