// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// The readers of a stream, and what it lets go of, or keeps for them.

#include <spool/error.hpp>

#include "core.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>
#include <new>

namespace spool::detail {

// Readers.

void core::admit_reader(reader_state& r, start_position start, error_code& ec)
{
    strand_.run([&](effects&) {
        const state s = load();
        if (removed_)
            ec = errc::removed;
        else if (draining_)
            ec = errc::draining;
        else if (s.is == status::discarded)
            ec = cause_;
        if (ec)
            return;
        r.position_.seek(start.offset(s.base, s.size));
        if (tether* const t = r.tied())
            t->move(t->at(r.position_.offset()), false);
        try
        {
            readers_.add(r);
        }
        catch (const std::bad_alloc&)
        {
            ec = asio::error::no_memory;
        }
    });
}

void core::dismiss_reader(reader_state& r)
{
    strand_.run([&](effects& noted) {
        readers_.remove(r);
        serve_writers(noted);
        complete_drains(noted);
    });
}

void core::hold_back(tether& t, std::uint64_t place, bool is_landing)
{
    strand_.run([&](effects&) {
        if (t.move(place, is_landing))
            readers_.hold_from(t.passed());
    });
}

void core::hold(tether& t)
{
    strand_.run([&](effects&) {
        t.hold(true);
        readers_.hold_from(t.passed());
    });
}

// Room.

// Whether the base can go up so far that `n` bytes fit in behind the end. Too many never do, which is
// found out elsewhere.
bool core::has_passed_room(std::size_t n) noexcept
{
    if (retain_.what() != retention::kind::unread || n > largest_append(bounds_))
        return true;
    const std::uint64_t needed = needed_base(bounds_, load().size + n);
    if (needed <= load().base || readers_.have_passed(needed))
        return true;
    held_below_ = needed;
    return false;
}

// How many of `n` bytes there is room for, once there is for one.
std::size_t core::at_most_room(std::size_t n) const noexcept
{
    if (!window_)
        return n;
    const state s = load();
    const bool waits = retain_.what() == retention::kind::unread;
    const std::uint64_t passed = waits ? std::max(readers_.passed(), s.base) : max_offset;
    std::uint64_t most = room(bounds_, s.size, passed);
    if (storage_)
        most = std::min(most, storage_->room(s.size));
    return static_cast<std::size_t>(std::min<std::uint64_t>(n, most));
}

// The base moves before the bytes go, so that who misses them knows why.
void core::advance_base(std::uint64_t base, effects& noted) noexcept
{
    if (base <= load().base)
        return;
    base_.store(base, std::memory_order_release);
    if (storage_)
        return storage_->forget(base, bounds_.capacity, noted);
    window_->let_go_until(base);
    window_->trim(bounds_.capacity); // it may have been more
}

void core::look_for_room()
{
    strand_.run([&](effects& noted) { serve_writers(noted); });
}

error_code core::set_retention(const retention& r)
{
    if (!window_)
        return asio::error::operation_not_supported;
    const bounds chosen = bounds_of(r.limit(), bounds_.chunk);
    if (!are_usable(chosen))
        return asio::error::invalid_argument;
    strand_.run([&](effects& noted) {
        retain_ = r;
        bounds_.capacity = chosen.capacity;
        longest_wait_.store(largest_append(chosen), std::memory_order_relaxed);
        changes_.fetch_add(1, std::memory_order_relaxed);
        const bool waits = r.what() == retention::kind::unread;
        const std::uint64_t passed = waits ? readers_.passed() : max_offset;
        const std::uint64_t end = load().size + lent_.size();
        advance_base(std::min(needed_base(chosen, end), passed), noted);
        if (!storage_)
            window_->trim(chosen.capacity);
        look(noted);
        serve_writers(noted);
    });
    return {};
}

// Readers that stall.

// The alarm is set as long as readers keep the first writer waiting.
void core::watch_stall(effects& noted) noexcept
{
    if (!watch_)
        return;
    const bool stalls = held_below_ != 0 && !writers_.empty();
    if (stalls && !watch_->is_wanted())
        readers_.note_stalled(held_below_);
    if (watch_->want(stalls))
        noted.alarm(*own_port_);
}

void core::settle_alarm()
{
    for (;;)
    {
        stall_watch::step next;
        strand_.run([&](effects&) { next = watch_->next(); });
        if (!next.of)
            return;
        watch_->take(
            next, [keep = core_ptr(this), number = next.number] { keep->alarm_rang(number); });
    }
}

void core::alarm_rang(std::uint64_t number)
{
    strand_.run([&](effects& noted) {
        if (!watch_->rings(number))
            return;
        while (reader_state* const stalled = readers_.find_stalled(held_below_))
        {
            readers::cut_off(*stalled);
            noted.cut_off(static_cast<tethered_reader_state&>(*stalled));
        }
        serve_writers(noted);
    });
}

// Statistics.

stream_statistics core::statistics()
{
    stream_statistics found;
    strand_.run([&](effects&) {
        const state s = load();
        found.base = s.base;
        found.size = s.size;
        found.slowest = s.size;
        found.read = readers_.gone_read();
        found.skipped = readers_.gone_skipped();
        found.readers = readers_.count();
        for (reader_state* const r : readers_.all())
        {
            const reader_statistics one = r->statistics();
            found.slowest = std::min(found.slowest, one.offset);
            found.read += one.read;
            found.skipped += one.skipped;
            found.waiting_readers += one.waiting;
        }
        found.waiting_writers = writers_.count();
        found.resident = window_ ? window_->resident() : log_.resident();
        found.lent = lent_.size();
        found.pinned = window_ ? window_->used() - window_->resident() : 0;
    });
    return found;
}

} // namespace spool::detail
