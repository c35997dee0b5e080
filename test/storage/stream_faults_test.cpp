// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// Every system call that a stream in a file leads to fails once, or from then on, in every way: each
// operation completes once, with success or with that error; nobody who reads loses a byte or takes a
// failed stream for a complete one; and what was acknowledged is in the file.

#include "stream_scenario.hpp"
#include "support/environment.hpp"

#include <boost/test/unit_test.hpp>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <string>
#include <utility>

namespace spool::test {

namespace {

error_code code(int number)
{
    return {number, boost::system::system_category()};
}

// Whether nobody may notice it.
bool is_harmless(const memory_disk::fault& f)
{
    return !f.error || f.error == boost::system::errc::interrupted;
}

// Whether there was a call to fail.
bool play(std::uint64_t seed, const memory_disk::fault& fault)
{
    memory_disk disk;
    stream_scenario scenario(seed, disk);
    if (!is_harmless(fault))
        scenario.expect_failure(fault.error);
    disk.fail(fault);
    scenario.play();
    const bool was_there = disk.calls() > fault.at;
    disk.fail({});
    scenario.read_all_again();
    scenario.end();
    BOOST_TEST((was_there || !scenario.has_failed()));
    BOOST_TEST(disk.open_files() == 0u);
    chance c(seed + fault.at);
    scenario.check(*disk.after_power_loss(c), true);
    scenario.check(*disk.after_kill(), false);
    return was_there;
}

std::size_t runs = 0;

// At each call in turn, until there is none that fails. Whether those were many.
bool play_all(std::uint64_t first, std::uint64_t all, memory_disk::fault fault)
{
    const std::uint64_t seeds = share_of(all);
    std::size_t n = 0;
    for (std::uint64_t seed = first; seed != first + seeds; ++seed)
        for (fault.at = 0;; ++fault.at, ++n)
            try
            {
                if (!play(seed, fault))
                    break;
            }
            catch (const std::exception& e)
            {
                BOOST_FAIL(
                    "SPOOL_SEED=" << seed << ", call " << fault.at << ", " << fault.error.message()
                                  << (fault.from_then_on ? " from then on: " : ": ") << e.what());
            }
    runs += n;
    return n > 5 * seeds;
}

BOOST_AUTO_TEST_SUITE(stream_faults)

BOOST_AUTO_TEST_CASE(nobody_notices_an_interrupted_call)
{
    BOOST_TEST(play_all(1, 60, {0, code(EINTR)}));
}

BOOST_AUTO_TEST_CASE(nobody_notices_a_short_read_or_write)
{
    BOOST_TEST(play_all(101, 60, {0, {}}));
    BOOST_TEST(play_all(201, 60, {0, {}, true}));
}

BOOST_AUTO_TEST_CASE(a_failed_call_is_told_and_costs_nobody_a_byte)
{
    std::uint64_t first = 301;
    for (const int number : {ENOSPC, EIO, EDQUOT, EFBIG, EMFILE, ENFILE, EROFS, EACCES, ENOMEM})
        for (const auto& [from_then_on, tears] :
             {std::pair(false, false), {false, true}, {true, true}})
        {
            const memory_disk::fault fault{0, code(number), from_then_on, tears};
            BOOST_TEST(play_all(first, 20, fault));
            first += 20;
        }
    BOOST_TEST_MESSAGE(runs << " runs in which a call failed");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::test
