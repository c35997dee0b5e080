// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// The handles under test, each with what the model knows of it.

#include <spool/reader.hpp>
#include <spool/stream.hpp>

#include "oracle.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <cstddef>
#include <memory>
#include <utility>

namespace spool::test {

namespace asio = boost::asio;

// Counts how deep the script is in calls into the library: no handler may run there.
class library_call
{
public:
    explicit library_call(std::size_t& depth) noexcept : depth_(depth) { ++depth_; }
    ~library_call() { --depth_; }
    library_call(const library_call&) = delete;
    library_call& operator=(const library_call&) = delete;

private:
    std::size_t& depth_;
};

// Where a handle lives: its context, and the executor it was made with.
struct home
{
    std::size_t context = 0;
    asio::any_io_executor executor; // emptied when the context ends
};

// The end of a handle is an event of the model, whoever brings it about.
struct writer_box
{
    writer_box(oracle& o, std::size_t& depth, home where, stream h)
        : oracle_(o), depth_(depth), at(std::move(where)), handle(std::move(h))
    {
    }

    ~writer_box()
    {
        if (open)
            oracle_.abandon();
        const library_call here(depth_);
        const stream ended = std::move(handle);
    }

    writer_box(const writer_box&) = delete;
    writer_box& operator=(const writer_box&) = delete;

    oracle& oracle_;
    std::size_t& depth_;
    home at;
    stream handle;
    bool open = true;
};

struct reader_box
{
    reader_box(oracle& o, std::size_t& depth, home where, reader h, std::shared_ptr<reader_model> m)
        : oracle_(o), depth_(depth), at(std::move(where)), handle(std::move(h)), model(std::move(m))
    {
    }

    ~reader_box()
    {
        oracle_.close(*model);
        const library_call here(depth_);
        const reader ended = std::move(handle);
    }

    reader_box(const reader_box&) = delete;
    reader_box& operator=(const reader_box&) = delete;

    oracle& oracle_;
    std::size_t& depth_;
    home at;
    reader handle;
    std::shared_ptr<reader_model> model;
};

// A handle that the script can use: held here, or only by the handlers that own it.
template <class Box>
struct place_of
{
    std::shared_ptr<Box> held;
    std::weak_ptr<Box> known;

    explicit place_of(std::shared_ptr<Box> box) noexcept : held(std::move(box)), known(held) {}
};

using writer_place = place_of<writer_box>;
using reader_place = place_of<reader_box>;

} // namespace spool::test
