// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// Writers and readers that do everything at once, each on a context with a thread of its own, or each on
// a strand of one pool.

#include <spool/file_storage.hpp>

#include "support/fake_storage.hpp"
#include "support/temporary_folder.hpp"
#include "threads_reading.hpp"
#include "threads_writing.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <cstdint>
#include <deque>
#include <exception>
#include <string>
#include <vector>

namespace {

using namespace spool::test;

// Where the actors live. Each belongs to a place, its handle to the next one.
class contexts_with_threads
{
public:
    explicit contexts_with_threads(std::size_t n) : contexts_(n)
    {
        for (asio::io_context& context : contexts_)
            guards_.emplace_back(context.get_executor());
    }

    asio::any_io_executor executor(std::size_t i)
    {
        return contexts_[i % contexts_.size()].get_executor();
    }

    // No actor is left. Until then every context runs, because handles on it may be in use elsewhere.
    void end() { guards_.clear(); }

    void run()
    {
        on_threads(contexts_.size(), [this](std::size_t i) { contexts_[i].run(); });
    }

private:
    std::deque<asio::io_context> contexts_;
    std::vector<asio::executor_work_guard<asio::io_context::executor_type>> guards_;
};

class strands_of_a_pool
{
public:
    explicit strands_of_a_pool(std::size_t threads) : pool_(threads) {}
    asio::any_io_executor executor(std::size_t) { return asio::make_strand(pool_); }
    void end() {}
    void run() { pool_.join(); }

private:
    asio::thread_pool pool_;
};

template <class Place>
class play
{
public:
    play(Place& place, std::uint32_t writers, std::uint32_t readers, std::uint64_t seed)
        : play(place, spool::stream(place.executor(1)), writers, readers, seed)
    {
    }

    play(
        Place& place,
        spool::stream s,
        std::uint32_t writers,
        std::uint32_t readers,
        std::uint64_t seed)
        : place_(place), stream_(std::move(s)), writers_(writers), actors_(writers + readers)
    {
        for (std::uint32_t i = 0; i != writers; ++i)
            writing_.emplace_back(stream_, i, seed + i, failed_);
        for (std::uint32_t i = writers; i != writers + readers; ++i)
            reading_.emplace_back(
                stream_.make_reader(place.executor(i + i % 2)), seed + i, failed_);
    }

    void run()
    {
        std::size_t i = 0;
        for (writing& w : writing_)
            asio::co_spawn(place_.executor(i++), w.write(each_), [this](std::exception_ptr e) {
                if (--writers_ == 0)
                    stream_.close();
                leave(e);
            });
        for (reading& r : reading_)
            asio::co_spawn(
                place_.executor(i++), r.read(), [this](std::exception_ptr e) { leave(e); });
        place_.run();
    }

    void check()
    {
        asio::io_context later;
        std::string text(static_cast<std::size_t>(stream_.size()), '\0');
        spool::reader all = stream_.make_reader(later.get_executor());
        all.async_read_at(0, asio::buffer(text), [](spool::error_code ec, std::size_t) {
            BOOST_TEST(!ec.failed());
        });
        later.run();
        BOOST_TEST(failed_.count() == 0u);
        BOOST_TEST(are_whole_records(text, static_cast<std::uint32_t>(writing_.size()), each_));
        for (const reading& r : reading_)
            BOOST_TEST(r.saw(text));
    }

private:
    void leave(std::exception_ptr e)
    {
        failed_.check(!e);
        if (--actors_ == 0)
            place_.end();
    }

    const std::uint32_t each_ = static_cast<std::uint32_t>(rounds(500));
    Place& place_;
    failures failed_;
    spool::stream stream_;
    std::atomic<std::uint32_t> writers_;
    std::atomic<std::uint32_t> actors_;
    std::deque<writing> writing_;
    std::deque<reading> reading_;
};

BOOST_AUTO_TEST_SUITE(threads_actors)

// C10 C11 C12 C20 C25 C31 C37 C52 C55 C56
BOOST_AUTO_TEST_CASE(two_actors_with_a_thread_each)
{
    contexts_with_threads place(2);
    play all(place, 1, 1, seed_for("two_actors_with_a_thread_each"));
    all.run();
    all.check();
}

// C10 C11 C12 C20 C25 C31 C37 C52 C55 C56
BOOST_AUTO_TEST_CASE(eight_actors_with_a_thread_each)
{
    contexts_with_threads place(8);
    play all(place, 3, 5, seed_for("eight_actors_with_a_thread_each"));
    all.run();
    all.check();
}

// C10 C11 C12 C20 C25 C31 C37 C52 C55 C56
BOOST_AUTO_TEST_CASE(many_actors_on_a_pool)
{
    strands_of_a_pool place(4);
    play all(place, 4, 8, seed_for("many_actors_on_a_pool"));
    all.run();
    all.check();
}

// C6 C26 C55, and memory lets go of everything that is written.
BOOST_AUTO_TEST_CASE(many_actors_on_a_pool_with_a_storage)
{
    strands_of_a_pool place(4);
    const auto kept = std::make_shared<kept_bytes>();
    spool::stream s(place.executor(0), fake_storage(kept), spool::options{0, {}});
    play all(place, std::move(s), 4, 8, seed_for("many_actors_on_a_pool_with_a_storage"));
    all.run();
    all.check();
    BOOST_TEST(kept->reads != 0u);
}

// The same without the lock that a storage in memory has.
BOOST_AUTO_TEST_CASE(many_actors_on_a_pool_with_a_file)
{
    const temporary_folder folder;
    strands_of_a_pool place(4);
    spool::file_storage file(folder / "file", spool::file_mode::create);
    spool::stream s(place.executor(0), std::move(file), spool::options{0, {}});
    play all(place, std::move(s), 4, 8, seed_for("many_actors_on_a_pool_with_a_file"));
    all.run();
    all.check();
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
