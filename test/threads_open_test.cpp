// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// Files that are opened on the pool while others cancel that, or end the execution context.

#include <spool/file_storage.hpp>

#include "support/temporary_folder.hpp"
#include "threads_support.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <deque>
#include <filesystem>
#include <string>

namespace spool::test {

namespace {

// One opening, and how often its handler was called.
struct opening_run
{
    asio::cancellation_signal signal;
    std::atomic<int> calls{0};
    bool kept = false;
};

struct opening_runs
{
    temporary_folder folder;
    asio::thread_pool disk{2};
    std::deque<opening_run> runs{rounds(300)};

    void start(asio::io_context& context, chance& c)
    {
        for (std::size_t i = 0; i != runs.size(); ++i)
        {
            opening_run& run = runs[i];
            const auto strand = asio::make_strand(context);
            const auto ended = [&run](error_code ec, file_storage) {
                ++run.calls;
                run.kept = !ec;
            };
            file_storage::async_open(
                context,
                folder / std::to_string(i),
                file_mode::create,
                publication::in_place,
                disk.get_executor(),
                asio::bind_executor(
                    strand, asio::bind_cancellation_slot(run.signal.slot(), ended)));
            if (c.below(2) == 0)
                asio::post(strand, [&run] { run.signal.emit(asio::cancellation_type::total); });
        }
    }

    // Whether those files are there that a handler got; how many handlers were called.
    std::size_t check(failures& failed)
    {
        disk.join();
        std::size_t calls = 0;
        for (std::size_t i = 0; i != runs.size(); ++i)
        {
            calls += static_cast<std::size_t>(runs[i].calls);
            failed.check(runs[i].calls <= 1);
            failed.check(runs[i].kept == std::filesystem::exists(folder / std::to_string(i)));
        }
        return calls;
    }
};

BOOST_AUTO_TEST_SUITE(threads_open)

// C51 C55
BOOST_AUTO_TEST_CASE(a_cancelled_opening_leaves_no_file_whenever_it_is_cancelled)
{
    chance c(seed_for("cancelled openings"));
    failures failed;
    opening_runs all;
    {
        asio::io_context context;
        all.start(context, c);
        on_threads(2, [&](std::size_t) { context.run(); });
        BOOST_TEST(context.stopped());
    }
    BOOST_TEST(all.check(failed) == all.runs.size());
    BOOST_TEST(failed.count() == 0u);
}

// C13
BOOST_AUTO_TEST_CASE(a_context_ends_while_files_are_opened_for_it)
{
    chance c(seed_for("openings and their context"));
    failures failed;
    opening_runs all;
    {
        asio::io_context context;
        all.start(context, c);
        context.poll();
    }
    all.check(failed);
    BOOST_TEST(failed.count() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::test
