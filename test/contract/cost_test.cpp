// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// What things cost: who is woken, how often, and what runs in between.

#include "support/guarded_pages.hpp"
#include "support/held_strand.hpp"
#include "support/other_thread.hpp"
#include "world.hpp"

#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <deque>
#include <functional>
#include <utility>
#include <vector>

namespace spool::test {

namespace {

BOOST_FIXTURE_TEST_SUITE(contract_cost, world)

// C70
BOOST_AUTO_TEST_CASE(visible_bytes_are_read_while_another_thread_is_stuck_on_the_strand)
{
    outcome<std::size_t> some, some_at, at;
    outcome<std::uint64_t> wait;
    outcome<view> lent;
    append("helloworld");
    const auto read_everything = [&] {
        BOOST_TEST(r->read_some(room(1)) == 1u);
        BOOST_TEST(r->read_some_at(3, room(1)) == 1u);
        BOOST_TEST(r->read_view(1).size() == 1u);
        r->async_read_some(room(1), check(some));
        r->async_read_some_at(4, room(1), check(some_at));
        r->async_read_at(0, room(10), check(at));
        r->async_wait(5, check(wait));
        r->async_read_view(9, check(lent));
        r->seek(r->offset() - 1);
        BOOST_TEST((r->lag() == 1u && r->size() == 10u && r->base() == 0u));
        run();
    };
    while_holding_strand(*s, [&] { on_other_thread(read_everything); });
    BOOST_TEST((some.value() == 1u && some_at.value() == 1u && at.value() == 10u));
    BOOST_TEST((wait.value() == 7u && lent.value().size() == 7u));
}

// Many readers on one context, all waiting for one byte at the same offset.
struct crowd
{
    std::deque<reader> readers;
    std::size_t completed = 0;
    char byte = 0;

    crowd(stream& s, const asio::any_io_executor& executor, std::size_t n, std::uint64_t at = 0)
    {
        for (std::size_t i = 0; i != n; ++i)
            readers.push_back(s.make_reader(executor, at));
        wait();
    }

