// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// What is checked while a run is played: what everybody can see, and what handlers are called with.

#include "world.hpp"

#include <boost/asio/strand.hpp>

#include <algorithm>
#include <chrono>

namespace spool::test {

// What everybody can see, compared with the model.
void world::inspect()
{
    expect(late_failure_.empty(), late_failure_.c_str());
    observe();
    if (const auto box = some_writer())
    {
        expect(box->handle.size() == (box->open ? oracle_.size() : 0), "size of the stream");
        expect(box->handle.is_open() == (box->open && oracle_.is_open()), "is_open of the stream");
        expect(
            box->handle.final_size() == (box->open ? oracle_.final_size() : std::nullopt),
            "final size of the stream");
        expect_same(box->handle.base(), box->open ? oracle_.base() : 0, "base of a write handle");
        if (box->open)
            check_statistics(box->handle.statistics(), false);
    }
    if (const auto box = some_reader())
        inspect_reader(*box);
    if (one_in(8))
        check_work();
}

void world::inspect_reader(reader_box& box)
{
    observe();
    const reader_model& r = *box.model;
    const std::uint64_t at = box.handle.offset();
    const std::uint64_t size = r.open ? oracle_.size() : 0;
    const reader_statistics now = box.handle.statistics();
    expect_same(at, r.open ? r.offset : 0, "offset of a reader");
    expect(box.handle.is_open() == r.open, "is_open of a reader");
    expect_same(box.handle.size(), size, "size of a reader");
    expect_same(box.handle.lag(), at < size ? size - at : 0, "lag of a reader");
    expect_same(box.handle.base(), r.open ? oracle_.base() : 0, "base of a reader");
    expect_same(box.handle.skipped(), r.open ? r.skipped : 0, "skipped of a reader");
    expect_same(now.read, r.open ? r.read : 0, "bytes that a reader has read");
    expect(box.handle.is_tethered() == (r.open && r.tethered), "whether a reader is tethered");
    expect(now.waiting == (r.open && r.pending), "whether a reader waits");
    expect(now.offset == at && now.skipped == box.handle.skipped(), "statistics of a reader");
    expect(
        box.handle.final_size() == (r.open ? oracle_.final_size() : std::nullopt),
        "final size of a reader");
}

// While something is runnable, only the contexts of our own can tell.
void world::check_work()
{
    if (with_asio_)
        return;
    for (const operation* op : oracle_.live())
    {
        if (!oracle_.waits_for_sure(*op))
            continue;
        for (const std::size_t i : {op->handle_context, op->handler_context})
            expect(contexts_[i] && contexts_[i]->has_work(), *op, "C54: waits without work");
    }
}

// Tells the model what has happened since the last time.
void world::observe()
{
    for (const reader_place& place : readers_)
        if (const auto box = place.known.lock(); box && box->model->open)
            oracle_.look_at(*box->model, box->handle.statistics());
    for (const writer_place& place : writers_)
        if (const auto box = place.known.lock(); box && box->open)
        {
            oracle_.follow(box->handle.statistics());
            if (stall_limit_.count() != 0 && contexts_[own_context_])
                expect(!!clock_->rings == oracle_.is_stalled(), "C81: whether the alarm is set");
            return;
        }
    oracle_.follow();
}

// A closed reader counts until the last of its operations has finished, so some numbers are known only when
// nothing is left to run.
void world::check_statistics(const stream_statistics& now, bool quiet) const
{
    stream_statistics expected;
    expected.slowest = oracle_.size();
    for (const auto& r : oracle_.readers())
    {
        expected.read += r->read;
        expected.skipped += r->skipped;
        if (!r->open)
            continue;
        ++expected.readers;
        expected.waiting_readers += r->pending != nullptr;
        expected.slowest = std::min(expected.slowest, r->offset);
    }
    const auto& lent = oracle_.lent();
    if (!lent.holder)
        expect_same(now.lent, lent.lent ? lent.size : 0, "the region that is lent");
    expect(now.readers >= expected.readers && now.slowest <= expected.slowest, "readers");
    if (quiet)
    {
        expect_same(now.readers, expected.readers, "how many readers there are");
        expect_same(now.waiting_readers, expected.waiting_readers, "how many readers wait");
        expect_same(now.slowest, expected.slowest, "the slowest reader");
    }
    if (quiet && !oracle_.has_lost_count())
    {
        expect_same(now.read, expected.read, "how much was read");
        expect_same(now.skipped, expected.skipped, "how much was skipped");
    }
    if (oracle_.kept().has_options() && !kept_)
        check_memory(now);
}

// C82: what a new limit does not allow stays only as long as readers keep it.
void world::check_memory(const stream_statistics& now) const
{
    const limits& kept = oracle_.kept();
    const std::uint64_t needed = kept.up(oracle_.size() + 1) - kept.down(oracle_.base());
    expect(
        now.resident <= std::max(kept.capacity(), needed),
        "C82: memory for the bytes of the stream");
    const auto views =
        std::count_if(oracle_.live().begin(), oracle_.live().end(), [](const operation* op) {
            return is_view(op->what) || op->what == kind::prepare;
        });
    const std::uint64_t most =
        view::max_buffers * (views_.size() + static_cast<std::size_t>(views));
    expect(now.pinned <= kept.chunk() * (most + 1), "C82: memory that views keep");
}

void world::dropped(operation& op) noexcept
{
    trace("  dropped #%u", op.id);
    tally_.note(name_of(op.what), {});
    if (!op.must_drop && !op.may_drop && late_failure_.empty())
        late_failure_ = "C51: the handler of " + std::string(name_of(op.what)) + " #" +
                        std::to_string(op.id) + " was destroyed uninvoked";
    oracle_.drop(op);
}

namespace {

bool is_on_strand(const asio::any_io_executor& strand)
{
    return strand.target<asio::strand<asio::any_io_executor>>()->running_in_this_thread();
}

} // namespace

void world::called(operation& op, error_code ec, std::uint64_t n)
{
    trace(
        "  called #%u: %s, %llu", op.id, ec.message().c_str(), static_cast<unsigned long long>(n));
    expect(depth_ == 0, op, "C51: called inside a call into the library");
    observe();
    const auto& context = contexts_[op.handler_context];
    expect(context && context->is_inside(), op, "C52: called outside its context");
    if (op.on_strand)
        expect(is_on_strand(strands_[op.handler_context]), op, "C52: called outside its strand");
    tally_.note(name_of(op.what), ec, n);
    check_outcome(op, ec, n);
    oracle_.report(op, ec, n);
    for (const reader_place& place : readers_)
        if (const auto box = place.known.lock(); box && box->model == op.reader)
            inspect_reader(*box);
    std::string().swap(op.bytes); // for AddressSanitizer: from now on nobody may touch it
    while (acts_inside_ && actions_left_ != 0 && one_in(3))
        act();
    if (throws_ && one_in(16))
        throw thrown_by_handler();
}

void world::check_outcome(operation& op, error_code ec, std::uint64_t n)
{
    if (op.what <= kind::read_at)
        check_read(op, ec, n);
    else if (op.what == kind::read_view || op.what == kind::read_view_at)
    {
        check_view(op, ec, n);
        if (one_in(2))
            keep(std::move(op.view), op.offset);
        op.view = {};
    }
    else if (op.what == kind::prepare && !ec && oracle_.lent().holder == &op)
        hand_over(op.region);
}

// The bytes are right, and no others were touched.
void world::check_read(operation& op, error_code ec, std::uint64_t n)
{
    expect(n <= op.bytes.size(), op, "C31: more bytes than there is room for");
    expect(n == 0 || op.offset + n <= oracle_.size(), op, "bytes that were never visible");
    const std::string_view got = std::string_view(op.bytes).substr(0, n);
    if (n != 0)
        expect(got == std::string_view(oracle_.bytes()).substr(op.offset, n), op, "a wrong byte");
    check_touched(op, n);
    expect(!ec || n == 0 || op.what == kind::read_at, op, "C31: bytes and an error");
}

// One that takes the bytes in steps may have taken some before it was cancelled, any before it was cut off.
void world::check_touched(const operation& op, std::uint64_t n) const
{
    const bool may_take = n == 0 && ((op.what == kind::read_at && oracle_.kept().has_options()) ||
                                     op.reader->cut_off);
    for (std::uint64_t i = n; i != op.bytes.size(); ++i)
    {
        const std::uint64_t at = op.offset + i;
        const bool took = may_take && at < oracle_.size() && op.bytes[i] == oracle_.bytes()[at];
        expect(op.bytes[i] == untouched || took, op, "more was written than reported");
    }
}

void world::check_view(const operation& op, error_code ec, std::uint64_t n)
{
    const auto buffers = static_cast<std::size_t>(op.view.end() - op.view.begin());
    expect(
        asio::buffer_size(op.view) == n, op, "C37: the size of a view is not that of its buffers");
    expect(buffers <= view::max_buffers, op, "C37: too many buffers");
    const bool full = n >= op.may.full() || buffers == view::max_buffers;
    expect(ec || full, op, "C37: a view that is too short");
    expect(shows(op.view, op.offset), op, "C37: a wrong byte in a view");
}

} // namespace spool::test
