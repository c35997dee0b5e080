// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// What a crash may leave of a file, at every system call: recovered from, all that had been acknowledged
// is there, and nothing else.

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

// Dies at the call `at`, then maybe again while it recovers; false if it lived to the end.
bool survives(std::uint64_t seed, std::size_t at, bool power_lost, chance& c)
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
    const std::string bytes = scenario.recover(*left);
    BOOST_TEST(
        scenario.is_right(*left, bytes, power_lost),
        "SPOOL_SEED=" << seed << ", call " << at << (power_lost ? ", no power" : ", killed") << ": "
                      << bytes.size() << " bytes are left");
    return died;
}

std::size_t play_all(bool power_lost, std::size_t images)
{
    std::size_t n = 0;
    for (std::uint64_t seed = 1; n < images; ++seed)
    {
        chance c(seed);
        for (std::size_t at = 0; survives(seed, at, power_lost, c); ++at)
            for (int i = 0; i != 4; ++i, ++n)
                survives(seed, at, power_lost, c);
    }
    return n;
}

BOOST_AUTO_TEST_SUITE(crash_states)

BOOST_AUTO_TEST_CASE(what_was_written_survives_the_end_of_the_process)
{
    BOOST_TEST(play_all(false, 5'000) >= 5'000u);
}

BOOST_AUTO_TEST_CASE(what_was_synced_survives_the_loss_of_power)
{
    BOOST_TEST(play_all(true, 20'000) >= 20'000u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::test
