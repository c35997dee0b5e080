// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

#include <spool/error.hpp>

#include <boost/system/errc.hpp>

#include <ostream>

namespace spool {

// What Boost.Test shows of an error.
inline std::ostream& boost_test_print_type(std::ostream& to, errc e)
{
    return to << error_code(e).what();
}

} // namespace spool

namespace spool::test {

inline const error_code cause = boost::system::errc::make_error_code(boost::system::errc::io_error);

} // namespace spool::test
