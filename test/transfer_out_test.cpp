// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// Copying out of a stream, to a stream in memory that does everything that a real one may.

#include "transfer_support.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>

#include <algorithm>
#include <exception>

namespace spool::test {

namespace {

BOOST_FIXTURE_TEST_SUITE(transfer_out, copying)

// C33 C37
BOOST_AUTO_TEST_CASE(everything_is_written_until_the_stream_is_complete)
{
    append("hello");
    copy_out();
    run();
    append(" world");
    run();
    BOOST_TEST(to.taken == "hello world");
    BOOST_TEST(copied->is_pending());
    close();
    run();
    BOOST_TEST(!copied->error);
    BOOST_TEST(copied->value() == 11u);
    BOOST_TEST(r->offset() == 11u);
}

// C37 C73
BOOST_AUTO_TEST_CASE(the_bytes_are_lent_several_chunks_at_a_time)
{
    to.most = fake_stream::never;
    const std::string large = pattern(300'000);
    append(large);
    close();
    copy_out();
    run();
    BOOST_TEST(to.taken == large);
    BOOST_TEST(to.given.front().size() == view::max_buffers);
    for (std::uint64_t offset = 0; const auto& buffers : to.given)
    {
        const view lent = r->read_view_at(offset, asio::buffer_size(buffers));
        BOOST_TEST_REQUIRE(buffers.size() == std::size_t(lent.end() - lent.begin()));
        for (std::size_t i = 0; i != buffers.size(); ++i)
            BOOST_TEST(buffers[i].data() == lent.begin()[i].data());
        offset += lent.size();
    }
}

// C2 C5
BOOST_AUTO_TEST_CASE(the_cause_of_a_failed_stream_comes_after_all_of_its_bytes)
{
    append(text);
    s->abort(cause);
    copy_out();
    run();
    BOOST_TEST(copied->error == cause);
    BOOST_TEST(copied->value() == text.size());
    BOOST_TEST(to.taken == text);
}

// C5
BOOST_AUTO_TEST_CASE(the_cause_of_a_discarded_stream_comes_at_once)
{
    append(text);
    copy_out();
    to.on_operation = [this] { s->abort(cause, discard); };
    run();
    BOOST_TEST(copied->error == cause);
    BOOST_TEST(copied->value() == 100u);
    BOOST_TEST(r->offset() == 100u);
}

// C31
BOOST_AUTO_TEST_CASE(whichever_write_fails_a_second_copy_goes_on_after_it)
{
    std::size_t n = 0;
    for (bool failed = true; failed; ++n)
    {
        copying c;
        c.fill();
        c.to.failing = n;
        c.copy_out();
        c.run();
        failed = c.copied->error == fake_stream::failure;
        BOOST_TEST(c.copied->value() == std::min<std::size_t>(n * 100, c.text.size()));
        BOOST_TEST(c.r->offset() == c.copied->value());
        c.to.failing = fake_stream::never;
        c.copy_out();
        c.run();
        BOOST_TEST(!c.copied->error);
        BOOST_TEST(c.to.taken == c.text);
    }
    BOOST_TEST(n == 11u);
}

// C55
BOOST_AUTO_TEST_CASE(after_whichever_step_it_is_cancelled_nothing_is_lost)
{
    for (const auto type : honoured)
    {
        std::size_t steps = 0;
        for (bool cancelled = true; cancelled; ++steps)
        {
            copying c;
            c.fill();
            c.copy_out();
            for (std::size_t i = 0; i != steps; ++i)
                c.run_one();
            const std::size_t operations = c.to.operations;
            c.emit(type);
            c.run();
            cancelled = c.copied->error == asio::error::operation_aborted;
            BOOST_TEST(c.to.operations == operations);
            BOOST_TEST(c.copied->value() == c.to.taken.size());
            BOOST_TEST(c.r->offset() == c.to.taken.size());
            c.copy_out();
            c.run();
            BOOST_TEST(c.to.taken == c.text);
        }
        BOOST_TEST(steps > 20u);
    }
}

// C55
BOOST_AUTO_TEST_CASE(a_wait_for_bytes_is_cancelled)
{
    for (const auto type : honoured)
    {
        copying c;
        c.append("hello");
        c.copy_out();
        c.run();
        c.emit(type);
        c.run();
        BOOST_TEST(c.copied->error == asio::error::operation_aborted);
        BOOST_TEST(c.copied->value() == 5u);
    }
}

// C55
BOOST_AUTO_TEST_CASE(total_cancellation_is_not_claimed)
{
    append("hello");
    copy_out();
    run();
    emit(asio::cancellation_type::total);
    run();
    BOOST_TEST(copied->is_pending());
    close();
    run();
    BOOST_TEST((!copied->error && copied->value() == 5u));
}

BOOST_AUTO_TEST_CASE(a_write_of_nothing_is_an_error_and_not_an_endless_loop)
{
    fill();
    to.on_operation = [this] { to.most = to.operations == 3 ? 0 : 100; };
    copy_out();
    run();
    BOOST_TEST(copied->error == io_error);
    BOOST_TEST(copied->value() == 300u);
    BOOST_TEST(r->offset() == 300u);
}

// C12 C14
BOOST_AUTO_TEST_CASE(closing_the_reader_ends_the_copy)
{
    append("hello");
    copy_out();
    run();
    quietly([&] { r->close(); });
    run();
    BOOST_TEST(copied->error == asio::error::operation_aborted);
    BOOST_TEST(copied->value() == 5u);
    copy_out();
    run();
    BOOST_TEST(copied->error == asio::error::bad_descriptor);
    BOOST_TEST(copied->value() == 0u);
}

// C52 C54
BOOST_AUTO_TEST_CASE(the_handler_runs_on_the_executor_of_the_reader_and_both_have_work)
{
    io_fixture other;
    fake_write_stream there(other.executor());
    bool right = false;
    append("hello");
    async_copy(*r, there, [&](error_code, std::uint64_t) {
        right = record.is_inside() && !other.record.is_inside();
    });
    BOOST_TEST(!is_out_of_work());
    BOOST_TEST(!other.is_out_of_work());
    close();
    run();
    BOOST_TEST(right);
}

// C53
BOOST_AUTO_TEST_CASE(the_memory_is_the_handlers_and_free_before_it_is_called)
{
    copy_out();
    for (std::size_t i = 0; i != 10; ++i)
    {
        append();
        run();
    }
    close();
    run();
    BOOST_TEST(!copied->error);
    BOOST_TEST(site.memory.total >= 10u);
}

asio::awaitable<std::uint64_t> copy(reader& from, fake_write_stream& to)
{
    co_return co_await async_copy(from, to);
}

// C50
BOOST_AUTO_TEST_CASE(a_coroutine_needs_no_token)
{
    fill();
    std::uint64_t n = 0;
    const auto done = [&](std::exception_ptr e, std::uint64_t moved) { n = e ? 0 : moved; };
    asio::co_spawn(executor(), copy(*r, to), done);
    run();
    BOOST_TEST(n == text.size());
}

// C20
BOOST_AUTO_TEST_CASE(a_stream_can_be_copied_to_another_one)
{
    stream other(executor());
    fill();
    async_copy(*r, other, check(copied.emplace()));
    run();
    BOOST_TEST(copied->value() == text.size());
    BOOST_TEST(other.size() == text.size());
    BOOST_TEST(other.is_open());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::test
