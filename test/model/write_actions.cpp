// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// The actions on the write handle.

#include <spool/error.hpp>

#include "world.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>
#include <array>
#include <cstring>

namespace spool::test {

namespace {

error_code if_open(const writer_box& box, const error_code& ec)
{
    return box.open ? ec : error_code(asio::error::bad_descriptor);
}

} // namespace

void world::append()
{
    append_at_once(false, [](stream& s, const auto& buffers, error_code& ec) {
        return s.append(buffers, ec);
    });
}

void world::write_some()
{
    append_at_once(true, [](stream& s, const auto& buffers, error_code& ec) {
        return s.write_some(buffers, ec);
    });
}

template <class Write>
void world::append_at_once(bool some, Write write)
{
    const auto box = some_writer();
    if (!box)
        return;
    const std::string bytes = random_bytes(length());
    error_code ec = old_error;
    std::size_t n = 0;
    {
        const library_call here(depth_);
        n = write(box->handle, pieces_of(bytes), ec);
    }
    tally_.note(some ? "write_some" : "append", ec);
    trace("append %zu: %s, %zu", bytes.size(), traced_ ? ec.message().c_str() : "", n);
    oracle::written expected{if_open(*box, {})};
    if (box->open)
        expected = oracle_.append(bytes, some);
    expect_same(ec, expected.error, "append");
    expect_same(n, expected.n, "C20 C21: the number of bytes appended");
}

// Starts an operation of the write handle: `start(stream, operation, handler)`.
template <class Start>
void world::start_write(kind what, std::uint64_t wanted, Start start, bool some)
{
    const auto box = some_writer();
    if (!box)
        return;
    operation& op = new_operation(what, box->at, 0, wanted);
    op.some = some;
    if (what == kind::append)
        op.bytes = random_bytes(wanted);
    call(box->handle, op, handler_for(op, box->at, maybe_given(writers_, *box)), start);
    if (was_started(op))
        oracle_.start_write(op, box->open);
}

void world::async_append()
{
    start_write(kind::append, length(), [this](stream& s, operation& op, auto&& handler) {
        s.async_append(pieces_of(op.bytes), std::move(handler));
    });
}

// One of them at a time waits, where what it takes depends on readers: see oracle::taken_by_first.
void world::async_write_some()
{
    const auto& waiting = oracle_.queue();
    if (oracle_.kept().has_options() &&
        std::any_of(waiting.begin(), waiting.end(), [](const operation* op) { return op->some; }))
        return;
    start_write(
        kind::append,
        length(),
        [this](stream& s, operation& op, auto&& handler) {
            s.async_write_some(pieces_of(op.bytes), std::move(handler));
        },
        true);
}

void world::async_prepare()
{
    start_write(kind::prepare, length(), [](stream& s, const operation& op, auto&& handler) {
        s.async_prepare(op.wanted, std::move(handler));
    });
}

void world::drain()
{
    start_write(kind::drain, 0, [](stream& s, const operation&, auto&& handler) {
        s.async_drain(std::move(handler));
    });
}

void world::remove()
{
    start_write(kind::remove, 0, [](stream& s, const operation&, auto&& handler) {
        s.async_remove(std::move(handler));
    });
}

void world::prepare()
{
    const auto box = some_writer();
    if (!box)
        return;
    const std::size_t wanted = length();
    error_code ec = old_error;
    const asio::mutable_buffer lent = box->handle.prepare(wanted, ec);
    tally_.note("prepare", ec);
    trace("prepare %zu: %s, %zu", wanted, ec.message().c_str(), lent.size());
    expect_same(ec, box->open ? oracle_.prepare(wanted) : if_open(*box, {}), "prepare");
    if (ec || wanted == 0)
        return expect(lent.size() == 0, "C25: a region that was not to be lent");
    expect(lent.size() != 0 && lent.size() <= oracle_.lent().limit, "C25: the size of the region");
    hand_over(lent);
}

// The region is filled with bytes that nobody may ever see until they are overwritten.
void world::hand_over(asio::mutable_buffer region)
{
    oracle_.handed_over(region.size());
    region_ = region;
    std::memset(region.data(), untouched, region.size());
}

// Gives back a part, or nothing, or more than there is; mostly when there is something to give back.
void world::commit()
{
    const auto& lent = oracle_.lent();
    if (!lent.lent && !one_in(4))
        return;
    if (lent.holder || one_in(4))
        return commit(
            one_in(2) ? 0 : static_cast<std::size_t>(std::max(lent.limit, lent.size)) + 1);
    commit(
        one_in(3) ? static_cast<std::size_t>(lent.size)
                  : chance_.below(static_cast<std::size_t>(lent.size) + 1));
}

void world::commit(std::size_t n)
{
    const auto box = some_writer();
    if (!box)
        return;
    const auto& lent = oracle_.lent();
    const std::string bytes = random_bytes(!lent.holder && n <= lent.size ? n : 0);
    if (!bytes.empty())
        std::memcpy(region_.data(), bytes.data(), n);
    error_code ec = old_error;
    {
        const library_call here(depth_);
        box->handle.commit(n, ec);
    }
    tally_.note("commit", ec);
    trace("commit %zu: %s", n, ec.message().c_str());
    expect_same(ec, box->open ? oracle_.commit(n, bytes) : if_open(*box, {}), "commit");
}

void world::close_stream()
{
    const auto box = some_writer();
    if (!box)
        return;
    error_code ec = old_error;
    {
        const library_call here(depth_);
        box->handle.close(ec);
    }
    tally_.note("close", ec);
    trace("close the stream: %s", ec.message().c_str());
    expect_same(ec, box->open ? oracle_.close() : if_open(*box, {}), "close");
}

void world::abort_stream()
{
    abort_stream(false);
}

void world::discard_stream()
{
    abort_stream(true);
}

void world::abort_stream(bool discards)
{
    static const std::array<error_code, 4> causes{
        error_code(), asio::error::eof, asio::error::timed_out, asio::error::connection_reset};
    const auto box = some_writer();
    if (!box)
        return;
    const error_code cause = causes[chance_.below(causes.size())];
    tally_.note(discards ? "abort and discard" : "abort", error_code());
    trace("abort with %s%s", cause.message().c_str(), discards ? " and discard" : "");
    const library_call here(depth_);
    if (discards)
        box->handle.abort(cause, discard);
    else
        box->handle.abort(cause);
    if (box->open)
        oracle_.abort(cause, discards);
}

void world::declare_size()
{
    const auto box = some_writer();
    if (!box)
        return;
    const std::uint64_t n = one_in(4) ? some_offset() : oracle_.size() + chance_.below(200);
    error_code ec = old_error;
    {
        const library_call here(depth_);
        box->handle.set_final_size(n, ec);
    }
    tally_.note("set_final_size", ec);
    trace("set_final_size %llu: %s", static_cast<unsigned long long>(n), ec.message().c_str());
    expect_same(ec, box->open ? oracle_.declare(n) : if_open(*box, {}), "set_final_size");
}

// What was moved from refers to no stream, and stays to be used.
void world::move_writer()
{
    const auto box = some_writer();
    if (!box)
        return;
    tally_.note("move a stream", error_code());
    trace("move the stream");
    auto moved = std::make_shared<writer_box>(oracle_, depth_, box->at, std::move(box->handle));
    moved->open = std::exchange(box->open, false);
    writers_.emplace_back(std::move(moved));
}

void world::assign_writer()
{
    const auto from = some_writer();
    const auto to = some_writer();
    if (!from || !to)
        return;
    tally_.note("assign a stream", error_code());
    trace("assign the stream");
    const library_call here(depth_);
    to->handle = std::move(from->handle);
    if (from == to)
        return;
    if (to->open)
        oracle_.abandon();
    to->open = std::exchange(from->open, false);
    to->at = from->at;
}

void world::destroy_writer()
{
    if (writers_.empty() || !one_in(4))
        return;
    tally_.note("destroy a stream", error_code());
    trace("destroy a write handle");
    let_go(writers_, chance_.below(writers_.size()));
}

// A region whose handler was dropped was lent to nobody.
void world::give_back_lost_region()
{
    const operation* const holder = oracle_.lent().holder;
    if (!holder || !holder->dropped)
        return;
    for (const writer_place& place : writers_)
    {
        error_code ec = old_error;
        if (const auto box = place.known.lock(); box && box->open)
            box->handle.commit(0, ec);
    }
    oracle_.region_lost();
}

} // namespace spool::test
