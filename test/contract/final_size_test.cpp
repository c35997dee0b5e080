// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// The declared final size. Seeking from the end by it is in position_test.cpp.

#include "world.hpp"

#include <boost/test/unit_test.hpp>

namespace spool::test {

namespace {

BOOST_FIXTURE_TEST_SUITE(contract_final_size, world)

// C27
BOOST_AUTO_TEST_CASE(a_declared_final_size_is_known_at_once_and_binds)
{
    BOOST_TEST(!s->final_size().has_value());
    s->set_final_size(5);
    BOOST_TEST(s->final_size().value() == 5u);
    BOOST_TEST(r->final_size().value() == 5u);
    error_code ec;
    BOOST_TEST(s->append(bytes("sixsix"), ec) == 0u);
    BOOST_TEST(ec == errc::size_mismatch);
    BOOST_TEST(s->size() == 0u);
    append("hello");
    s->append(bytes("!"), ec);
    BOOST_TEST(ec == errc::size_mismatch);
    BOOST_TEST(s->prepare(1, ec).size() == 0u);
    BOOST_TEST(ec == errc::size_mismatch);
    s->close();
    BOOST_TEST(r->read_some(room()) == 5u);
    BOOST_TEST(read_error() == asio::error::eof);
}

// C27
BOOST_AUTO_TEST_CASE(a_close_short_of_the_declared_size_fails_the_stream)
{
    s->set_final_size(6);
    append("hello");
    error_code ec;
    s->close(ec);
    BOOST_TEST(ec == errc::size_mismatch);
    BOOST_TEST(r->read_some(room()) == 5u);
    BOOST_TEST(read_error() == errc::size_mismatch);
    s->append(bytes("!"), ec);
    BOOST_TEST(ec == errc::size_mismatch);
}

// C27
BOOST_AUTO_TEST_CASE(the_final_size_is_declared_once_and_not_after_the_end)
{
    error_code ec;
    append();
    s->set_final_size(4, ec);
    BOOST_TEST(ec == errc::size_mismatch);
    s->set_final_size(5, ec);
    BOOST_TEST(!ec);
    s->set_final_size(5, ec);
    BOOST_TEST(ec == errc::final_size_known);
    s->close();
    s->set_final_size(5, ec);
    BOOST_TEST(ec == errc::closed);
    s.emplace(executor());
    s->abort(cause);
    s->set_final_size(5, ec);
    BOOST_TEST(ec == cause);
    BOOST_CHECK_THROW(s->set_final_size(5), boost::system::system_error);
}

// C27
BOOST_AUTO_TEST_CASE(a_lent_region_fits_the_declared_size)
{
    s->set_final_size(5);
    BOOST_TEST(s->prepare(100).size() == 5u);
    s->commit(2);
    BOOST_TEST(s->prepare(100).size() == 3u);
    s->commit(0);
}

// C27
BOOST_AUTO_TEST_CASE(a_region_that_a_later_declaration_cut_is_refused)
{
    static_cast<void>(s->prepare(10));
    s->set_final_size(5);
    error_code ec;
    s->commit(6, ec);
    BOOST_TEST(ec == errc::size_mismatch);
    BOOST_TEST(s->size() == 0u);
    append("hello");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::test
