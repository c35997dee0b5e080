// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

#include <cstddef>
#include <filesystem>
#include <iterator>

namespace spool::test {

// How many descriptors the process has open.
inline std::ptrdiff_t open_descriptors()
{
    namespace fs = std::filesystem;
    return std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator());
}

} // namespace spool::test
