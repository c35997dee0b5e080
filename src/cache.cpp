// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "cache.hpp"

#include <algorithm>
#include <new>
#include <utility>

namespace spool::detail {

namespace {

// Nothing, if there is no memory: then the loading fails.
boost::intrusive_ptr<chunk> make_room_for_piece() noexcept
try
{
    return new chunk(piece_size);
}
catch (const std::bad_alloc&)
{
    return {};
}

} // namespace

piece_ptr piece::without_memory() noexcept
{
    static piece instance(0);
    static const piece_ptr kept = [] {
        intrusive_ptr_add_ref(&instance); // one more than are ever given back
        instance.end(true);
        return &instance;
    }();
    return kept;
}

cache::cache(std::size_t limit) noexcept
    : capacity_(std::max<std::size_t>(limit / piece_size, 2)),
      ahead_size_(std::min<std::uint64_t>(capacity_ / 2, most_ahead) * piece_size)
{
}

cache::~cache()
{
    clear();
}

boost::intrusive::list<piece>& cache::list_of(const piece& p) noexcept
{
    return p.ahead_ ? ahead_ : wanted_;
}

piece* cache::look_up(std::uint64_t offset) noexcept
{
    const auto found = pieces_.find(offset - offset % piece_size);
    return found == pieces_.end() ? nullptr : &*found;
}

piece& cache::add(std::uint64_t offset, bool ahead)
{
    piece* const p = new piece(offset - offset % piece_size);
    intrusive_ptr_add_ref(p);
    p->ahead_ = ahead;
    pieces_.insert(*p);
    list_of(*p).push_back(*p);
    return *p;
}

// Not one that is being loaded.
void cache::drop(piece& p) noexcept
{
    pieces_.erase(pieces_.iterator_to(p));
    if (&p == failed_)
        failed_ = nullptr;
    if (p.state_ == piece::wanted)
        list_of(p).erase(list_of(p).iterator_to(p));
    if (p.state_ == piece::loaded)
    {
        used_.erase(used_.iterator_to(p));
        --filled_;
        // Whoever waits for it may still have to find that out.
        if (!p.is_referred_to() && !p.bytes_->is_shared())
            spare_ = std::move(p.bytes_);
    }
    intrusive_ptr_release(&p);
}

// Where the piece before is there, too, when one is used for the first time, somebody reads on.
bool cache::want_ahead(piece& p)
{
    if (std::exchange(p.used_, true) || (p.begin_ != 0 && !look_up(p.begin_ - 1)))
        return false;
    if (end_ - p.begin_ > ahead_size_ / 2 && look_up(p.begin_ + ahead_size_ / 2))
        return false; // not yet
    bool added = false;
    for (std::uint64_t next = piece_size; next <= ahead_size_ && end_ - p.begin_ > next;
         next += piece_size)
        if (!look_up(p.begin_ + next))
        {
            add(p.begin_ + next, true);
            added = true;
        }
    return added;
}

cached_bytes cache::find(std::uint64_t offset, std::size_t max) noexcept
{
    const std::lock_guard lock(mutex_);
    piece* const p = look_up(offset);
    const std::size_t inside = offset % piece_size;
    if (!p || p->state_ != piece::loaded || inside >= p->size_)
        return {};
    used_.splice(used_.end(), used_, used_.iterator_to(*p));
    cached_bytes found;
    found.holder = p->bytes_;
    found.bytes = {p->bytes_->data() + inside, std::min(max, p->size_ - inside)};
    try
    {
        found.wants_more = want_ahead(*p);
    }
    catch (const std::bad_alloc&)
    {
        // Then it is read when somebody comes to it.
    }
    return found;
}

piece_ptr cache::want(std::uint64_t offset, std::uint64_t end, bool waits)
{
    const std::lock_guard lock(mutex_);
    end_ = end;
    piece* p = look_up(offset);
    const bool is_of_no_use =
        p && (p->state_ == piece::failed ||
              (p->state_ == piece::loaded && offset % piece_size >= p->size_));
    if (is_of_no_use)
        drop(*std::exchange(p, nullptr));
    if (!p)
        p = &add(offset, !waits);
    if (waits && p->state_ == piece::wanted && p->ahead_)
        wanted_.splice(wanted_.end(), ahead_, ahead_.iterator_to(*p));
    if (waits)
        p->ahead_ = false;
    piece_ptr wanted(p);
    want_ahead(*p);
    return wanted;
}

bool cache::take_failure(std::uint64_t offset) noexcept
{
    const std::lock_guard lock(mutex_);
    piece* const p = look_up(offset);
    if (!p || !p->has_failed() || offset % piece_size < p->size_)
        return false;
    drop(*p);
    return true;
}

// For a piece that nobody has asked for, none goes that nobody has used.
bool cache::make_room(bool ahead) noexcept
{
    if (filled_ < capacity_)
        return true;
    for (piece& p : used_)
        if (!p.is_referred_to() && (p.used_ || !ahead))
        {
            drop(p);
            return true;
        }
    return false;
}

bool cache::needs_loader() noexcept
{
    const std::lock_guard lock(mutex_);
    const bool is_wanted = !wanted_.empty();
    if ((!is_wanted && ahead_.empty()) || loaders_ == most_loaders || !make_room(!is_wanted))
        return false;
    ++loaders_;
    return true;
}

piece_ptr cache::begin(piece& p) noexcept
{
    list_of(p).pop_front();
    p.state_ = piece::loading;
    ++filled_;
    p.bytes_ = spare_ ? std::move(spare_) : make_room_for_piece();
    return &p;
}

piece_ptr cache::next() noexcept
{
    const std::lock_guard lock(mutex_);
    while (!wanted_.empty() && !wanted_.front().is_referred_to())
        drop(wanted_.front()); // whoever waited for it no longer does
    if (!wanted_.empty() && make_room(false))
        return begin(wanted_.front());
    while (wanted_.empty() && !ahead_.empty())
    {
        if (make_room(true))
            return begin(ahead_.front());
        drop(ahead_.front());
    }
    --loaders_;
    return {};
}

// What was read before something failed is of use.
void cache::finish(piece& p, std::size_t n, bool failed) noexcept
{
    const std::lock_guard lock(mutex_);
    p.size_ = n;
    p.state_ = n != 0 || !failed ? piece::loaded : piece::failed;
    if (p.state_ == piece::loaded)
        used_.push_back(p);
    else
    {
        --filled_;
        p.bytes_.reset();
        if (failed_)
            drop(*failed_);
        failed_ = &p;
    }
    p.end(failed);
}

void cache::clear() noexcept
{
    const std::lock_guard lock(mutex_);
    for (auto i = pieces_.begin(); i != pieces_.end();)
    {
        piece& p = *i++;
        if (p.state_ != piece::loading)
            drop(p);
    }
    spare_.reset();
}

} // namespace spool::detail
