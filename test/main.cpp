// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// The one place that takes in Boost.Test itself, so that no test links to a Boost library.

#define BOOST_TEST_MODULE spool

#include <boost/test/included/unit_test.hpp>
