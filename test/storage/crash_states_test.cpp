// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// What a crash may leave of a file, at every system call: recovered from, all that had been acknowledged
// is there, but for what was discarded, and nothing else: no zeros in the place of what has become a hole.

#include "file_scenario.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>
#include <utility>

namespace spool::test {

namespace {

memory_disk::fault dead_at(std::size_t call, bool tears)
{
    return {call, cause, true, tears};
}

std::unique_ptr<memory_disk> crash(const memory_disk& disk, bool power_lost, chance& c)
{
    return power_lost ? disk.after_power_loss(c) : disk.after_kill();
}

struct images
{
    std::size_t all = 0;
    std::size_t discarded_from = 0;
};

// Dies at the call `at`, then maybe again while it recovers; false if it lived to the end.
bool survives(std::uint64_t seed, std::size_t at, bool power_lost, chance& c, images& seen)
{
    memory_disk disk;
    file_scenario scenario(seed, disk);
    disk.fail(dead_at(at, c.coin()));
    const bool died = scenario.play(disk).failed();
    std::unique_ptr<memory_disk> left = crash(disk, power_lost, c);
    if (c.coin())
    {
        left->fail(dead_at(c.below(20), c.coin()));
        try
        {
            static_cast<void>(scenario.recover(*left));
        }
        catch (const boost::system::system_error&)
        {
        }
        left = crash(*left, power_lost, c);
    }
    const left_bytes found = scenario.recover(*left);
    BOOST_TEST(
        scenario.is_right(*left, found, power_lost),
        "SPOOL_SEED=" << seed << ", call " << at << (power_lost ? ", no power" : ", killed") << ": "
                      << found.bytes.size() << " bytes are left from " << found.base << " on");
    ++seen.all;
    seen.discarded_from += found.base != 0;
    return died;
}

// A fifth of the images must have holes, or they do not show much of them.
bool play_all(bool power_lost, std::size_t least)
{
    images seen;
    for (std::uint64_t seed = 1; seen.all < least; ++seed)
    {
        chance c(seed);
        for (std::size_t at = 0; survives(seed, at, power_lost, c, seen); ++at)
            for (int i = 0; i != 4; ++i)
                survives(seed, at, power_lost, c, seen);
    }
    BOOST_TEST_MESSAGE(seen.all << " images, " << seen.discarded_from << " of them with holes");
    return seen.discarded_from >= least / 5;
}

BOOST_AUTO_TEST_SUITE(crash_states)

BOOST_AUTO_TEST_CASE(what_was_written_survives_the_end_of_the_process)
{
    BOOST_TEST(play_all(false, 6'000));
}

BOOST_AUTO_TEST_CASE(what_was_synced_survives_the_loss_of_power)
{
    BOOST_TEST(play_all(true, 25'000));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::test
