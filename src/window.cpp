// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "window.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace spool::detail {

namespace {

constexpr std::size_t fewest_places = 16;

} // namespace

window::window(std::size_t chunk_size, std::uint64_t start)
    : shift_(static_cast<unsigned>(std::countr_zero(chunk_size))), begin_(start),
      first_(start >> shift_), end_(first_), use_(new memory_use)
{
    ring_.store(&rings_.emplace_front(fewest_places), std::memory_order_relaxed);
}

window::~window()
{
    clear();
}

void window::reserve(std::uint64_t offset, std::uint64_t n)
{
    const std::uint64_t end = ((offset + n - 1) >> shift_) + 1;
    if (end <= end_)
        return;
    make_places(end - first_);
    while (end_ != end)
        add();
}

// Readers that have seen a size go by a ring that has the places for it.
void window::make_places(std::uint64_t n)
{
    const ring& before = rings_.front();
    if (n <= before.mask_ + 1)
        return;
    ring& made = rings_.emplace_front(std::bit_ceil(n));
    for (std::uint64_t i = first_; i != end_; ++i)
        made.at(i).store(before.at(i).load(std::memory_order_relaxed), std::memory_order_relaxed);
    ring_.store(&made, std::memory_order_release);
}

// A slot whose chunk is gone and that nobody holds. Who still counts there has come too late, and only
// counts itself off again.
window::slot& window::take_slot(place& p)
{
    const auto is_free = [](const slot& s) {
        return s.holder.load(std::memory_order_acquire) == nullptr;
    };
    slot* const present = p.load(std::memory_order_relaxed);
    if (present && is_free(*present))
        return *present;
    slot** at = &aside_;
    while (*at && !is_free(**at))
        at = &(*at)->next_aside;
    slot& found = *at ? **at : slots_.emplace_front();
    if (*at)
        *at = found.next_aside;
    if (present)
        present->next_aside = std::exchange(aside_, present);
    return found;
}

void window::add()
{
    place& p = rings_.front().at(end_);
    boost::intrusive_ptr<chunk> c = spare_ ? spare_ : new chunk(chunk_size(), use_);
    slot& s = take_slot(p);
    if (spare_)
    {
        spare_ = std::exchange(c->next_spare_, nullptr);
        --spares_;
    }
    s.data = c->data();
    s.holder.store(c.detach(), std::memory_order_relaxed);
    s.holds.fetch_sub(gone, std::memory_order_release);
    p.store(&s, std::memory_order_release);
    ++end_;
}

asio::mutable_buffer
window::room(std::uint64_t offset, std::size_t max, boost::intrusive_ptr<chunk>& holder)
{
    reserve(offset, 1);
    const slot& s = slot_of(offset);
    holder = s.holder.load(std::memory_order_relaxed);
    return {s.data + inside(offset), std::min(max, chunk_size() - inside(offset))};
}

void window::copy_in(
    std::uint64_t offset, std::span<const asio::const_buffer> buffers, std::size_t n) noexcept
{
    for (asio::const_buffer from : buffers)
        for (from = asio::buffer(from, n); from.size() != 0;)
        {
            const std::size_t copied = std::min(from.size(), chunk_size() - inside(offset));
            std::memcpy(slot_of(offset).data + inside(offset), from.data(), copied);
            from += copied;
            offset += copied;
            n -= copied;
        }
}

// Of a slot that is gone and that nobody holds. Several may find that out.
boost::intrusive_ptr<chunk> window::take(slot& s) noexcept
{
    return {s.holder.exchange(nullptr, std::memory_order_acq_rel), false};
}

void window::let_go() noexcept
{
    slot& s = *rings_.front().at(first_++).load(std::memory_order_relaxed);
    begin_.store(first_ << shift_, std::memory_order_release);
    if (s.holds.fetch_or(gone, std::memory_order_acq_rel) != 0)
        return;
    boost::intrusive_ptr<chunk> went = take(s);
    if (!went || went->is_shared())
        return;
    went->next_spare_ = std::move(spare_);
    spare_ = std::move(went);
    ++spares_;
}

void window::let_go_until(std::uint64_t offset) noexcept
{
    while (first_ != end_ && first_end() <= offset)
        let_go();
}

void window::trim(std::uint64_t bytes) noexcept
{
    for (; spares_ != 0 && resident() > bytes; --spares_)
        spare_ = std::exchange(spare_->next_spare_, nullptr);
}

void window::clear() noexcept
{
    while (first_ != end_)
        let_go();
    trim(0);
}

asio::const_buffer window::at(std::uint64_t offset, std::size_t max) const noexcept
{
    return {slot_of(offset).data + inside(offset), std::min(max, chunk_size() - inside(offset))};
}

hold::hold(const window& of, std::uint64_t offset) noexcept
{
    if (offset < of.begin())
        return;
    slot_ = &of.slot_of(offset);
    const bool is_there = !(slot_->holds.fetch_add(1, std::memory_order_acquire) & window::gone);
    if (is_there && offset >= of.begin())
        bytes_ = {slot_->data + of.inside(offset), of.chunk_size() - of.inside(offset)};
}

hold::~hold()
{
    if (slot_ && slot_->holds.fetch_sub(1, std::memory_order_acq_rel) == (window::gone | 1))
        window::take(*slot_);
}

} // namespace spool::detail
