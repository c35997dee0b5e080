// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// Copying into a stream, from a stream in memory that does everything that a real one may.

#include "transfer_support.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>

#include <algorithm>
#include <exception>

namespace spool::test {

namespace {

struct copying_in : copying
{
    copying_in() { from.text = text; }
};

BOOST_FIXTURE_TEST_SUITE(transfer_in, copying_in)

// C25
BOOST_AUTO_TEST_CASE(everything_is_appended_and_the_stream_left_open)
{
    append("<");
    copy_in();
    run();
    BOOST_TEST(!copied->error);
    BOOST_TEST(copied->value() == text.size());
    BOOST_TEST(s->is_open());
    append(">");
    BOOST_TEST(content() == "<" + text + ">");
}

// C25 C73
BOOST_AUTO_TEST_CASE(the_bytes_are_read_straight_into_the_stream)
{
    copy_in();
    run();
    BOOST_TEST_REQUIRE(from.given.size() == 11u);
    for (std::size_t i = 0; i != 10; ++i)
        BOOST_TEST(from.given[i].data() == r->read_view_at(i * 100, 1).begin()->data());
}

// C25
BOOST_AUTO_TEST_CASE(whichever_read_fails_a_second_copy_goes_on_after_it)
{
    std::size_t n = 0;
    for (bool failed = true; failed; ++n)
    {
        copying_in c;
        c.from.failing = n;
        c.copy_in();
        c.run();
        failed = c.copied->error == fake_stream::failure;
        BOOST_TEST(c.copied->value() == std::min<std::size_t>(n * 100, c.text.size()));
        BOOST_TEST(c.s->size() == c.copied->value());
        c.from.failing = fake_stream::never;
        c.copy_in();
        c.run();
        BOOST_TEST(!c.copied->error);
        BOOST_TEST(c.content() == c.text);
    }
    BOOST_TEST(n == 12u);
}

// Cancels after so many steps, copies again, and returns whether that was in time to cancel.
bool cancel_after(std::size_t steps, asio::cancellation_type type, bool declared)
{
    copying_in c;
    if (declared)
        c.s->set_final_size(c.text.size());
    c.copy_in();
    for (std::size_t i = 0; i != steps; ++i)
        c.run_one();
    const std::size_t operations = c.from.operations;
    c.emit(type);
    c.run();
    const bool cancelled = c.copied->error == asio::error::operation_aborted;
    BOOST_TEST(c.from.operations == operations);
    BOOST_TEST(c.copied->value() == c.text.size() - c.from.text.size());
    BOOST_TEST(c.s->size() == c.copied->value());
    c.copy_in();
    c.run();
    BOOST_TEST(!c.copied->error);
    BOOST_TEST(c.content() == c.text);
    return cancelled;
}

// C55
BOOST_AUTO_TEST_CASE(after_whichever_step_it_is_cancelled_what_was_read_is_kept)
{
    for (const auto type : honoured)
        for (const bool declared : {false, true})
        {
            std::size_t steps = 0;
            while (cancel_after(steps, type, declared))
                ++steps;
            BOOST_TEST(steps > 20u);
        }
}

// C25 C55
BOOST_AUTO_TEST_CASE(cancelled_while_it_waits_for_its_turn_it_takes_nothing_from_others)
{
    const asio::mutable_buffer region = s->prepare(5);
    copy_in();
    run();
    BOOST_TEST(from.operations == 0u);
    emit(asio::cancellation_type::terminal);
    run();
    BOOST_TEST(copied->error == asio::error::operation_aborted);
    asio::buffer_copy(region, bytes("hello"));
    error_code ec;
    s->commit(5, ec);
    BOOST_TEST(!ec);
    BOOST_TEST(content() == "hello");
}

// C55
BOOST_AUTO_TEST_CASE(total_cancellation_is_not_claimed)
{
    copy_in();
    run_one();
    emit(asio::cancellation_type::total);
    run();
    BOOST_TEST((!copied->error && copied->value() == text.size()));
}

BOOST_AUTO_TEST_CASE(a_read_of_nothing_is_an_error_and_not_an_endless_loop)
{
    from.on_operation = [this] { from.most = from.operations == 3 ? 0 : 100; };
    copy_in();
    run();
    BOOST_TEST(copied->error == io_error);
    BOOST_TEST(copied->value() == 300u);
    BOOST_TEST(content() == text.substr(0, 300));
    append();
}

// C24 C25
BOOST_AUTO_TEST_CASE(a_stream_that_ends_meanwhile_ends_the_copy)
{
    for (const bool is_closed : {true, false})
    {
        copying_in c;
        c.from.on_operation = [&] {
            if (c.from.operations == 3)
                is_closed ? c.s->close() : c.s->abort(cause);
        };
        c.copy_in();
        c.run();
        BOOST_TEST(c.copied->error == (is_closed ? error_code(errc::closed) : cause));
        BOOST_TEST(c.copied->value() == 300u);
        BOOST_TEST(c.s->size() == 300u);
    }
}

// C24
BOOST_AUTO_TEST_CASE(nothing_is_read_for_a_stream_that_has_ended)
{
    s->close();
    copy_in();
    run();
    BOOST_TEST(copied->error == errc::closed);
    BOOST_TEST(copied->value() == 0u);
    BOOST_TEST(from.operations == 0u);
}

// C27
BOOST_AUTO_TEST_CASE(a_source_of_the_declared_size_is_copied_without_an_error)
{
    s->set_final_size(text.size());
    copy_in();
    run();
    BOOST_TEST(!copied->error);
    BOOST_TEST(copied->value() == text.size());
    s->close();
    BOOST_TEST(content() == text);
}

// C27
BOOST_AUTO_TEST_CASE(a_source_beyond_the_declared_size_is_a_mismatch)
{
    s->set_final_size(550);
    copy_in();
    run();
    BOOST_TEST(copied->error == errc::size_mismatch);
    BOOST_TEST(copied->value() == 550u);
    BOOST_TEST(content() == text.substr(0, 550));
    BOOST_TEST(s->is_open());
}

// C27
BOOST_AUTO_TEST_CASE(a_stream_that_failed_for_its_size_is_not_asked_for_more)
{
    s->set_final_size(550);
    error_code ec;
    s->close(ec);
    copy_in();
    run();
    BOOST_TEST(copied->error == errc::size_mismatch);
    BOOST_TEST(from.operations == 0u);
}

// C20 C25
BOOST_AUTO_TEST_CASE(appends_of_others_go_between_two_reads)
{
    std::array<outcome<std::size_t>, 2> appended;
    copy_in();
    from.on_operation = [this, &appended] {
        if (from.operations < 2)
            s->async_append(bytes("|"), check(appended[from.operations]));
    };
    run();
    BOOST_TEST((appended[0].value() == 1u && appended[1].value() == 1u));
    BOOST_TEST(copied->value() == text.size());
    BOOST_TEST(
        content() == text.substr(0, 100) + "|" + text.substr(100, 100) + "|" + text.substr(200));
}

// C52 C54
BOOST_AUTO_TEST_CASE(the_handler_runs_on_the_executor_of_the_source_and_both_have_work)
{
    io_fixture other;
    fake_read_stream there(other.executor());
    bool right = false;
    const asio::mutable_buffer region = s->prepare(1);
    async_copy(there, *s, [&](error_code, std::uint64_t) {
        right = other.record.is_inside() && !record.is_inside();
    });
    BOOST_TEST(!is_out_of_work());
    BOOST_TEST(!other.is_out_of_work());
    s->commit(0);
    run();
    other.run();
    BOOST_TEST(right);
    BOOST_TEST(region.size() == 1u);
}

// C53
BOOST_AUTO_TEST_CASE(the_memory_is_the_handlers_and_free_before_it_is_called)
{
    s->set_final_size(text.size());
    copy_in();
    run();
    BOOST_TEST(site.memory.total > 10u);
}

asio::awaitable<std::uint64_t> copy(fake_read_stream& from, stream& to)
{
    co_return co_await async_copy(from, to);
}

// C50
BOOST_AUTO_TEST_CASE(a_coroutine_needs_no_token)
{
    std::uint64_t n = 0;
    const auto done = [&](std::exception_ptr e, std::uint64_t moved) { n = e ? 0 : moved; };
    asio::co_spawn(executor(), copy(from, *s), done);
    run();
    BOOST_TEST(n == text.size());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::test
