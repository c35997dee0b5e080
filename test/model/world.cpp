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
    act(bounded_ && one_in(2) ? bounded_script : script);
    observe();
}

void world::act(const std::vector<weighted_action>& any_of)
{
    unsigned total = 0;
    for (const weighted_action& a : any_of)
        total += a.weight;
    std::size_t picked = chance_.below(total);
    const weighted_action* a = any_of.data();
    for (; picked >= a->weight; ++a)
        picked -= a->weight;
    (this->*a->act)();
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

} // namespace spool::test
