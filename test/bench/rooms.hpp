// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// The rooms of the suite: each measures one kind of thing and adds its rows.

#include "measure.hpp"
#include "report.hpp"

namespace bench {

void references(const settings& s, report& to);
void wakes(const settings& s, report& to);    // rows 1, 2, 3, 5, 18
void appends(const settings& s, report& to);  // rows 4, 8
void reads(const settings& s, report& to);    // rows 6, 7, 9, 10, 15
void memory(const settings& s, report& to);   // rows 11, 12, 13
void threads(const settings& s, report& to);  // row 14
void endings(const settings& s, report& to);  // row 16
void tcp(const settings& s, report& to);      // row 17
void storage(const settings& s, report& to);  // rows S1 to S10
void bounded(const settings& s, report& to);  // rows B1 to B4
void fairness(const settings& s, report& to); // how long a batch holds its context
void peers(const settings& s, report& to);    // what people would write otherwise

} // namespace bench
