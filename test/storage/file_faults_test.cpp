// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// Every system call of a file storage fails once, or from then on, in every way: either nobody notices, or
// there is an error, and what was acknowledged is there.

#include "file_scenario.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>

namespace spool::test {

namespace {

namespace generic = boost::system::errc;

error_code code(generic::errc_t e)
{
    return generic::make_error_code(e);
}

// Whether there was a call to fail.
bool bears(std::uint64_t seed, memory_disk::fault fault)
{
    memory_disk disk;
    file_scenario scenario(seed, disk);
    disk.fail(fault);
    const error_code ec = scenario.play(disk);
    const bool was_there = disk.calls() > fault.at;
    const bool may_go_unseen = !fault.error || fault.error == generic::interrupted;
    BOOST_TEST(disk.open_files() == 0u);
    if (may_go_unseen)
        BOOST_TEST(!ec.failed(), "call " << fault.at << ": " << ec.message());
    disk.fail({});
    const left_bytes left = scenario.recover(disk);
    BOOST_TEST(
        scenario.is_right(disk, left, false),
        "SPOOL_SEED=" << seed << ", call " << fault.at << ": " << fault.error.message());
    return was_there;
}

std::size_t play_all(std::uint64_t seeds, const memory_disk::fault& kind)
{
    std::size_t n = 0;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed)
    {
        memory_disk::fault fault = kind;
        for (fault.at = 0; bears(seed, fault); ++fault.at)
            ++n;
    }
    return n;
}

BOOST_AUTO_TEST_SUITE(file_faults)

BOOST_AUTO_TEST_CASE(an_interrupted_call_is_made_again)
{
    BOOST_TEST(play_all(60, {0, code(generic::interrupted)}) > 1000u);
}

BOOST_AUTO_TEST_CASE(a_short_read_or_write_goes_on)
{
    BOOST_TEST(play_all(60, {0, {}}) > 1000u);
    BOOST_TEST(play_all(60, {0, {}, true}) > 1000u);
}

BOOST_AUTO_TEST_CASE(whatever_fails_nothing_is_lost)
{
    for (const auto e :
         {generic::no_space_on_device,
          generic::io_error,
          generic::file_too_large,
          generic::too_many_files_open,
          generic::read_only_file_system,
          generic::permission_denied,
          generic::no_buffer_space})
        for (const bool from_then_on : {false, true})
            for (const bool tears : {false, true})
                BOOST_TEST(play_all(12, {0, code(e), from_then_on, tears}) > 200u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::test
