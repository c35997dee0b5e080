// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// Finishing and removing a file, when each of their system calls fails in turn, or is the last one.

#include <spool/file_storage.hpp>

#include "file_scenario.hpp"
#include "support/chance.hpp"
#include "support/errors.hpp"
#include "support/memory_disk.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace spool::test {

namespace {

void write(file_storage& to, std::string_view bytes)
{
    error_code ec;
    to.write(0, asio::buffer(bytes.data(), bytes.size()), ec);
    BOOST_TEST(!ec.failed());
}

// On a disk that fails at each call of what `play` does with an unfinished file, in turn; then `check`
// looks at it.
template <class Play, class Check>
std::size_t at_each_call(publication when, bool from_then_on, Play play, Check check)
{
    for (std::size_t at = 0;; ++at)
    {
        memory_disk disk;
        file_storage s("f", file_mode::create, when, disk);
        write(s, "half");
        disk.fail({at, cause, from_then_on});
        error_code ec;
        play(s, ec);
        const bool was_there = disk.calls() > at;
        disk.fail({});
        check(s, ec, disk);
        if (!was_there)
            return at;
    }
}

// What is found after a crash.
std::string recovered(memory_disk& disk, publication when)
{
    file_storage s("f", is_finished(disk, when) ? file_mode::open : file_mode::resume, when, disk);
    std::string bytes(static_cast<std::size_t>(s.size()), ' ');
    error_code ec;
    bytes.resize(bytes.empty() ? 0 : s.read(0, asio::buffer(bytes), ec));
    return bytes;
}

BOOST_AUTO_TEST_SUITE(file_endings)

BOOST_AUTO_TEST_CASE(a_file_that_is_being_removed_is_never_taken_for_a_finished_one)
{
    const auto play = [](file_storage& s, error_code& ec) { s.remove(ec); };
    const auto check = [](file_storage&, const error_code&, const memory_disk& disk) {
        for (std::uint64_t seed = 0; seed != 100; ++seed)
        {
            chance c(seed);
            const auto left = disk.after_power_loss(c);
            BOOST_TEST((!left->has("f") || left->has("f.unfinished")), "SPOOL_SEED=" << seed);
        }
    };
    BOOST_TEST(at_each_call(publication::in_place, true, play, check) > 3u);
}

// Killed at each call of finishing, then replaced until the power goes: whose bytes are there?
BOOST_AUTO_TEST_CASE(records_of_an_earlier_file_never_meet_another_one)
{
    const std::string old = "half", replaced(1000, 'n');
    const auto play = [](file_storage& s, error_code& ec) {
        s.sync(ec);
        s.finish(ec);
    };
    for (const publication when : {publication::on_finish, publication::in_place})
    {
        const auto check = [&](file_storage&, const error_code&, const memory_disk& disk) {
            for (std::uint64_t seed = 0; seed != 200; ++seed)
            {
                chance c(seed);
                const auto killed = disk.after_kill();
                file_storage s("f", file_mode::replace, when, *killed);
                write(s, replaced);
                const auto left = killed->after_power_loss(c);
                const std::string bytes = recovered(*left, when);
                BOOST_TEST(
                    (bytes == old || replaced.starts_with(bytes)),
                    "SPOOL_SEED=" << seed << ": " << bytes.substr(0, 8) << ", " << bytes.size());
            }
        };
        BOOST_TEST(at_each_call(when, true, play, check) > 5u);
    }
}

BOOST_AUTO_TEST_CASE(what_could_not_be_finished_can_be_removed)
{
    const auto play = [](file_storage& s, error_code& ec) { s.finish(ec); };
    const auto check = [](file_storage& s, error_code, const memory_disk& disk) {
        error_code ec;
        s.remove(ec);
        BOOST_TEST((!ec && !disk.has("f") && !disk.has("f.partial") && !disk.has("f.unfinished")));
    };
    for (const publication when : {publication::on_finish, publication::in_place})
        BOOST_TEST(at_each_call(when, false, play, check) > 3u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::test
