// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// A bounded stream in memory, whose alarm rings when the test says so.

#include <spool/spool.hpp>

#include "support/errors.hpp"
#include "support/io_fixture.hpp"
#include "support/manual_alarm.hpp"
#include "support/pattern.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace spool::test {

struct bounded_world : io_fixture
{
    static constexpr std::size_t limit = 1024;
    static constexpr std::size_t chunk = limit / 8;

    std::shared_ptr<manual_alarm> time = std::make_shared<manual_alarm>();
    std::optional<stream> s;

    bounded_world() : io_fixture(false) {}

    void open(retention retain, std::chrono::nanoseconds stall_limit = {})
    {
        options chosen;
        chosen.retain = retain;
        chosen.stall_limit = stall_limit;
        chosen.stall_alarm = time;
        s.emplace(executor(), chosen);
    }

    // Appends as long as there is room, a byte at a time at the end; how many bytes that were.
    std::size_t fill(std::size_t most)
    {
        std::size_t n = 0;
        error_code ec;
        for (std::size_t step = 100; step != 0; step = ec ? step / 10 : step)
        {
            step = std::min(step, most - n);
            const std::string bytes = bytes_at(s->size(), step);
            n += s->append(asio::buffer(bytes), ec);
        }
        return n;
    }

    // What a read without waiting gives, and whether the bytes are right.
    std::size_t read(reader& from, std::size_t most, error_code& ec)
    {
        std::string room(most, ' ');
        const std::uint64_t at = from.offset();
        const std::size_t n = from.read_some(asio::buffer(room), ec);
        BOOST_TEST((room.substr(0, n) == bytes_at(at, n)));
        return n;
    }

    std::size_t read(reader& from, std::size_t most)
    {
        error_code ec;
        const std::size_t n = read(from, most, ec);
        BOOST_TEST(!ec, ec.message());
        return n;
    }
};

} // namespace spool::test
