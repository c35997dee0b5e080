// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// One reading and one writing operation with any completion token (C50): when it completes at once,
// when it has to wait, and when it fails while it waits; on a user's executor and on that of the context.

#include "contract/world.hpp"

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <optional>
#include <utility>

namespace spool::test {

struct reading
{
    static void make_ready(world& w) { w.append(); }
    static void make_waiting(world&) {}
    static void satisfy(world& w) { w.append(); }

    template <class... Token>
    static auto start(world& w, Token&&... token)
    {
        return w.r->async_read_some(w.room(), std::forward<Token>(token)...);
    }

    static bool is_done(world& w) { return w.r->offset() == 5 && w.read(5) == "hello"; }
};

struct writing
{
    static void make_ready(world&) {}
    static void make_waiting(world& w) { static_cast<void>(w.s->prepare(1)); }
    static void satisfy(world& w) { w.s->commit(0); }

    template <class... Token>
    static auto start(world& w, Token&&... token)
    {
        return w.s->async_write_some(bytes("hello"), std::forward<Token>(token)...);
    }

    static bool is_done(world& w) { return w.s->size() == 5; }
};

// What the token gave.
class result
{
public:
    explicit result(world& w) noexcept : world_(w) {}

    // From where the operation completes.
    void operator()(error_code ec, std::size_t n)
    {
        BOOST_TEST(library_calls == 0u, "C51: completed inside a call into the library");
        BOOST_TEST(
            (!world_.tracked || world_.record.is_inside()), "C52: completed outside the executor");
        set(ec, n);
    }

    void set(error_code ec, std::size_t n)
    {
        ++calls;
        error = ec;
        bytes = n;
    }

    std::size_t calls = 0;
    error_code error;
    std::size_t bytes = 0;

private:
    world& world_;
};

enum class situation
{
    ready,
    waiting,
    failing,
};

// A token is tried by an object with `start<Operation>(world&, result&)`. It may have
// `check(result&, bool completes)`, for tokens that leave something to be looked at.
template <class Operation, class Trial>
void play(situation what, bool tracked)
{
    world w(tracked);
    std::optional<Trial> trial(std::in_place);
    result got(w);
    const auto run = [&](bool completes) {
        w.run();
        if constexpr (requires { trial->check(got, completes); })
            trial->check(got, completes);
    };
    if (what == situation::ready)
        Operation::make_ready(w);
    else
        Operation::make_waiting(w);
    quietly([&] { trial->template start<Operation>(w, got); });
    if (what != situation::ready)
    {
        run(false);
        BOOST_TEST(got.calls == 0u);
        BOOST_TEST(!w.is_out_of_work(), "C54: nothing counts as work while it waits");
        quietly([&] { what == situation::waiting ? Operation::satisfy(w) : w.s->abort(cause); });
    }
    run(true);
    BOOST_TEST_REQUIRE(got.calls == 1u);
    BOOST_TEST(got.error == (what == situation::failing ? cause : error_code()));
    BOOST_TEST(got.bytes == (what == situation::failing ? 0u : 5u));
    BOOST_TEST(Operation::is_done(w) == (what != situation::failing));
    trial.reset();
    w.run(); // what its end may have posted
}

template <class Trial>
void play_all()
{
    for (const bool tracked : {true, false})
        for (const auto what : {situation::ready, situation::waiting, situation::failing})
            BOOST_TEST_CONTEXT("situation " << static_cast<int>(what) << ", tracked " << tracked)
            {
                play<reading, Trial>(what, tracked);
                play<writing, Trial>(what, tracked);
            }
}

} // namespace spool::test
