// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace bench {

// How often one call of an operation asks the global allocator for memory, once it has been called often.
struct allocation
{
    std::string operation;
    double calls;
};

// Of every operation of both handles, those of which can wait once waiting and once not.
std::vector<allocation> count_allocations();

} // namespace bench
