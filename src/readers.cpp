// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "readers.hpp"

#include <algorithm>
#include <atomic>

namespace spool::detail {

void readers::add(reader_state& r)
{
    r.index_ = static_cast<std::uint32_t>(all_.size());
    all_.push_back(&r);
    if (const tether* const t = r.tied())
        hold_from(t->passed());
}

// The last takes the place; the search looks at it, once more if need be.
void readers::remove(reader_state& r) noexcept
{
    reader_state* const last = all_.back();
    all_[r.index_] = last;
    last->index_ = r.index_;
    all_.pop_back();
    next_ = std::min<std::size_t>(next_, r.index_);
    gone_read_ += r.position_.read();
    if (const tether* const t = r.tied())
        gone_skipped_ += t->skipped();
}

// The mark is stored, then the place is loaded; who moves does it the other way round.
bool readers::is_in_way(reader_state& r, std::uint64_t offset) noexcept
{
    tether* const t = r.tied();
    if (t && t->passed() < offset)
    {
        t->block(true);
        std::atomic_thread_fence(std::memory_order_seq_cst);
        if (t->passed() < offset)
            return true;
    }
    if (t && t->blocks())
        t->block(false);
    return false;
}

bool readers::have_passed(std::uint64_t offset) noexcept
{
    if (offset <= passed_)
        return true;
    if (offset != wanted_)
    {
        wanted_ = offset;
        least_ = std::uint64_t(-1);
        next_ = 0;
    }
    for (; next_ != all_.size(); ++next_)
    {
        reader_state& r = *all_[next_];
        if (is_in_way(r, offset))
            return false;
        if (const tether* const t = r.tied())
            least_ = std::min(least_, t->passed());
    }
    passed_ = std::max(least_, offset); // the least may be of one that has passed since
    wanted_ = 0;
    return true;
}

std::uint64_t readers::passed() const noexcept
{
    std::uint64_t least = std::uint64_t(-1);
    for (reader_state* const r : all_)
        if (const tether* const t = r->tied())
            least = std::min(least, t->passed());
    return least;
}

void readers::hold_from(std::uint64_t offset) noexcept
{
    passed_ = std::min(passed_, offset);
    least_ = std::min(least_, offset);
    if (offset < wanted_)
        next_ = 0;
}

void readers::note_stalled(std::uint64_t offset) noexcept
{
    for (reader_state* const r : all_)
        if (tether* const t = r->tied())
            t->stalled_ = t->passed() < offset ? t->passed() + 1 : 0;
}

reader_state* readers::find_stalled(std::uint64_t offset) noexcept
{
    for (reader_state* const r : all_)
        if (tether* const t = r->tied();
            t && t->passed() < offset && t->stalled_ == t->passed() + 1)
            return r;
    return nullptr;
}

void readers::cut_off(reader_state& r) noexcept
{
    r.cut_off_.store(true, std::memory_order_release);
    r.tied()->hold(false);
}

} // namespace spool::detail
