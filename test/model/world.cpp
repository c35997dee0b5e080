// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// Playing a run, and what is checked while it is played.

#include "world.hpp"

#include <boost/asio/multiple_exceptions.hpp>
#include <boost/asio/strand.hpp>

#include <algorithm>
#include <cstdarg>
#include <cstdio>

namespace spool::test {

world::world(std::uint64_t seed, keeping in, bool traced, tally& counts)
    : chance_(seed), traced_(traced), tally_(counts), actions_left_(30 + chance_.below(71)),
      run_share_(2 + chance_.below(12)), longest_(one_in(8) ? 5000 : 64), with_asio_(one_in(4)),
      with_strands_(one_in(4)), crowded_(one_in(64)), throws_(one_in(4)),
      kept_(make_storage(in, seed)), disk_chance_(~seed), disk_(disk_chance_), signals_(6)
{
    if (one_in(256))
        longest_ = 200'000;
    for (std::size_t i = 0; i != contexts_.size(); ++i)
    {
        if (with_asio_)
            contexts_[i] = std::make_unique<asio_context>();
        else
            contexts_[i] = std::make_unique<chance_context>(chance_);
        plain_[i] = contexts_[i]->executor();
        if (with_strands_)
            strands_[i] = asio::make_strand(plain_[i]);
    }
    home at = some_home();
    stream made = make_stream(at.executor, is_bounded(seed));
    own_context_ = at.context;
    writers_.emplace_back(
        std::make_shared<writer_box>(oracle_, depth_, std::move(at), std::move(made)));
    for (std::size_t n = 1 + chance_.below(3); n != 0; --n)
        make_reader();
}

world::~world()
{
    acts_inside_ = false;
    views_.clear();
    readers_.clear();
    writers_.clear();
    end_context(0);
    end_context(1);
    use_up_disk();
}

// What is left for the storage; a slot may be the last that refers to the stream.
void world::use_up_disk()
{
    signals_.clear();
    clock_->rings = nullptr;
    while (disk_.run_one())
    {
    }
}

void world::trace(const char* format, ...) const
{
    if (!traced_)
        return;
    va_list values;
    va_start(values, format);
    std::vfprintf(stderr, format, values);
    va_end(values);
    std::fputc('\n', stderr);
}

void world::play()
{
    while (actions_left_ != 0)
        step();
    finale();
}

void world::step()
{
    const bool runs = chance_.below(16) < run_share_;
    const bool ran = runs && run_one();
    if (runs && !ran)
        check_quiet();
    if (!ran)
        act();
    inspect();
}

void world::act()
{
    if (actions_left_ == 0)
        return;
    --actions_left_;
    ++steps_;
    static const unsigned total = [] {
        unsigned sum = 0;
        for (const weighted_action& a : script)
            sum += a.weight;
        return sum;
    }();
    std::size_t picked = chance_.below(total);
    const weighted_action* a = script.data();
    for (; picked >= a->weight; ++a)
        picked -= a->weight;
    (this->*a->act)();
    observe();
}

// Runs one function of any context; false if there is none.
bool world::run_one()
{
    const std::size_t first = chance_.below(2);
    while (disk_chance_.below(4) == 0 && disk_.run_one())
    {
    }
    try
    {
        do
            for (const std::size_t i : {first, 1 - first})
                if (contexts_[i] && contexts_[i]->run_one())
                    return true;
        while (disk_.run_one());
        return false;
    }
    catch (const thrown_by_handler&)
    {
        tally_.note("throw", error_code());
    }
    catch (const asio::multiple_exceptions&) // of handlers that an io_context dispatched to
    {
        tally_.note("throw more than once", error_code());
    }
    trace("  thrown by a handler");
    return true;
}

void world::run_until_quiet()
{
    while (run_one())
        inspect();
    check_quiet();
}

// Nothing is runnable: what is not over must really wait, and that is all the work there is.
void world::check_quiet()
{
    oracle_.become_quiet();
    std::array<bool, 2> works{};
    for (const operation* op : oracle_.live())
    {
        expect(
            oracle_.waits_for_sure(*op), *op, "was decided, and nothing is left that completes it");
        works[op->handle_context] = works[op->handler_context] = true;
    }
    for (std::size_t i = 0; i != contexts_.size(); ++i)
        if (contexts_[i])
            expect(contexts_[i]->has_work() == works[i], "C54: outstanding work");
    for (const writer_place& place : writers_)
        if (const auto box = place.known.lock(); box && box->open)
            check_statistics(box->handle.statistics(), true);
}

// The last part: everything ends, in any order, and every handler is accounted for.
void world::finale()
{
    acts_inside_ = one_in(2);
    actions_left_ = 10;
    trace("the end");
    if (one_in(2))
        run_until_quiet();
    while (!readers_.empty() || !writers_.empty() || contexts_[0] || contexts_[1])
    {
        let_go_of_something();
        if (one_in(3))
            run_one();
        if (one_in(8))
            run_until_quiet();
        inspect();
    }
    views_.clear();
    expect(oracle_.live().empty(), "an operation was neither completed nor dropped");
    use_up_disk();
    if (kept_)
        check_kept();
}

// The storage has what readers could see, and knows whether that is the whole.
void world::check_kept()
{
    if (!oracle_.is_removing() || !kept_->is_removed())
        kept_->check(oracle_.bytes(), oracle_.is_closed());
}

void world::let_go_of_something()
{
    const std::size_t picked = chance_.below(readers_.size() + writers_.size() + 1);
    if (picked < readers_.size())
    {
        if (const auto box = readers_[picked].known.lock(); box && !readers_[picked].held)
            close_reader(*box); // its handlers own it, and may wait
        return let_go(readers_, picked);
    }
    if (picked < readers_.size() + writers_.size())
        return let_go(writers_, picked - readers_.size());
    const std::size_t i = chance_.below(2);
    if (one_in(2) || !can_end(i))
        run_until_quiet();
    if (can_end(i))
        end_context(i);
}

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
