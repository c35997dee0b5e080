// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

/// @file
/// The version of spool, and the check that the Boost found is new enough.

#include <boost/version.hpp>

#if BOOST_VERSION < 108100
#error "spool needs Boost 1.81 or later: on Debian 12 install libboost1.81-all-dev"
#endif

namespace boost::asio {
}

/// Byte streams that are written once and read by many while they are being written.
namespace spool {

namespace asio = boost::asio;

} // namespace spool

/// The version of spool as one number: major * 10000 + minor * 100 + patch.
#define SPOOL_VERSION 100
