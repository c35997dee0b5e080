// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// Contexts, handles and operations that end on one thread while others use the same stream.

#include <spool/reader.hpp>
#include <spool/stream.hpp>

#include "threads_support.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <atomic>
#include <memory>
#include <thread>
#include <tuple>
#include <utility>

// GCC 12 takes Asio's operator new and delete of a coroutine for a mismatch.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

namespace {

namespace asio = boost::asio;
using spool::error_code;
using spool::test::chance;
using spool::test::failures;
using spool::test::on_threads;
using spool::test::rounds;
using spool::test::seed_for;

// How many handlers there were, were called and were destroyed.
struct fates
{
    std::atomic<std::size_t> made{0};
    std::atomic<std::size_t> called{0};
    std::atomic<std::size_t> ended{0};
    std::atomic<std::size_t> ended_elsewhere{0};
    std::thread::id home = std::this_thread::get_id();
};

// A handler that counts, with room for what it reads.
class witness
{
public:
    explicit witness(fates& f) : fates_(&f), room_(std::make_shared<std::array<char, 100>>())
    {
        ++f.made;
    }

    asio::mutable_buffer room() const { return asio::buffer(*room_); }

    template <class... Values>
    void operator()(error_code, Values&&...)
    {
        ++fates_->called;
    }

private:
    struct note_end
    {
        void operator()(fates* f) const
        {
            ++f->ended;
            f->ended_elsewhere += std::this_thread::get_id() != f->home;
        }
    };

    std::unique_ptr<fates, note_end> fates_;
    std::shared_ptr<std::array<char, 100>> room_;
};

// Handlers of the context have ended with it, and on its thread if their readers are of it, too; those of
// `home`, also of operations on the context, end there or with it.
void use_and_end_a_context(spool::stream& s, asio::io_context& home, chance& c, fates& all)
{
    fates own, bound;
    auto context = std::make_unique<asio::io_context>();
    spool::reader r = s.make_reader(context->get_executor(), s.size());
    spool::reader other = s.make_reader(home.get_executor(), s.size());
    witness reads(own), waits(own), reads_for_home(all), reads_at_home(all);
    const auto room = reads.room(), room_for_home = reads_for_home.room();
    const auto room_at_home = reads_at_home.room();
    r.async_read_some(room, std::move(reads));
    r.async_wait(c.below(1000), std::move(waits));
    r.async_read_view_at(s.size() + c.below(3), 100, witness(own));
    r.async_read_at(s.size(), room_for_home, asio::bind_executor(home, std::move(reads_for_home)));
    other.async_read_some(room_at_home, std::move(reads_at_home));
    other.async_wait_at(s.size(), 1, asio::bind_executor(*context, witness(bound)));
    if (c.coin())
        context->poll();
    if (c.coin())
        r.close();
    context.reset();
    ++all.made;
    all.ended += own.ended == own.made && own.called <= own.made && own.ended_elsewhere == 0 &&
                 bound.ended == bound.made;
}

BOOST_AUTO_TEST_SUITE(threads_ends)

// C13 C54
BOOST_AUTO_TEST_CASE(contexts_end_while_another_thread_appends)
{
    const std::uint64_t seed = seed_for("contexts_end_while_another_thread_appends");
    fates all;
    asio::io_context home;
    auto guard = asio::make_work_guard(home);
    spool::stream s(home);
    std::atomic<int> ending{3};
    on_threads(5, [&](std::size_t thread) {
        if (thread == 0)
            return void(home.run());
        if (thread == 1)
        {
            while (ending != 0)
                s.append(asio::buffer("x", 1));
            s.close();
            return guard.reset();
        }
        chance c(seed + thread);
        for (std::size_t n = rounds(1500); n != 0; --n)
            use_and_end_a_context(s, home, c, all);
        --ending;
    });
    BOOST_TEST(all.ended == all.made);
    BOOST_TEST(all.called <= all.made);
}

// C12 C13 C51
BOOST_AUTO_TEST_CASE(the_last_handle_may_end_on_any_thread)
{
    fates all;
    for (std::size_t round = 0; round != rounds(1500); ++round)
    {
        asio::io_context context;
        auto s = std::make_unique<spool::stream>(context);
        auto first = std::make_unique<spool::reader>(s->make_reader());
        auto second = std::make_unique<spool::reader>(s->make_reader());
        static_cast<void>(s->prepare(10));
        s->async_append(asio::buffer("waits", 5), witness(all));
        s->async_remove(witness(all));
        first->async_read_view(10, witness(all));
        first->async_wait_at(5, 5, witness(all));
        second->async_seek_end(0, witness(all));
        on_threads(4, [&](std::size_t thread) {
            switch (thread)
            {
            case 0:
                s.reset();
                break;
            case 1:
                first.reset();
                break;
            case 2:
                second.reset();
                break;
            default:
                context.run();
            }
        });
    }
    BOOST_TEST(all.called == all.made);
    BOOST_TEST(all.ended == all.made);
}

asio::awaitable<void>
read_and_cancel(spool::reader& r, std::size_t n, std::atomic<std::size_t>& asked, failures& failed)
{
    constexpr auto token = asio::as_tuple(asio::use_awaitable);
    char b[1];
    for (std::size_t i = 0; i != n; ++i)
    {
        asio::cancellation_signal signal;
        asio::post(r.get_executor(), [&signal] { signal.emit(asio::cancellation_type::total); });
        asked = i + 1;
        auto [ec, got] = co_await r.async_read_some(
            asio::buffer(b), asio::bind_cancellation_slot(signal.slot(), token));
        failed.check(ec ? ec == asio::error::operation_aborted && got == 0 : got == 1);
        failed.check(r.offset() == i + got);
        co_await asio::post(r.get_executor(), asio::use_awaitable); // after the emission
        if (got == 1)
            continue;
        std::tie(ec, got) = co_await r.async_read_some(asio::buffer(b), token);
        failed.check(!ec && got == 1);
    }
}

// C51 C55
BOOST_AUTO_TEST_CASE(a_cancellation_and_an_append_race_for_one_outcome)
{
    const std::size_t n = rounds(20000);
    failures failed;
    asio::io_context context;
    spool::stream s(context);
    spool::reader r = s.make_reader();
    std::atomic<std::size_t> asked{0};
    asio::co_spawn(context, read_and_cancel(r, n, asked, failed), asio::detached);
    on_threads(2, [&](std::size_t thread) {
        if (thread == 0)
            return void(context.run());
        for (std::size_t i = 0; i != n; ++i)
        {
            while (asked <= i)
                std::this_thread::yield();
            s.append(asio::buffer("x", 1));
        }
    });
    BOOST_TEST(failed.count() == 0u);
    BOOST_TEST(r.offset() == n);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
