// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// What there is of a Boost that is too old.
#define BOOST_VERSION 107400
