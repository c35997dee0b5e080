// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

#include <exception>
#include <string>

namespace live_log {

// Writes one line to standard error.
void say(const std::string& line);

std::string what(std::exception_ptr e);

} // namespace live_log
