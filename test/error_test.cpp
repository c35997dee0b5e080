// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include <spool/error.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <set>
#include <string>
#include <system_error>

namespace {

using spool::errc;
using spool::error_code;

constexpr std::array all{
    errc::closed,
    errc::abandoned,
    errc::read_pending,
    errc::gap,
    errc::size_mismatch,
    errc::final_size_known,
    errc::draining,
    errc::removed,
    errc::unfinished,
    errc::lost,
    errc::too_slow,
    errc::timed_out};

BOOST_AUTO_TEST_SUITE(error_rules)

BOOST_AUTO_TEST_CASE(every_error_is_a_failure_of_the_category)
{
    int value = 0;
    for (const errc e : all)
    {
        const error_code ec = e;
        BOOST_TEST(ec.failed());
        BOOST_TEST(ec.value() == ++value);
        BOOST_TEST((ec.category() == spool::error_category()));
        BOOST_TEST((ec == e));
    }
    BOOST_TEST(spool::error_category().name() == "spool");
}

BOOST_AUTO_TEST_CASE(every_error_has_a_message_of_its_own)
{
    std::set<std::string> messages{spool::error_category().message(9999)};
    for (const errc e : all)
        BOOST_TEST(messages.insert(error_code(e).message()).second);
    for (const std::string& message : messages)
        BOOST_TEST(!message.empty());
}

BOOST_AUTO_TEST_CASE(errors_with_a_generic_meaning_say_so)
{
    namespace generic = boost::system::errc;
    BOOST_TEST((error_code(errc::closed) == generic::broken_pipe));
    BOOST_TEST((error_code(errc::abandoned) == generic::connection_aborted));
    BOOST_TEST((error_code(errc::read_pending) == generic::operation_in_progress));
    BOOST_TEST((error_code(errc::timed_out) == generic::timed_out));
    BOOST_TEST((error_code(errc::gap) != generic::broken_pipe));
    BOOST_TEST((std::error_code(error_code(errc::closed)) == std::errc::broken_pipe));
}

BOOST_AUTO_TEST_CASE(errors_without_one_are_equal_to_themselves_only)
{
    for (const errc e :
         {errc::gap, errc::size_mismatch, errc::final_size_known, errc::draining, errc::removed})
    {
        const auto condition = error_code(e).default_error_condition();
        BOOST_TEST((condition.category() == spool::error_category()));
        BOOST_TEST(condition.value() == static_cast<int>(e));
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
