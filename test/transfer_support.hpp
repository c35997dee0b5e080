// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// What the tests of the transfer functions share.

#include <spool/transfer.hpp>

#include "contract/world.hpp"
#include "support/fake_streams.hpp"

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace spool::test {

inline constexpr std::array honoured{
    asio::cancellation_type::terminal, asio::cancellation_type::partial};

inline const error_code io_error =
    boost::system::errc::make_error_code(boost::system::errc::io_error);

inline std::string pattern(std::size_t n)
{
    std::string text(n, '\0');
    for (std::size_t i = 0; i != n; ++i)
        text[i] = static_cast<char>('a' + (i ^ (i >> 8)) % 26);
    return text;
}

struct copying : world
{
    const std::string text = pattern(1000);
    fake_write_stream to{executor()};
    fake_read_stream from{executor()};
    asio::cancellation_signal signal;
    std::optional<outcome<std::uint64_t>> copied;

    // Both with operations of a hundred bytes, so that there are ten of them.
    copying() { to.most = from.most = 100; }

    void fill()
    {
        append(text);
        close();
    }

    void copy_out()
    {
        copied.emplace();
        quietly([&] { async_copy(*r, to, check(*copied, signal.slot())); });
    }

    void copy_in()
    {
        copied.emplace();
        quietly([&] { async_copy(from, *s, check(*copied, signal.slot())); });
    }

    void emit(asio::cancellation_type type)
    {
        quietly([&] { signal.emit(type); });
    }

    std::string content()
    {
        std::string all(s->size(), '\0');
        r->read_some_at(0, asio::buffer(all));
        return all;
    }
};

} // namespace spool::test
