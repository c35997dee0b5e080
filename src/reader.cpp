// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include <spool/reader.hpp>

#include "core.hpp"

#include <boost/asio/error.hpp>

#include <utility>

namespace spool {

namespace detail {

const error_code& failure_of(const core* stream, read_outcome outcome) noexcept
{
    static const error_code would_block = asio::error::would_block;
    static const error_code eof = asio::error::eof;
    static const error_code gap = errc::gap;
    static const error_code too_far = asio::error::invalid_argument;
    static const error_code too_large = asio::error::message_size;
    static const error_code too_slow = errc::too_slow;
    static const error_code aborted = asio::error::operation_aborted;
    static const error_code pending = errc::read_pending;
    static const error_code no_stream = asio::error::bad_descriptor;
    switch (outcome)
    {
    case read_outcome::wait:
        return would_block;
    case read_outcome::end:
        return eof;
    case read_outcome::cause:
        return stream->cause();
    case read_outcome::gap:
        return gap;
    case read_outcome::too_far:
        return too_far;
    case read_outcome::too_large:
        return too_large;
    case read_outcome::too_slow:
        return too_slow;
    case read_outcome::storage:
        return stream->kept()->read_error();
    case read_outcome::aborted:
        return aborted;
    case read_outcome::pending:
        return pending;
    case read_outcome::ready:
    case read_outcome::no_stream:
        break;
    }
    return no_stream;
}

boost::intrusive_ptr<reader_state> reader_state::make(
    const core_ptr& stream,
    const asio::any_io_executor& executor,
    start_position start,
    bool tethered,
    error_code& ec)
{
    ec = {};
    boost::intrusive_ptr<reader_state> made;
    if (!stream || !executor)
        ec = asio::error::bad_descriptor;
    else if (stream->letting_go())
        made = new tethered_reader_state(stream, executor, stream->chunk_shift());
    else
        made = new reader_state(stream, executor);
    if (made && made->has_tether_)
        made->tied()->hold(tethered);
    if (made)
        stream->admit_reader(*made, start, ec);
    if (ec)
        made = new reader_state({}, executor);
    return made;
}

// Forwards others are told only if they wait for it. Backwards the stream must know it before it lets go
// of more.
void reader_state::move_tether(const cursor::landing& to, std::uint64_t place, bool is_landing)
{
    tether& t = *tied();
    if (to.skipped != 0)
        t.skip(to.skipped);
    if (tether::is_before(place, t.place()))
        return owner().hold_back(t, place, is_landing);
    if (t.move(place, is_landing))
        tell_blocked();
}

void reader_state::set_tethered(bool tethered)
{
    tether* const t = tied();
    if (!t || t->holds() == tethered || is_cut_off())
        return;
    if (tethered)
        return owner().hold(*t);
    t->hold(false);
    tell_blocked();
}

void reader_state::tell_blocked()
{
    std::atomic_thread_fence(std::memory_order_seq_cst);
    if (tied()->blocks())
        owner().look_for_room();
}

reader_statistics reader_state::statistics() noexcept
{
    const tether* const t = tied();
    reader_statistics found;
    const std::uint64_t size = owner().load().size;
    found.offset = position_.offset();
    found.lag = found.offset < size ? size - found.offset : 0;
    found.read = position_.read();
    found.skipped = t ? t->skipped() : 0;
    found.tethered = t && t->holds();
    found.waiting = !position_.idle();
    return found;
}

} // namespace detail

reader::reader(boost::intrusive_ptr<detail::reader_state> state) noexcept
    : state_(std::move(state)), open_(state_->stream() != nullptr)
{
}

reader::reader(reader&& other) noexcept
    : state_(other.state_), open_(std::exchange(other.open_, false))
{
}

reader& reader::operator=(reader&& other) noexcept
{
    if (this != &other)
    {
        close();
        state_ = other.state_;
        open_ = std::exchange(other.open_, false);
    }
    return *this;
}

reader::~reader()
{
    close();
}

reader reader::clone() const
{
    return detail::or_throw("clone", [&](error_code& ec) { return clone(ec); });
}

reader reader::clone(error_code& ec) const
{
    const detail::core_ptr from = open_ ? state_->stream() : nullptr;
    return reader(detail::reader_state::make(from, get_executor(), offset(), is_tethered(), ec));
}

void reader::cancel()
{
    if (is_open())
        state_->cancel();
}

void reader::close()
{
    if (!std::exchange(open_, false))
        return;
    if (const detail::tether* const t = state_->tied(); t && t->holds())
    {
        state_->cancel(); // what waits, before writers go on and complete it
        state_->set_tethered(false);
    }
    state_->close();
}

view reader::read_view(std::size_t max, error_code& ec)
{
    return detail::read_now(*state_, open_, offset(), detail::view_action<true>{max}, ec);
}

view reader::read_view(std::size_t max)
{
    return detail::read_now(*state_, open_, offset(), detail::view_action<true>{max}, "read_view");
}

view reader::read_view_at(std::uint64_t offset, std::size_t max, error_code& ec)
{
    return detail::read_now(*state_, open_, offset, detail::view_action<false>{max}, ec);
}

view reader::read_view_at(std::uint64_t offset, std::size_t max)
{
    return detail::read_now(
        *state_, open_, offset, detail::view_action<false>{max}, "read_view_at");
}

std::uint64_t reader::offset() const noexcept
{
    return open_ ? state_->position_.offset() : 0;
}

void reader::seek(std::uint64_t offset) noexcept
{
    if (open_)
        state_->seek(offset);
}

std::uint64_t reader::skipped() const noexcept
{
    return statistics().skipped;
}

void reader::set_tethered(bool tethered)
{
    if (is_open())
        state_->set_tethered(tethered);
}

bool reader::is_tethered() const noexcept
{
    return statistics().tethered;
}

reader_statistics reader::statistics() const noexcept
{
    return is_open() ? state_->statistics() : reader_statistics();
}

std::uint64_t reader::size() const noexcept
{
    return is_open() ? state_->stream()->load().size : 0;
}

std::uint64_t reader::base() const noexcept
{
    return is_open() ? state_->stream()->load().base : 0;
}

std::optional<std::uint64_t> reader::final_size() const noexcept
{
    if (!is_open())
        return {};
    const std::uint64_t n = state_->stream()->load().final_size;
    return n == detail::unknown_size ? std::nullopt : std::optional(n);
}

std::uint64_t reader::lag() const noexcept
{
    const std::uint64_t end = size();
    const std::uint64_t at = offset();
    return at < end ? end - at : 0;
}

} // namespace spool
