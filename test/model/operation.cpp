// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "operation.hpp"

#include <array>

namespace spool::test {

const char* name_of(kind what) noexcept
{
    static constexpr std::array names{
        "async_read_some",
        "async_read_some_at",
        "async_read_at",
        "async_wait",
        "async_wait_at",
        "async_read_view",
        "async_read_view_at",
        "async_seek_end",
        "async_append",
        "async_prepare",
        "async_drain",
        "async_remove"};
    return names[static_cast<std::size_t>(what)];
}

void expect(bool met, const operation& op, const char* rule)
{
    if (met)
        return;
    throw mismatch(
        "#" + std::to_string(op.id) + " " + name_of(op.what) + " at " + std::to_string(op.offset) +
        " of " + std::to_string(op.wanted) + ": " + rule + "; expected " + op.may.text());
}

void expect_same(const error_code& got, const error_code& expected, const char* where)
{
    if (got != expected)
        throw mismatch(
            std::string(where) + " gave " + got.message() + " instead of " + expected.message());
}

void expect_same(std::uint64_t got, std::uint64_t expected, const char* what)
{
    if (got != expected)
        throw mismatch(
            std::string(what) + ": " + std::to_string(got) + " instead of " +
            std::to_string(expected));
}

} // namespace spool::test
