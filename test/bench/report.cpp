// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "report.hpp"

// Its definitions, so that no compiled Boost library is needed.
#include <boost/json/src.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <iomanip>
#include <limits>
#include <ostream>
#include <sstream>
#include <utility>

namespace bench {

namespace {

namespace json = boost::json;

// Rows without a number come last.
int leading_number(const std::string& text)
{
    int number = std::numeric_limits<int>::max();
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

// Three figures, and all of those before the point.
std::string figure(double value)
{
    std::ostringstream out;
    const int decimals = value >= 100 ? 0 : value >= 10 ? 1 : value >= 0.1 ? 2 : 3;
    out << std::fixed << std::setprecision(value == 0 ? 0 : decimals) << value;
    std::string text = out.str();
    const std::size_t point = std::min(text.find('.'), text.size());
    for (std::size_t i = point; i > 3; i -= 3)
        text.insert(i - 3, ",");
    return text;
}

std::string figure(const std::optional<double>& value)
{
    return value ? figure(*value) : "-";
}

std::string text_of(const bar& b)
{
    switch (b.is)
    {
    case bar::kind::at_most:
        return "<= " + figure(b.limit);
    case bar::kind::at_least:
        return ">= " + figure(b.limit);
    case bar::kind::none:
        break;
    }
    return "-";
}

std::string text_of(const std::optional<bool>& met)
{
    return !met ? "-" : *met ? "yes" : "NO";
}

// Columns as wide as their widest cell; also a table in Markdown.
template <std::size_t Columns>
void print_table(std::ostream& out, std::vector<std::array<std::string, Columns>> lines)
{
    std::array<std::size_t, Columns> widths{};
    for (const auto& line : lines)
        for (std::size_t i = 0; i != Columns; ++i)
            widths[i] = std::max(widths[i], line[i].size());
    std::array<std::string, Columns> rule;
    for (std::size_t i = 0; i != Columns; ++i)
        rule[i] = std::string(widths[i], '-');
    lines.insert(lines.begin() + 1, rule);
    for (const auto& line : lines)
    {
        for (std::size_t i = 0; i != Columns; ++i)
            out << "| " << std::left << std::setw(static_cast<int>(widths[i])) << line[i] << ' ';
        out << "|\n";
    }
}

json::value or_null(const std::optional<double>& value)
{
    return value ? json::value(*value) : json::value(nullptr);
}

json::object json_of(const row& r)
{
    json::object o;
    o["row"] = r.number;
    o["what"] = r.what;
    o["value"] = or_null(r.value);
    o["unit"] = r.unit;
    if (r.compared)
    {
        o["reference"] = r.compared->name;
        o["reference_value"] = r.compared->value;
    }
    o["ratio"] = or_null(r.ratio());
    if (r.judged.is != bar::kind::none)
        o[r.judged.is == bar::kind::at_most ? "at_most" : "at_least"] = r.judged.limit;
    if (const auto met = r.met())
        o["met"] = *met;
    if (!r.note.empty())
        o["note"] = r.note;
    return o;
}

json::object json_of(const peer& p)
{
    return {
        {"peer", p.name},
        {"readers", p.readers},
        {"deliveries_per_second", p.deliveries},
        {"bytes_per_reader", p.memory},
    };
}

json::object json_of(const point& p)
{
    return {{"series", p.series}, {"x", p.x}, {"y", p.y}};
}

// One element a line, which line-based tools can read too.
template <class T>
void write_array(std::ostream& out, const char* name, const std::vector<T>& elements)
{
    out << json::serialize(json::value(name)) << ": [";
    const char* separator = "\n";
    for (const T& e : elements)
        out << std::exchange(separator, ",\n") << json::serialize(json_of(e));
    out << "\n]";
}

} // namespace

std::optional<double> row::ratio() const
{
    if (!value || !compared)
        return {};
    return *value / compared->value;
}

std::optional<bool> row::met() const
{
    const std::optional<double> found = compared ? ratio() : value;
    if (!found || judged.is == bar::kind::none)
        return {};
    return judged.is == bar::kind::at_most ? *found <= judged.limit : *found >= judged.limit;
}

// In the order of their numbers, however they came.
void report::add(row r)
{
    const auto before = [](const row& a, const row& b) {
        return std::pair(leading_number(a.number), a.number) <
               std::pair(leading_number(b.number), b.number);
    };
    rows_.insert(std::upper_bound(rows_.begin(), rows_.end(), r, before), std::move(r));
}

void report::print(std::ostream& out) const
{
    for (const auto& [fact, value] : facts_)
        out << fact << ": " << value << '\n';

    std::vector<std::array<std::string, 8>> lines{
        {"#", "what", "value", "unit", "reference", "ratio", "bar", "met"}};
    for (const row& r : rows_)
        lines.push_back(
            {r.number,
             r.what,
             figure(r.value),
             r.unit,
             r.compared ? r.compared->name + " = " + figure(r.compared->value) : "-",
             figure(r.ratio()),
             text_of(r.judged),
             text_of(r.met())});
    out << '\n';
    print_table(out, std::move(lines));
    for (const row& r : rows_)
        if (!r.note.empty())
            out << "Row " << r.number << ": " << r.note << '\n';

    std::vector<std::array<std::string, 4>> others{
        {"readers", "way", "deliveries per second", "bytes per reader"}};
    for (const peer& p : peers_)
        others.push_back(
            {std::to_string(p.readers), p.name, figure(p.deliveries), figure(p.memory)});
    out << '\n';
    print_table(out, std::move(others));
}

void report::write_json(std::ostream& out) const
{
    json::object known;
    for (const auto& [fact, value] : facts_)
        known[fact] = value;
    out << "{\n\"facts\": " << json::serialize(known) << ",\n";
    write_array(out, "rows", rows_);
    out << ",\n";
    write_array(out, "peers", peers_);
    out << ",\n";
    write_array(out, "series", points_);
    out << "\n}\n";
}

} // namespace bench
