// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// What the model knows of one asynchronous operation and of one reader.

#include <spool/view.hpp>

#include "verdict.hpp"

#include <boost/asio/buffer.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

namespace spool::test {

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

constexpr bool is_wait(kind what) noexcept
{
    return what == kind::wait || what == kind::wait_at;
}

constexpr bool is_view(kind what) noexcept
{
    return what == kind::read_view || what == kind::read_view_at;
}

constexpr bool is_ending(kind what) noexcept
{
    return what == kind::drain || what == kind::remove;
}

enum class phase : std::uint8_t
{
    waiting, // nothing has happened yet that completes it
    decided, // it may report what `may` says; or wait on, if `may_wait` is set
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
    bool settled = false;   // nothing can be added to that
    bool may_wait = false;  // it goes on waiting if it has its turn now
    bool cancelled = false; // too late to be sure; but it does not go on waiting
    bool aborted = false;   // in time
    bool may_abort = false; // if it was not in time, but found itself waiting
    bool in_turn = false;   // it may have its turn, to see whether it waits still
    std::shared_ptr<reader_model> reader;
    std::size_t handle_context = 0;
    std::size_t handler_context = 0;
    std::uint64_t offset = 0;
    std::uint64_t wanted = 0; // room, bytes to wait for, bytes to write, or how far before the end
    std::uint64_t got_least = 0, got_most = 0; // how many bytes it has while it waits for more
    bool some = false;                         // a write that takes what there is room for
    std::string bytes;                         // to be written, or where a read puts them
    spool::view view;
    boost::asio::mutable_buffer region;
};

struct reader_model
{
    reader_model(std::uint64_t at, bool holds) noexcept
        : tethered(holds), offset(at), nearest(at), furthest(at)
    {
    }

    bool open = true;
    bool tethered;
    bool cut_off = false;
    std::uint64_t offset;
    std::uint64_t nearest, furthest; // where it was since the model looked last
    std::uint64_t read = 0;
    std::uint64_t skipped = 0;
    std::optional<std::uint64_t> stalled; // where it stood in the way when the alarm was set
    operation* pending = nullptr;         // the sequential one, until it has landed
    bool sought = false; // a seek came after it was started, so its landing moves nothing
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
void expect_same(std::uint64_t got, std::uint64_t expected, const char* what);

} // namespace spool::test
