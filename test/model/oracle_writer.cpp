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

error_code oracle::write_error(std::uint64_t n, bool waits) const
{
    if (n == 0)
        return {};
    if (status_ == status::closed)
        return errc::closed;
    if (!is_open())
        return cause_;
    if (waits)
        return asio::error::would_block;
    if (n > final_size_.value_or(no_size) - size())
        return errc::size_mismatch;
    return {};
}

void oracle::publish(std::string_view bytes)
{
    bytes_.append(bytes);
    wake();
}

// Decides the reads for which there is enough now.
void oracle::wake()
{
    for (operation* op : live_)
    {
        if (op->now != phase::waiting || !is_read(op->what))
            continue;
        const finding f = find(*op);
        if (f.waits)
            continue;
        verdict v = judge(*op, f);
        v.growing = is_open() && op->what != kind::seek_end;
        decide(*op, v);
    }
}

error_code oracle::append(std::string_view bytes)
{
    const error_code ec = write_error(bytes.size(), lent_.lent || !queue_.empty());
    if (!ec && !bytes.empty())
        publish(bytes);
    return ec;
}

error_code oracle::prepare(std::uint64_t n)
{
    const error_code ec = write_error(std::min<std::uint64_t>(n, 1), lent_.lent || !queue_.empty());
    if (!ec && n != 0)
        lent_ = {true, nullptr, std::min(n, final_size_.value_or(no_size) - size()), 0};
    return ec;
}

void oracle::handed_over(std::uint64_t size) noexcept
{
    lent_.holder = nullptr;
    lent_.size = size;
}

// `bytes` are those that were put at the beginning of the region.
error_code oracle::commit(std::uint64_t n, std::string_view bytes)
{
    if (n > (lent_.holder ? lent_.limit : lent_.size))
        return asio::error::invalid_argument;
    lent_ = {};
    const error_code ec = write_error(n, false);
    if (!ec && n != 0)
        publish(bytes);
    serve_queue();
    return ec;
}

// The turn of a waiting write; true when it is over.
bool oracle::serve(operation& op, bool waits)
{
    const std::uint64_t asked =
        op.what == kind::append ? op.wanted : std::min<std::uint64_t>(op.wanted, 1);
    verdict v;
    v.error = write_error(asked, waits);
    if (v.error == asio::error::would_block)
        return false;
    if (!v.error && op.what == kind::append)
        v.low = v.high = op.wanted;
    if (!v.error && op.what == kind::prepare && op.wanted != 0)
    {
        v.low = 1;
        v.high = std::min(op.wanted, final_size_.value_or(no_size) - size());
        lent_ = {true, &op, v.high, 0};
    }
    decide(op, v);
    if (!v.error && op.what == kind::append && op.wanted != 0)
        publish(op.bytes);
    return true;
}

void oracle::serve_queue()
{
    while (!queue_.empty() && serve(*queue_.front(), lent_.lent))
        queue_.pop_front();
}

void oracle::start_write(operation& op, bool open)
{
    live_.push_back(&op);
    if (!open)
    {
        op.may.error = asio::error::bad_descriptor;
        return;
    }
    if (is_ending(op.what))
    {
        wait(op);
        draining_ = true;
        removing_ = removing_ || op.what == kind::remove;
        if (drained_)
            complete_drains();
        return;
    }
    const bool at_once = serve(op, lent_.lent || !queue_.empty());
    op.parked = !at_once || op.what == kind::prepare;
    if (at_once)
        return;
    wait(op);
    queue_.push_back(&op);
}

void oracle::end(status how, error_code cause)
{
    if (!is_open())
        return;
    status_ = how;
    cause_ = cause;
    if (how == status::closed)
        final_size_ = size();
    wake();
    serve_queue();
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
    wake();
    return {};
}

// The write handle is destroyed: a region that it lent may no longer be touched.
void oracle::abandon()
{
    end(status::failed, errc::abandoned);
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
            decide(*op, {});
}

} // namespace spool::test
