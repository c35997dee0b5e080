// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// What the model knows of one asynchronous operation and of one reader.

#include <spool/view.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/system/error_code.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>

namespace spool::test {

using boost::system::error_code;

enum class kind : std::uint8_t
{
    read_some,
    read_some_at,
    read_at,
    wait,
    wait_at,
    read_view,
    read_view_at,
    seek_end,
    append,
    prepare,
    drain,
    remove,
};

const char* name_of(kind what) noexcept;

constexpr bool is_sequential(kind what) noexcept
{
    return what == kind::read_some || what == kind::read_view || what == kind::seek_end;
}

constexpr bool is_read(kind what) noexcept
{
    return what < kind::append;
}

constexpr bool is_ending(kind what) noexcept
{
    return what == kind::drain || what == kind::remove;
}

// What a handler may be called with: an error and a number from `low` to `high`.
struct verdict
{
    error_code error;
    std::uint64_t low = 0;
    std::uint64_t high = 0;
    bool growing = false;    // decided by bytes: until it lands, more of them or a discard may come
    bool or_aborted = false; // cancelled when it may have been decided already
};

enum class phase : std::uint8_t
{
    waiting, // nothing has happened yet that completes it
    decided, // what it reports is fixed, as far as `verdict` says
    over,    // the handler was called or destroyed
};

struct reader_model;

struct operation
{
    kind what = kind::read_some;
    unsigned id = 0;
    phase now = phase::decided;
    bool plain = false;     // its handler has no executor of its own
    bool on_strand = false; // its handler has
    bool parked = false;    // it waited, so the library carries it until it completes
    bool must_drop = false;
    bool may_drop = false;
    bool dropped = false;
    verdict may;
    std::shared_ptr<reader_model> reader;
    std::size_t handle_context = 0;
    std::size_t handler_context = 0;
    std::uint64_t offset = 0;
    std::uint64_t wanted = 0; // room, bytes to wait for, bytes to write, or how far before the end
    std::string bytes;        // to be written, or where a read puts them
    spool::view view;
    boost::asio::mutable_buffer region;
};

struct reader_model
{
    explicit reader_model(std::uint64_t at) noexcept : offset(at) {}

    bool open = true;
    std::uint64_t offset;
    operation* pending = nullptr; // the sequential one, until it is known to have landed
    bool sought = false;          // a seek came after it was started, so its landing moves nothing
};

// Something that the contract does not allow has happened.
struct mismatch : std::runtime_error
{
    using std::runtime_error::runtime_error;
};

inline void expect(bool met, const char* rule)
{
    if (!met)
        throw mismatch(rule);
}

void expect(bool met, const operation& op, const char* rule);
void expect_same(const error_code& got, const error_code& expected, const char* where);

} // namespace spool::test