    void wait()
    {
        for (reader& r : readers)
            r.async_read_some(asio::buffer(&byte, 1), [this](error_code ec, std::size_t) {
                if (!ec)
                    ++completed;
            });
    }
};

// C71
BOOST_AUTO_TEST_CASE(an_append_wakes_each_context_once_however_many_readers_wait)
{
    io_fixture far;
    crowd near_ones(*s, executor(), 1000);
    crowd far_ones(*s, far.executor(), 10);
    BOOST_TEST((record.posts == 0u && far.record.posts == 0u));
    append();
    append();
    BOOST_TEST((record.posts == 1u && far.record.posts == 1u));
    BOOST_TEST((near_ones.completed == 0u && far_ones.completed == 0u));
    run();
    far.run();
    BOOST_TEST((near_ones.completed == 1000u && far_ones.completed == 10u));
    BOOST_TEST(far.record.posts == 1u);
}

// C71
BOOST_AUTO_TEST_CASE(readers_on_several_strands_of_a_context_share_one_wake_up)
{
    std::deque<crowd> crowds;
    for (int i = 0; i != 20; ++i)
        crowds.emplace_back(*s, asio::make_strand(executor()), 5);
    append();
    BOOST_TEST(record.posts == 1u);
    run();
    for (const crowd& c : crowds)
        BOOST_TEST(c.completed == 5u);
}

// C71
BOOST_AUTO_TEST_CASE(an_append_does_not_look_at_each_of_those_that_it_wakes)
{
    guarded_pages pages(4000);
    std::deque<reader> readers;
    std::size_t completed = 0;
    for (std::size_t i = 0; i != 1000; ++i)
        readers.emplace_back(s->make_reader())
            .async_read_some(
                room(1),
                asio::bind_allocator(
                    guarded_allocator<>(pages), [&](error_code, std::size_t) { ++completed; }));
    const std::size_t end = pages.taken();
    BOOST_TEST(end >= 1000u);
    pages.forbid(4, end - 4); // the two ends of the row may be touched
    append();
    pages.allow(4, end - 4);
    BOOST_TEST(record.posts == 1u);
    run();
    BOOST_TEST(completed == 1000u);
}

// C71
BOOST_FIXTURE_TEST_CASE(other_work_on_the_context_goes_on_between_batches, plain_world)
{
    crowd many(*s, executor(), 1000);
    std::vector<std::size_t> completed_before;
    append();
    for (int i = 0; i != 5; ++i)
        asio::post(*context, [&] { completed_before.push_back(many.completed); });
    run();
    BOOST_TEST(many.completed == 1000u);
    BOOST_TEST(completed_before.size() == 5u);
    BOOST_TEST((completed_before.front() > 0u && completed_before.back() < 200u));
}

// C71
BOOST_FIXTURE_TEST_CASE(a_batch_is_bounded_in_bytes_too, plain_world)
{
    const std::string megabyte(std::size_t{1} << 20, 'x');
    std::deque<std::string> copies(20, std::string(megabyte.size(), '\0'));
    std::deque<outcome<std::size_t>> reads(copies.size());
    for (std::size_t i = 0; i != copies.size(); ++i)
        r->async_read_at(0, asio::buffer(copies[i]), check(reads[i]));
    append(megabyte);
    std::size_t most = 0;
    for (std::size_t before = 0, now = 0; now != reads.size(); before = now)
    {
        BOOST_TEST_REQUIRE(run_one() == 1u);
        now = static_cast<std::size_t>(
            std::ranges::count_if(reads, [](const auto& read) { return read.calls == 1; }));
        most = std::max(most, now - before);
    }
    BOOST_TEST(most == 1u);
    BOOST_TEST((copies.front() == megabyte && copies.back() == megabyte));
}

// C71
BOOST_FIXTURE_TEST_CASE(a_reader_at_full_speed_does_not_hold_up_those_that_wait, plain_world)
{
    constexpr std::size_t size = 100 << 20;
    std::string part(std::size_t{1} << 20, 'x');
    for (std::size_t n = 0; n != size; n += part.size())
        append(part);
    crowd slow(*s, executor(), 100, size);
    std::function<void()> read = [&] {
        r->async_read_some(asio::buffer(part, 1 << 16), [&](error_code, std::size_t) {
            if (r->offset() < size)
                read();
        });
    };
    read();
    std::size_t functions = 0, longest = 0, woken = 0, appended_at = 0;
    for (; run_one() == 1; ++functions)
        if (appended_at == 0 && functions % 20 == 19)
        {
            append("x");
            appended_at = functions;
        }
        else if (slow.completed == 100 * (woken + 1))
        {
            ++woken;
            longest = std::max(longest, functions - std::exchange(appended_at, 0));
            slow.wait();
        }
    BOOST_TEST(woken >= size / (1 << 16) / 20);
    BOOST_TEST(longest <= 4u); // two batches, and the reader in between
    s->close();
    run();
}

// What a handler has started completes on another thread, though the handler goes on. The reader is on a
// context of its own, or on that of the writer.
template <class Start, class Satisfy>
void check_completion_meanwhile(bool apart, Start start, Satisfy satisfy)
{
    asio::io_context for_the_writer, for_two_threads;
    stream written(apart ? for_the_writer : for_two_threads);
    reader reads = written.make_reader(for_two_threads.get_executor());
    char byte = 0;
    bool done = false;
    reads.async_read_some(asio::buffer(&byte, 1), [&](error_code, std::size_t) {
        start(reads, [&](error_code ec, auto&&...) { done = !ec; });
        on_other_thread([&] {
            satisfy(written);
            for_two_threads.poll();
        });
        BOOST_TEST(done);
    });
    written.append(bytes("x"));
    for_two_threads.run();
}

// C61 C71
BOOST_AUTO_TEST_CASE(what_a_running_handler_has_started_does_not_wait_for_it)
{
    const auto read = [this](reader& of, auto handler) { of.async_read_some(room(), handler); };
    const auto seek = [](reader& of, auto handler) { of.async_seek_end(0, handler); };
    for (const bool apart : {false, true})
    {
        check_completion_meanwhile(apart, read, [](stream& to) { to.append(bytes("x")); });
        check_completion_meanwhile(apart, seek, [](stream& of) { of.set_final_size(9); });
        check_completion_meanwhile(apart, seek, [](stream& of) { of.close(); });
    }
}

// C72
BOOST_AUTO_TEST_CASE(an_append_wakes_only_readers_whose_offset_is_reached)
{
    io_fixture far;
    crowd at_the_end(*s, executor(), 3);
    crowd further(*s, far.executor(), 3, 100);
    outcome<std::uint64_t> many_bytes;
    reader third = s->make_reader(far.executor());
    third.async_wait(100, far.check(many_bytes));
    append();
    BOOST_TEST((record.posts == 1u && far.record.posts == 0u));
    run();
    append(std::string(94, 'x')); // nobody waits for these
    BOOST_TEST((record.posts == 1u && far.record.posts == 0u));
    append("x"); // the hundredth
    BOOST_TEST(far.record.posts == 1u);
    far.run();
    BOOST_TEST((many_bytes.value() == 100u && further.completed == 0u));
    append("x");
    far.run();
    BOOST_TEST((further.completed == 3u && far.record.posts == 2u));
    BOOST_TEST((at_the_end.completed == 3u && record.posts == 1u));
}

// C72
BOOST_AUTO_TEST_CASE(closing_a_reader_wakes_nobody_else)
{
    io_fixture far;
    crowd others(*s, far.executor(), 10);
    crowd neighbours(*s, executor(), 10);
    crowd idle(*s, executor(), 1, 50);
    outcome<std::size_t> mine;
    r->async_read_some(room(), check(mine));
    r->close();
    BOOST_TEST((record.posts == 1u && far.record.posts == 0u));
    BOOST_TEST(run() == 1u);
    BOOST_TEST(mine.error == asio::error::operation_aborted);
    BOOST_TEST((neighbours.completed == 0u && others.completed == 0u));
    s.reset();
    run();
    far.run();
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::test
