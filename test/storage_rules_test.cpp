// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "state.hpp"
#include "storage_rules.hpp"

#include <boost/test/unit_test.hpp>

namespace spool::detail {

namespace {

using job = storage_job;

BOOST_AUTO_TEST_SUITE(storage_rules)

struct job_row
{
    storage_progress in;
    job expected;
    const char* why;
};

// size, written, synced, sync_wanted, closed, finished, failed, remove_wanted, removed
constexpr job_row jobs[] = {
    {{}, job::none, "nothing is there"},
    {{10, 0}, job::write, "nothing is written"},
    {{10, 4}, job::write, "a part is written"},
    {{10, 10}, job::none, "nobody wants a sync"},
    {{10, 10, 0, 10}, job::sync, "somebody wants a sync"},
    {{10, 10, 0, 5}, job::sync, "a sync helps the first, the others join it"},
    {{20, 10, 0, 10}, job::sync, "a sync comes before the next write"},
    {{20, 10, 0, 15}, job::write, "a sync would help nobody yet"},
    {{10, 10, 10, 10}, job::none, "it is synced"},
    {{10, 10, 0, 0, true}, job::finish, "it is closed and written"},
    {{10, 4, 0, 0, true}, job::write, "it is closed and not written"},
    {{10, 10, 0, max_offset, true}, job::finish, "a finish is the sync of a closed stream"},
    {{0, 0, 0, 0, true}, job::finish, "an empty stream is finished, too"},
    {{10, 10, max_offset, 0, true, true}, job::none, "it is finished"},
    {{10, 4, 0, 4, false, false, true}, job::none, "it has failed"},
    {{10, 4, 0, 0, true, false, true}, job::none, "it has failed and cannot finish"},
    {{10, 4, 0, 4, true, false, false, true}, job::remove, "a removal needs no writes"},
    {{10, 4, 0, 0, true, false, true, true}, job::remove, "what failed is removed, too"},
    {{10, 10, 0, 0, true, true, false, true}, job::remove, "what is finished is removed, too"},
    {{10, 4, 0, 4, true, false, false, true, true}, job::none, "it is removed"},
};

BOOST_AUTO_TEST_CASE(the_next_job_follows_from_how_far_everything_is)
{
    for (const job_row& row : jobs)
        BOOST_TEST((decide_job(row.in) == row.expected), row.why);
}

BOOST_AUTO_TEST_CASE(there_is_room_below_the_limit_and_for_one_that_goes_alone)
{
    BOOST_TEST(has_room(0, 100, 100));
    BOOST_TEST(has_room(0, 101, 100));
    BOOST_TEST(has_room(1, 99, 100));
    BOOST_TEST(!has_room(1, 100, 100));
    BOOST_TEST(!has_room(100, 1, 100));
    BOOST_TEST(!has_room(101, 1, 100));
    BOOST_TEST(!has_room(1, max_offset, 100));
}

BOOST_AUTO_TEST_CASE(memory_lets_go_of_what_is_written_and_far_from_the_end)
{
    BOOST_TEST(lets_go(10, 10, 15, 5));
    BOOST_TEST(!lets_go(10, 9, 15, 5));
    BOOST_TEST(!lets_go(10, 15, 14, 5));
    BOOST_TEST(lets_go(10, 10, 10, 0));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::detail
