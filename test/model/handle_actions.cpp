// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// The life of readers: made, cloned, moved, given to a handler, sought, cancelled, closed, destroyed.

#include <spool/error.hpp>

#include "world.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>

namespace spool::test {

// Sometimes the handler becomes the owner of the handle that its operation belongs to.
template <class Box>
std::shared_ptr<void> world::maybe_given(std::vector<place_of<Box>>& places, const Box& box)
{
    if (!one_in(20))
        return nullptr;
    for (place_of<Box>& place : places)
        if (place.held.get() == &box)
            return std::exchange(place.held, nullptr);
    return nullptr;
}

template std::shared_ptr<void> world::maybe_given(std::vector<writer_place>&, const writer_box&);
template std::shared_ptr<void> world::maybe_given(std::vector<reader_place>&, const reader_box&);

// `could` says whether the handle that was asked could make one; else it is `bad_descriptor`.
void world::add_reader(
    home at, reader made, error_code ec, start_position start, bool could, bool tethered)
{
    const std::uint64_t offset = start.offset(oracle_.base(), oracle_.size());
    tally_.note("make_reader", ec);
    trace("make_reader at %llu: %s", static_cast<unsigned long long>(offset), ec.message().c_str());
    std::shared_ptr<reader_model> model;
    if (could)
        model = oracle_.admitted(ec, offset, tethered);
    else
    {
        expect_same(ec, asio::error::bad_descriptor, "make_reader of a handle that is gone");
        model = std::make_shared<reader_model>(offset, false);
        model->open = false;
    }
    if (ec && !one_in(4))
        return;
    readers_.emplace_back(std::make_shared<reader_box>(
        oracle_, depth_, std::move(at), std::move(made), std::move(model)));
}

bool world::has_room_for_reader() const
{
    return std::count_if(readers_.begin(), readers_.end(), [](const reader_place& place) {
               const auto box = place.known.lock();
               return box && box->model->open;
           }) < 5;
}

start_position world::some_start()
{
    switch (chance_.below(6))
    {
    case 0:
        return from_base;
    case 1:
        return from_end;
    case 2:
        return from_last(length());
    default:
        return some_offset();
    }
}

void world::make_reader()
{
    const auto box = some_writer();
    if (!box || !has_room_for_reader())
        return;
    const start_position start = some_start();
    error_code ec = old_error;
    if (one_in(2))
    {
        const bool could = box->open && contexts_[box->at.context];
        add_reader(box->at, box->handle.make_reader(start, ec), ec, start, could, true);
        return;
    }
    home at = some_home();
    const bool could = box->open && contexts_[at.context];
    reader made = box->handle.make_reader(at.executor, start, ec);
    add_reader(std::move(at), std::move(made), ec, start, could, true);
}

void world::clone_reader()
{
    const auto box = some_reader();
    if (!box || !has_room_for_reader())
        return;
    inspect_reader(*box);
    const bool could = box->model->open && contexts_[box->at.context];
    error_code ec = old_error;
    reader made = box->handle.clone(ec);
    add_reader(box->at, std::move(made), ec, box->handle.offset(), could, box->model->tethered);
}

void world::seek()
{
    const auto box = some_reader();
    if (!box)
        return;
    inspect_reader(*box);
    const std::uint64_t offset = some_offset();
    tally_.note("seek", error_code());
    trace("seek to %llu", static_cast<unsigned long long>(offset));
    box->handle.seek(offset);
    oracle_.seek(*box->model, offset);
}

void world::cancel_reader()
{
    const auto box = some_reader();
    if (!box)
        return;
    tally_.note("cancel a reader", error_code());
    trace("cancel a reader");
    const library_call here(depth_);
    box->handle.cancel();
    oracle_.cancel(*box->model);
}

void world::close_reader()
{
    if (const auto box = some_reader())
        close_reader(*box);
}

void world::close_reader(reader_box& box)
{
    tally_.note("close a reader", error_code());
    trace("close a reader");
    const library_call here(depth_);
    box.handle.close();
    oracle_.close(*box.model);
}

// What was moved from is closed, and stays to be used.
void world::move_reader()
{
    const auto box = some_reader();
    if (!box)
        return;
    tally_.note("move a reader", error_code());
    trace("move a reader");
    auto moved =
        std::make_shared<reader_box>(oracle_, depth_, box->at, std::move(box->handle), box->model);
    box->model = std::make_shared<reader_model>(0, false);
    box->model->open = false;
    readers_.emplace_back(std::move(moved));
}

void world::assign_reader()
{
    const auto from = some_reader();
    const auto to = some_reader();
    if (!from || !to)
        return;
    tally_.note("assign a reader", error_code());
    trace("assign a reader");
    const library_call here(depth_);
    to->handle = std::move(from->handle);
    if (from == to)
        return;
    oracle_.close(*to->model);
    to->model = from->model;
    to->at = from->at;
    from->model = std::make_shared<reader_model>(0, false);
    from->model->open = false;
}

template <class Place>
void world::let_go(std::vector<Place>& places, std::size_t i)
{
    places[i].held.reset();
    std::erase_if(places, [](const Place& place) { return place.known.expired(); });
}

template void world::let_go(std::vector<writer_place>&, std::size_t);
template void world::let_go(std::vector<reader_place>&, std::size_t);

void world::destroy_reader()
{
    if (readers_.empty())
        return;
    tally_.note("destroy a reader", error_code());
    trace("destroy a reader");
    let_go(readers_, chance_.below(readers_.size()));
}

// The context of some handles is gone.
void world::forget_context(std::size_t i)
{
    plain_[i] = strands_[i] = asio::any_io_executor();
    const auto forget = [i](const auto& places) {
        for (const auto& place : places)
            if (const auto box = place.known.lock(); box && box->at.context == i)
                box->at.executor = asio::any_io_executor();
    };
    forget(readers_);
    forget(writers_);
}

} // namespace spool::test
