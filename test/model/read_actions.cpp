// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// The actions on readers that start operations or read at once.

#include "world.hpp"

#include <algorithm>
#include <limits>

namespace spool::test {

namespace {

// Of the form that does not wait: without "async_".
const char* sync_name_of(kind what)
{
    return name_of(what) + 6;
}

} // namespace

// Starts a read of any kind on some reader: `start(reader, operation, handler)`. Without an offset it
// is the reader's own.
template <class Start>
void world::start_read(
    kind what, std::optional<std::uint64_t> offset, std::uint64_t wanted, Start start)
{
    const auto box = some_reader();
    if (!box)
        return;
    inspect_reader(*box);
    operation& op = new_operation(what, box->at, offset.value_or(box->handle.offset()), wanted);
    op.reader = box->model;
    if (what <= kind::read_at)
        op.bytes.assign(wanted, untouched);
    call(box->handle, op, handler_for(op, box->at, maybe_given(readers_, *box)), start);
    if (was_started(op))
        oracle_.start_read(op, box->handle.statistics().read - box->model->read);
    inspect_reader(*box);
}

void world::async_read_some()
{
    start_read(kind::read_some, {}, length(), [this](reader& r, operation& op, auto&& handler) {
        r.async_read_some(pieces_to(op.bytes), std::move(handler));
    });
}

void world::async_read_some_at()
{
    start_read(
        kind::read_some_at,
        some_offset(),
        length(),
        [this](reader& r, operation& op, auto&& handler) {
            r.async_read_some_at(op.offset, pieces_to(op.bytes), std::move(handler));
        });
}

void world::async_read_at()
{
    start_read(
        kind::read_at, some_offset(), length(), [this](reader& r, operation& op, auto&& handler) {
            r.async_read_at(op.offset, pieces_to(op.bytes), std::move(handler));
        });
}

std::uint64_t world::bytes_to_wait_for()
{
    return one_in(8) ? std::numeric_limits<std::uint64_t>::max() - chance_.below(3) : length();
}

void world::async_wait()
{
    start_read(
        kind::wait, {}, bytes_to_wait_for(), [](reader& r, const operation& op, auto&& handler) {
            r.async_wait(op.wanted, std::move(handler));
        });
}

void world::async_wait_at()
{
    start_read(
        kind::wait_at,
        some_offset(),
        bytes_to_wait_for(),
        [](reader& r, const operation& op, auto&& handler) {
            r.async_wait_at(op.offset, op.wanted, std::move(handler));
        });
}

// More than one wake-up completes.
void world::async_wait_by_many()
{
    if (!crowded_)
        return;
    for (std::size_t n = 70 + chance_.below(70); n != 0; --n)
        async_wait_at();
}

void world::async_read_view()
{
    start_read(kind::read_view, {}, length(), [](reader& r, const operation& op, auto&& handler) {
        r.async_read_view(op.wanted, std::move(handler));
    });
}

void world::async_read_view_at()
{
    start_read(
        kind::read_view_at,
        some_offset(),
        length(),
        [](reader& r, const operation& op, auto&& handler) {
            r.async_read_view_at(op.offset, op.wanted, std::move(handler));
        });
}

void world::async_seek_end()
{
    const std::uint64_t back = one_in(4) ? some_offset() : length();
    start_read(kind::seek_end, {}, back, [](reader& r, const operation& op, auto&& handler) {
        r.async_seek_end(op.wanted, std::move(handler));
    });
}

// Reads at once on some reader: `read(reader, operation, error_code&)` returns the number of bytes.
template <class Read>
void world::read_at_once(
    kind what, std::optional<std::uint64_t> offset, std::uint64_t wanted, Read read)
{
    const auto box = some_reader();
    if (!box)
        return;
    inspect_reader(*box);
    operation op;
    op.what = what;
    op.reader = box->model;
    op.offset = offset.value_or(box->handle.offset());
    op.wanted = wanted;
    if (what <= kind::read_at)
        op.bytes.assign(wanted, untouched);
    error_code ec = old_error;
    std::uint64_t n = 0;
    {
        const library_call here(depth_);
        n = read(box->handle, op, ec);
    }
    tally_.note(sync_name_of(what), ec);
    trace_read(op, ec, n);
    oracle_.read_now(op, n);
    check_outcome(op, ec, n);
    oracle_.check(op, ec, n);
    inspect_reader(*box);
}

void world::trace_read(const operation& op, error_code ec, std::uint64_t n) const
{
    trace(
        "%s at %llu of %llu: %s, %llu",
        sync_name_of(op.what),
        static_cast<unsigned long long>(op.offset),
        static_cast<unsigned long long>(op.wanted),
        traced_ ? ec.message().c_str() : "",
        static_cast<unsigned long long>(n));
}

void world::read_some()
{
    read_at_once(kind::read_some, {}, length(), [this](reader& r, operation& op, error_code& ec) {
        return r.read_some(pieces_to(op.bytes), ec);
    });
}

void world::read_some_at()
{
    read_at_once(
        kind::read_some_at,
        some_offset(),
        length(),
        [this](reader& r, operation& op, error_code& ec) {
            return r.read_some_at(op.offset, pieces_to(op.bytes), ec);
        });
}

void world::read_view()
{
    read_at_once(kind::read_view, {}, length(), [](reader& r, operation& op, error_code& ec) {
        op.view = r.read_view(op.wanted, ec);
        return op.view.size();
    });
}

void world::read_view_at()
{
    read_at_once(
        kind::read_view_at, some_offset(), length(), [](reader& r, operation& op, error_code& ec) {
            op.view = r.read_view_at(op.offset, op.wanted, ec);
            return op.view.size();
        });
}

// Views that are kept must go on showing their bytes, whatever happens.

bool world::shows(const view& bytes, std::uint64_t offset) const
{
    const std::string_view all = oracle_.bytes();
    for (const asio::const_buffer& b : bytes)
    {
        const std::string_view shown(static_cast<const char*>(b.data()), b.size());
        if (offset > all.size() || all.substr(offset, shown.size()) != shown)
            return false;
        offset += shown.size();
    }
    return true;
}

void world::keep(view bytes, std::uint64_t offset)
{
    if (!bytes.empty())
        views_.push_back({std::move(bytes), offset});
}

void world::drop_view()
{
    if (views_.empty())
        return;
    const held_view dropped = std::move(views_.back());
    views_.pop_back();
    expect(shows(dropped.bytes, dropped.offset), "C37: a view has changed");
}

} // namespace spool::test
