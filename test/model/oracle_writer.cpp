// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// The writer's side of the model: the queue, the region, the end, the drains.

#include <spool/error.hpp>

#include "oracle.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>
#include <limits>

namespace spool::test {

namespace asio = boost::asio;

namespace {

constexpr std::uint64_t no_size = std::numeric_limits<std::uint64_t>::max();

} // namespace

// With `whole`, all bytes must fit in at once.
error_code oracle::write_error(std::uint64_t n, bool waits, bool whole) const
{
    if (n == 0)
        return {};
    if (status_ == status::closed)
        return errc::closed;
    if (!is_open())
        return cause_;
    if (whole && n > limits_.largest_append())
        return asio::error::message_size;
    if (waits)
        return asio::error::would_block;
    if (n > final_size_.value_or(no_size) - size())
        return errc::size_mismatch;
    return {};
}

error_code oracle::error_for(const operation& op, bool waits) const
{
    const bool appends = op.what == kind::append;
    return write_error(
        appends ? op.wanted : std::min<std::uint64_t>(op.wanted, 1), waits, appends && !op.some);
}

oracle::written oracle::append(std::string_view bytes, bool some)
{
    const std::uint64_t now = passed(&reader_model::offset);
    const std::uint64_t needed = some ? 1 : bytes.size();
    const bool waits = !queue_.empty() || is_blocked(needed, now);
    const error_code ec = write_error(bytes.size(), waits, !some);
    if (ec || bytes.empty())
        return {ec};
    const std::string_view taken = bytes.substr(0, some ? room(now) : bytes.npos);
    take(taken);
    return {{}, taken.size()};
}

error_code oracle::prepare(std::uint64_t n)
{
    const std::uint64_t now = passed(&reader_model::offset);
    const bool waits = !queue_.empty() || is_blocked(1, now);
    const error_code ec = write_error(std::min<std::uint64_t>(n, 1), waits, false);
    if (!ec && n != 0)
        lend(std::min({n, final_size_.value_or(no_size) - size(), room(now)}), nullptr);
    return ec;
}

void oracle::handed_over(std::uint64_t size) noexcept
{
    lent_.holder = nullptr;
    lent_.size = size;
}

// The base has made room for the region already. `bytes` are those that were put at the beginning of the region.
error_code oracle::commit(std::uint64_t n, std::string_view bytes)
{
    if (n > (lent_.holder ? lent_.limit : lent_.size))
        return asio::error::invalid_argument;
    lent_ = {};
    const error_code ec = write_error(n, false, false);
    if (!ec)
        bytes_.append(bytes);
    look();
    return ec;
}

void oracle::decide_prepare(operation& op, std::uint64_t most)
{
    settle(op, {});
    const std::uint64_t high = std::min({op.wanted, final_size_.value_or(no_size) - size(), most});
    op.may.clear();
    op.may.add({}, 1, high);
    lend(high, &op);
}

void oracle::start_write(operation& op, bool open)
{
    live_.push_back(&op);
    if (!open)
        return settle(op, asio::error::bad_descriptor);
    if (is_ending(op.what))
    {
        wait(op);
        draining_ = true;
        removing_ = removing_ || op.what == kind::remove;
        if (drained_)
            complete_drains();
        return;
    }
    const std::uint64_t now = passed(&reader_model::offset);
    const std::uint64_t needed = op.what == kind::append && !op.some ? op.wanted : 1;
    const error_code ec = error_for(op, !queue_.empty() || is_blocked(needed, now));
    if (ec == make_error_code(asio::error::would_block))
    {
        wait(op);
        queue_.push_back(&op);
        return;
    }
    op.parked = op.what == kind::prepare;
    if (ec || op.wanted == 0)
        settle(op, ec);
    else
        accept(op, op.some ? std::min(op.wanted, room(now)) : op.wanted);
}

void oracle::end(status how, error_code cause)
{
    if (!is_open())
        return;
    status_ = how;
    cause_ = cause;
    if (how == status::closed)
        final_size_ = size();
    look();
    for (operation* op : queue_)
        settle(*op, error_for(*op, false));
    queue_.clear();
}

error_code oracle::close()
{
    if (final_size_ && size() < *final_size_)
        end(status::failed, errc::size_mismatch);
    else
        end(status::closed, {});
    return cause_;
}

void oracle::abort(error_code cause, bool discard)
{
    if (!cause || cause == asio::error::eof)
        cause = errc::abandoned;
    end(discard ? status::discarded : status::failed, cause);
}

error_code oracle::declare(std::uint64_t n)
{
    if (status_ == status::closed)
        return errc::closed;
    if (!is_open())
        return cause_;
    if (final_size_)
        return errc::final_size_known;
    if (n < size() || n == no_size)
        return errc::size_mismatch;
    final_size_ = n;
    look();
    return {};
}

// The write handle is destroyed: a region that it lent may no longer be touched.
// Where that happens because a handler that owned it went with its context, the next in the row may have
// been told just before that it can never be held.
void oracle::abandon()
{
    const std::deque<operation*> row = queue_;
    std::vector<error_code> early;
    for (const operation* op : row)
        early.push_back(is_open() ? error_for(*op, true) : error_code());
    end(status::failed, errc::abandoned);
    for (std::size_t i = 0; i != row.size() && early[i] == asio::error::message_size; ++i)
        row[i]->may.add(early[i]);
    abort_operations(nullptr);
    lent_ = {};
}

// Drains. A closed reader counts until the last of its operations has finished, which is somewhat later
// than the handler is called. So it shows when one is reported, or nothing is left to run.
bool oracle::may_be_drained() const noexcept
{
    return draining_ && !is_open() &&
           std::none_of(readers_.begin(), readers_.end(), [](const auto& r) { return r->open; });
}

void oracle::complete_drains()
{
    drained_ = true;
    removed_ = removed_ || removing_;
    for (operation* op : live_)
        if (is_ending(op->what) && op->now == phase::waiting)
            settle(*op, {});
}

} // namespace spool::test
