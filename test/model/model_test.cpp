// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// Random scripts of all operations against a plain model, on an executor that picks the schedule by
// chance. Everything follows from one seed per run. In the environment:
//   SPOOL_SCHEDULES   how many runs
//   SPOOL_FIRST_SEED  the seed of the first of them
//   SPOOL_SEED        plays this one run and prints what happens

#include "world.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <cstdlib>
#include <exception>
#include <string>

namespace {

using spool::test::world;

std::uint64_t from_environment(const char* name, std::uint64_t otherwise)
{
    const char* const value = std::getenv(name);
    return value ? std::strtoull(value, nullptr, 0) : otherwise;
}

// What went wrong, or nothing.
std::string play(std::uint64_t seed, bool traced)
{
    try
    {
        world(seed, traced).play();
        return {};
    }
    catch (const std::exception& e)
    {
        return "SPOOL_SEED=" + std::to_string(seed) + ": " + e.what();
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(model)

BOOST_AUTO_TEST_CASE(every_schedule_agrees_with_the_model)
{
    if (std::getenv("SPOOL_SEED"))
    {
        const std::string wrong = play(from_environment("SPOOL_SEED", 0), true);
        BOOST_TEST(wrong == "");
        return;
    }
    const std::uint64_t first = from_environment("SPOOL_FIRST_SEED", 1);
    const std::uint64_t schedules = from_environment("SPOOL_SCHEDULES", 200'000);
    std::string wrong;
    for (std::uint64_t seed = first; seed != first + schedules && wrong.empty(); ++seed)
        wrong = play(seed, false);
    BOOST_TEST(wrong == "");
}

BOOST_AUTO_TEST_SUITE_END()
