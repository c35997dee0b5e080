// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// What the script is made of: how often what is done, the random arguments, how operations are
// started, and the actions that concern neither side of the stream in particular.

#include "world.hpp"

#include <algorithm>
#include <cstring>
#include <limits>

namespace spool::test {

const std::vector<world::weighted_action> world::script{
    {24, &world::append},
    {8, &world::write_some},
    {32, &world::async_append},
    {8, &world::async_write_some},
    {8, &world::prepare},
    {12, &world::async_prepare},
    {24, &world::commit},
    {1, &world::close_stream},
    {1, &world::abort_stream},
    {1, &world::discard_stream},
    {2, &world::declare_size},
    {1, &world::drain},
    {1, &world::remove},
    {2, &world::move_writer},
    {1, &world::assign_writer},
    {1, &world::destroy_writer},
    {16, &world::make_reader},
    {6, &world::clone_reader},
    {48, &world::async_read_some},
    {16, &world::async_read_some_at},
    {16, &world::async_read_at},
    {10, &world::async_wait},
    {16, &world::async_wait_at},
    {3, &world::async_wait_by_many},
    {20, &world::async_read_view},
    {10, &world::async_read_view_at},
    {10, &world::async_seek_end},
    {12, &world::read_some},
    {6, &world::read_some_at},
    {8, &world::read_view},
    {4, &world::read_view_at},
    {12, &world::seek},
    {10, &world::cancel_reader},
    {4, &world::close_reader},
    {3, &world::move_reader},
    {1, &world::assign_reader},
    {3, &world::destroy_reader},
    {8, &world::drop_view},
    {28, &world::emit},
    {1, &world::end_some_context},
    {2, &world::set_retention},
    {4, &world::set_tethered},
};

// Every other action of a bounded stream is one of these: it is filled, and readers are slow or are not.
const std::vector<world::weighted_action> world::bounded_script{
    {12, &world::append},        {8, &world::write_some},
    {24, &world::async_append},  {16, &world::async_write_some},
    {6, &world::async_prepare},  {16, &world::commit},
    {4, &world::make_reader},    {2, &world::clone_reader},
    {16, &world::read_some},     {12, &world::async_read_some},
    {6, &world::read_view},      {6, &world::async_read_at},
    {6, &world::async_wait},     {10, &world::seek},
    {3, &world::close_reader},   {6, &world::emit},
    {6, &world::set_retention},  {12, &world::set_tethered},
    {12, &world::let_time_pass},
};

std::size_t world::length()
{
    if (one_in(10))
        return 0;
    return 1 + chance_.below(one_in(long_share_) ? longest_ : 16);
}

std::uint64_t world::some_offset()
{
    const std::uint64_t size = oracle_.size();
    switch (chance_.below(8))
    {
    case 0:
        return 0;
    case 1:
        return size;
    case 2:
        return size + chance_.below(20);
    case 3:
        return size + length();
    case 5:
    case 6:
        return oracle_.base() + chance_.below(static_cast<std::size_t>(size - oracle_.base()) + 1);
    case 4:
        return std::numeric_limits<std::uint64_t>::max() - chance_.below(3);
    default:
        return chance_.below(static_cast<std::size_t>(size) + 1);
    }
}

std::string world::random_bytes(std::size_t n)
{
    std::string bytes(n, '\0');
    for (std::size_t i = 0; i < n; i += sizeof(std::uint64_t))
    {
        const std::uint64_t eight = chance_.next();
        std::memcpy(bytes.data() + i, &eight, std::min(n - i, sizeof eight));
    }
    return bytes;
}

// Up to a dozen buffers, also empty ones, also none.
std::vector<asio::const_buffer> world::pieces_of(const std::string& bytes)
{
    std::vector<asio::const_buffer> pieces;
    asio::const_buffer rest = asio::buffer(bytes);
    const std::size_t cuts = one_in(8) ? 11 : chance_.below(3);
    for (std::size_t i = 0; i != cuts; ++i)
    {
        pieces.push_back(asio::buffer(rest, chance_.below(rest.size() + 1)));
        rest += pieces.back().size();
    }
    if (rest.size() != 0 || one_in(2))
        pieces.push_back(rest);
    return pieces;
}

std::array<asio::mutable_buffer, 3> world::pieces_to(std::string& bytes)
{
    const std::size_t first = chance_.below(bytes.size() + 1);
    const std::size_t second = chance_.below(bytes.size() - first + 1);
    const asio::mutable_buffer all = asio::buffer(bytes);
    return {asio::buffer(all, first), asio::buffer(all + first, second), all + (first + second)};
}

template <class Place>
auto world::some_of(const std::vector<Place>& places)
{
    return places.empty() ? nullptr : places[chance_.below(places.size())].known.lock();
}

// Closed and moved-from handles are used too, but not as often.
std::shared_ptr<writer_box> world::some_writer()
{
    const auto box = some_of(writers_);
    return box && box->open ? box : some_of(writers_);
}

std::shared_ptr<reader_box> world::some_reader()
{
    const auto box = some_of(readers_);
    return box && box->model->open ? box : some_of(readers_);
}

// One that is alive.
std::size_t world::some_context()
{
    const std::size_t i = chance_.below(2);
    return contexts_[i] ? i : 1 - i;
}

home world::some_home()
{
    const std::size_t i = some_context();
    return {i, with_strands_ && one_in(2) ? strands_[i] : plain_[i]};
}

operation&
world::new_operation(kind what, const home& at, std::uint64_t offset, std::uint64_t wanted)
{
    operation& op = operations_.emplace_back();
    op.what = what;
    op.id = static_cast<unsigned>(operations_.size());
    op.handle_context = at.context;
    op.must_drop = !contexts_[at.context];
    op.offset = offset;
    op.wanted = wanted;
    return op;
}

model_handler world::handler_for(operation& op, const home& at, std::shared_ptr<void> owned)
{
    const bool own = contexts_[at.context] && one_in(2);
    const home runs = own ? at : some_home();
    op.plain = own && one_in(2);
    op.on_strand = with_strands_ && runs.executor == strands_[runs.context];
    op.handler_context = runs.context;
    asio::cancellation_slot slot;
    const std::size_t signal = chance_.below(signals_.size());
    signal_use& use = signals_[signal];
    if (!use.user || use.user->now == phase::over)
    {
        use.user = &op;
        slot = use.signal.slot();
    }
    trace(
        "#%u %s at %llu of %llu: handle on %zu, handler on %zu, signal %zu%s",
        op.id,
        name_of(op.what),
        static_cast<unsigned long long>(op.offset),
        static_cast<unsigned long long>(op.wanted),
        op.handle_context,
        op.handler_context,
        slot.is_connected() ? signal : signals_.size(),
        owned ? ", owns the handle" : "");
    return model_handler(*this, op, runs.executor, slot, std::move(owned));
}

// The handler of an operation on a handle whose context is gone is destroyed uninvoked.
bool world::was_started(const operation& op) const
{
    const bool alive = contexts_[op.handle_context] != nullptr;
    expect(op.dropped != alive, op, "C13: started on a context that is gone, or dropped at once");
    return alive;
}

void world::emit()
{
    using type = asio::cancellation_type;
    static constexpr std::array types{
        type::none, type::terminal, type::partial, type::total, type::terminal | type::total};
    const std::size_t i = chance_.below(signals_.size());
    const type picked = types[chance_.below(types.size())];
    tally_.note(picked == type::none ? "emit nothing" : "emit", error_code());
    trace("emit %d on signal %zu", static_cast<int>(picked), i);
    {
        const library_call here(depth_);
        signals_[i].signal.emit(picked);
    }
    if (signals_[i].user && picked != type::none)
        oracle_.cancel(*signals_[i].user);
}

// Not while writers wait for a region that is lost with the context, or for readers, and a handler owns a
// handle: what comes of them, and of the readers that they wake, depends on the order in which the context
// lets go of things.
bool world::can_end(std::size_t i) const
{
    if (oracle_.queue().empty())
        return true;
    const auto all_held = [](const auto& places) {
        return std::all_of(places.begin(), places.end(), [](const auto& p) { return p.held; });
    };
    const bool waits_for_readers = oracle_.is_stalled();
    return !oracle_.loses_region(i) &&
           (!waits_for_readers || (all_held(readers_) && all_held(writers_)));
}

void world::end_some_context()
{
    const std::size_t i = chance_.below(2);
    if (contexts_[0] && contexts_[1] && !contexts_[i]->is_inside() && can_end(i))
        end_context(i);
}

void world::end_context(std::size_t i)
{
    if (!contexts_[i])
        return;
    tally_.note("end a context", error_code());
    trace("end of context %zu", i);
    for (const reader_place& place : readers_)
        if (const auto box = place.known.lock())
            inspect_reader(*box);
    oracle_.end_context(i);
    forget_context(i);
    const std::vector<operation*> live = oracle_.live();
    {
        const library_call here(depth_);
        contexts_[i].reset();
    }
    for (const operation* op : live)
        if (op->must_drop && !op->dropped && late_failure_.empty())
            late_failure_ = "C13: a handler has outlived its context: #" + std::to_string(op->id);
    give_back_lost_region();
    observe();
}

} // namespace spool::test
