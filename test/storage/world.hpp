// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// A stream with a storage in memory, whose calls are made when the test says so.

#include <spool/spool.hpp>

#include "support/errors.hpp"
#include "support/fake_storage.hpp"
#include "support/io_fixture.hpp"
#include "support/pattern.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace spool::test {

inline const error_code disk_full =
    boost::system::errc::make_error_code(boost::system::errc::no_space_on_device);

struct disk_world : io_fixture
{
    static constexpr std::size_t mib = std::size_t{1} << 20;

    asio::io_context disk{1};
    std::shared_ptr<kept_bytes> kept = std::make_shared<kept_bytes>();
    std::optional<stream> s;

    explicit disk_world(std::size_t limit = 8 * mib) : io_fixture(false) { open(limit); }

    ~disk_world()
    {
        s.reset();
        work();
        BOOST_TEST(kept->opened == 0u, "the storage was not closed");
    }

    void open(std::size_t limit = 8 * mib)
    {
        s.reset();
        work();
        s.emplace(executor(), fake_storage(kept), options{limit, disk.get_executor()});
    }

    // Makes the next call of the storage.
    bool call_storage()
    {
        disk.restart();
        return disk.poll_one() != 0;
    }

    // Makes all calls that there are, and runs what follows on the context; how many they were.
    std::size_t work()
    {
        std::size_t n = 0;
        while (call_storage())
        {
            ++n;
            run();
        }
        run();
        return n;
    }

    // Appends `n` bytes of the pattern, whatever the storage must do for it; nothing else is run.
    void fill(std::uint64_t n)
    {
        while (n != 0)
        {
            const auto some = static_cast<std::size_t>(std::min<std::uint64_t>(n, 100'000));
            const std::string bytes = bytes_at(s->size(), some);
            error_code ec;
            s->append(asio::buffer(bytes), ec);
            if (!ec)
                n -= some;
            BOOST_TEST_REQUIRE((!ec || (ec == asio::error::would_block && call_storage())));
        }
        while (call_storage())
        {
        }
    }
};

} // namespace spool::test
