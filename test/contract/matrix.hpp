// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// Everything that can happen to every operation, with one kind of completion token: a test case for
// each, named by the contract lines that it proves.

#include "operation_run.hpp"

#include <boost/test/unit_test.hpp>

#include <functional>
#include <memory>

namespace spool::test {

// Adds to the suite that is being declared a test case for every event that can happen to such an
// operation.
void add_events(
    const char* token,
    const operation_kind& kind,
    const std::function<std::unique_ptr<operation_run>()>& make,
    bool tracked = true);

// Adds the events of all operations; `Run<Operation>` is how an operation is run with the token.
template <template <class> class Run>
bool add_matrix(const char* token)
{
    for (const auto& maker : runs_of_all_operations<Run>())
        add_events(token, maker.kind, maker.make);
    return true;
}

} // namespace spool::test
