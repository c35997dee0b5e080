// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// One stream with one reader on one context, and a few words to say what happens to them.

#include <spool/spool.hpp>

#include "support/errors.hpp"
#include "support/io_fixture.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace spool::test {

// The text of a literal without its zero.
inline asio::const_buffer bytes(std::string_view text)
{
    return asio::buffer(text.data(), text.size());
}

struct world : io_fixture
{
    explicit world(bool with_tracking = true) : io_fixture(with_tracking) {}

    std::optional<stream> s{std::in_place, executor()};
    std::optional<reader> r{s->make_reader()};
    std::array<char, 16> into{};

    asio::mutable_buffer room(std::size_t n = 16) { return asio::buffer(into, n); }
    std::string_view read(std::size_t n) const { return {into.data(), n}; }

    void append(std::string_view text = "hello")
    {
        quietly([&] { s->append(bytes(text)); });
    }

    void close()
    {
        quietly([&] { s->close(); });
    }

    // The error of a read without waiting at the reader's offset.
    error_code read_error()
    {
        error_code ec;
        r->read_some(room(), ec);
        return ec;
    }
};

// The same with the executor of the context itself, for which the library has a shorter way.
struct plain_world : world
{
    plain_world() : world(false) {}
};

} // namespace spool::test
