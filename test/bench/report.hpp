// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// What was measured, as tables for people and as JSON for programs.

#include <cstddef>
#include <iosfwd>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace bench {

struct reference
{
    std::string name;
    double value; // in the unit of its row
};

// A bound on the ratio of a row, or on its value if it has no reference.
struct bar
{
    enum class kind
    {
        none, // to be read, not judged
        at_most,
        at_least,
    };

    kind is = kind::none;
    double limit = 0;
};

constexpr bar at_most(double limit)
{
    return {bar::kind::at_most, limit};
}

constexpr bar at_least(double limit)
{
    return {bar::kind::at_least, limit};
}

struct row
{
    std::string number;
    std::string what;
    std::optional<double> value; // none: it could not be measured, and the note says why
    std::string unit;
    std::optional<reference> compared;
    bar judged;
    std::string note;

    std::optional<double> ratio() const;
    std::optional<bool> met() const;
};

// One way to bring the bytes to many readers.
struct peer
{
    std::string name;
    std::size_t readers;
    double deliveries; // per second
    double memory;     // bytes per reader
};

struct point
{
    std::string series;
    double x;
    double y;
};

// What the machine and the build were.
using facts = std::vector<std::pair<std::string, std::string>>;

class report
{
public:
    void add(row r);
    void add(peer p) { peers_.push_back(std::move(p)); }
    void add(point p) { points_.push_back(std::move(p)); }
    void add(std::string fact, std::string value)
    {
        facts_.emplace_back(std::move(fact), std::move(value));
    }

    void print(std::ostream& out) const;
    void write_json(std::ostream& out) const;

private:
    std::vector<row> rows_;
    std::vector<peer> peers_;
    std::vector<point> points_;
    facts facts_;
};

} // namespace bench
