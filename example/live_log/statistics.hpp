// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

#include <spool/stream.hpp>

#include <string>

namespace live_log {

// What the stream and its clients are doing, as one line of JSON.
std::string statistics_of(const spool::stream& output);

} // namespace live_log
