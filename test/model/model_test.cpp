// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// Random scripts of all operations against a plain model, on executors whose schedule is drawn by
// chance. Everything follows from one seed per run. Every twentieth seed is played on all storages, and
// what happens must be the same. In the environment:
//   SPOOL_SCHEDULES   how many runs
//   SPOOL_FIRST_SEED  the seed of the first of them
//   SPOOL_SEED        plays this one run and prints what happens
//   SPOOL_TALLY       prints how often what has happened

#include <spool/error.hpp>

#include "support/descriptors.hpp"
#include "support/environment.hpp"
#include "world.hpp"

#include <boost/asio/error.hpp>
#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace {

namespace error = boost::asio::error;
using spool::errc;
using spool::error_code;
using spool::test::from_environment;
using spool::test::keeping;
using spool::test::kind;
using spool::test::name_of;
using spool::test::tally;
using spool::test::world;

using endings = std::vector<tally::ending>;

constexpr keeping next(keeping in)
{
    return static_cast<keeping>(static_cast<int>(in) + 1);
}

// What went wrong, or nothing.
std::string play(std::uint64_t seed, keeping in, bool traced, tally& counts)
{
    try
    {
        world(seed, in, traced, counts).play();
        return {};
    }
    catch (const std::exception& e)
    {
        return "SPOOL_SEED=" + std::to_string(seed) + ", " + name_of(in) + ": " + e.what();
    }
}

// The same in all storages. In memory the chunks are of other sizes, and so are regions and views; and a
// removal does not take as long.
std::string play_on_all(std::uint64_t seed, bool traced)
{
    std::string wrong;
    std::optional<tally> expected;
    for (keeping in = keeping::memory; in <= keeping::example && wrong.empty(); in = next(in))
    {
        tally own;
        wrong = play(seed, in, traced, own);
        if (wrong.empty() && expected && !own.is_same(*expected))
            wrong = "SPOOL_SEED=" + std::to_string(seed) + ": it ends otherwise " + name_of(in);
        if (!expected && in != keeping::memory)
            expected = std::move(own);
    }
    return wrong;
}

std::string play(std::uint64_t seed, bool traced, tally& counts)
{
    if (seed % 20 == 0)
        return play_on_all(seed, traced);
    const bool in_storage = seed % 3 == 0;
    return play(seed, in_storage ? keeping::storage_in_memory : keeping::memory, traced, counts);
}

// Whether the script has reached everything that it is meant to reach.
void expect_endings(const tally& counts, const char* what, const endings& all)
{
    for (const tally::ending& how : all)
        BOOST_TEST(
            counts.count(what, how) != 0u,
            what << " never ended so: " << (how ? how->message() : "dropped"));
}

void expect_endings_of_operations(const tally& counts)
{
    const endings any{{}, error_code(), error::operation_aborted, error::bad_descriptor};
    const endings read{
        error::eof,
        error::timed_out,
        errc::abandoned,
        errc::size_mismatch,
        errc::gap,
        errc::too_slow};
    const endings write{errc::closed, error::timed_out, errc::abandoned, errc::size_mismatch};
    for (kind k = kind::read_some; k <= kind::remove; k = kind(static_cast<int>(k) + 1))
    {
        expect_endings(counts, name_of(k), any);
        if (k < kind::seek_end)
            expect_endings(counts, name_of(k), read);
        if (is_sequential(k))
            expect_endings(counts, name_of(k), {errc::read_pending});
    }
    expect_endings(counts, "async_seek_end", {error::invalid_argument, error::timed_out});
    expect_endings(counts, "async_append", write);
    for (const char* what : {"async_append", "async_wait", "async_wait_at"})
        expect_endings(counts, what, {error::message_size});
    expect_endings(counts, "async_prepare", write);
}

void expect_endings_of_calls(const tally& counts)
{
    const error_code none;
    const endings write{
        none,
        error::would_block,
        errc::closed,
        error::timed_out,
        errc::abandoned,
        errc::size_mismatch,
        error::bad_descriptor};
    const endings read{
        none,
        error::would_block,
        error::eof,
        error::timed_out,
        errc::abandoned,
        errc::gap,
        errc::too_slow,
        error::bad_descriptor};
    for (const char* what : {"append", "write_some", "prepare"})
        expect_endings(counts, what, write);
    expect_endings(counts, "append", {error::message_size});
    expect_endings(
        counts,
        "set_retention",
        {none, error::invalid_argument, error::operation_not_supported, error::bad_descriptor});
    for (const char* what : {"read_some", "read_some_at", "read_view", "read_view_at"})
        expect_endings(counts, what, read);
    expect_endings(
        counts,
        "commit",
        {none,
         error::invalid_argument,
         errc::closed,
         error::timed_out,
         errc::size_mismatch,
         error::bad_descriptor});
    expect_endings(counts, "make_reader", {none, errc::draining, errc::removed, error::timed_out});
    expect_endings(counts, "close", {none, error::timed_out, errc::size_mismatch});
    expect_endings(
        counts,
        "set_final_size",
        {none, errc::final_size_known, errc::size_mismatch, errc::closed, error::timed_out});
    for (const char* what :
         {"abort",
          "abort and discard",
          "move a stream",
          "assign a stream",
          "destroy a stream",
          "seek",
          "cancel a reader",
          "close a reader",
          "move a reader",
          "assign a reader",
          "destroy a reader",
          "emit",
          "emit nothing",
          "end a context",
          "tether a reader",
          "untether a reader",
          "time passes",
          "the alarm rings",
          "throw"})
        expect_endings(counts, what, {none});
}

} // namespace

BOOST_AUTO_TEST_SUITE(model)

BOOST_AUTO_TEST_CASE(every_schedule_agrees_with_the_model)
{
    tally counts;
    if (std::getenv("SPOOL_SEED"))
    {
        const std::string wrong = play(from_environment("SPOOL_SEED", 0), true, counts);
        BOOST_TEST(wrong == "");
        return;
    }
    const std::uint64_t first = from_environment("SPOOL_FIRST_SEED", 1);
    const std::uint64_t schedules = from_environment("SPOOL_SCHEDULES", 200'000);
    const std::ptrdiff_t descriptors = spool::test::open_descriptors();
    std::string wrong;
    for (std::uint64_t seed = first; seed != first + schedules && wrong.empty(); ++seed)
        wrong = play(seed, false, counts);
    BOOST_TEST(wrong == "");
    BOOST_TEST(spool::test::open_descriptors() == descriptors);
    if (std::getenv("SPOOL_TALLY"))
        std::cout << counts;
    if (schedules < 20'000 || !wrong.empty())
        return;
    expect_endings_of_operations(counts);
    expect_endings_of_calls(counts);
}

BOOST_AUTO_TEST_SUITE_END()
