// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include <spool/stream.hpp>

#include "core.hpp"

#include <boost/asio/error.hpp>

#include <utility>

namespace spool {

namespace detail {

write_outcome
try_append(core& stream, std::span<const asio::const_buffer> buffers, std::size_t& n, bool some)
{
    return stream.try_append(buffers, n, some);
}

const error_code& failure_of(const core* stream, write_outcome outcome) noexcept
{
    static const error_code would_block = asio::error::would_block;
    static const error_code closed = errc::closed;
    static const error_code size_mismatch = errc::size_mismatch;
    static const error_code too_large = asio::error::message_size;
    static const error_code no_memory = asio::error::no_memory;
    static const error_code not_lent = asio::error::invalid_argument;
    static const error_code unsupported = asio::error::operation_not_supported;
    static const error_code aborted = asio::error::operation_aborted;
    static const error_code no_stream = asio::error::bad_descriptor;
    switch (outcome)
    {
    case write_outcome::wait:
        return would_block;
    case write_outcome::closed:
        return closed;
    case write_outcome::cause:
        return stream->cause();
    case write_outcome::size_mismatch:
        return size_mismatch;
    case write_outcome::too_large:
        return too_large;
    case write_outcome::no_memory:
        return no_memory;
    case write_outcome::not_lent:
        return not_lent;
    case write_outcome::storage:
        return stream->kept()->error();
    case write_outcome::unsupported:
        return unsupported;
    case write_outcome::aborted:
        return aborted;
    case write_outcome::accept:
    case write_outcome::no_stream:
        break;
    }
    return no_stream;
}

boost::intrusive_ptr<writer_state> writer_state::make(const asio::any_io_executor& executor)
{
    return new writer_state(core_ptr(new core), executor);
}

boost::intrusive_ptr<writer_state> writer_state::make(
    const asio::any_io_executor& executor, std::unique_ptr<storage> kept, const options& chosen)
{
    return new writer_state(core_ptr(new core(executor, std::move(kept), chosen)), executor);
}

} // namespace detail

stream::stream(const executor_type& executor)
    : state_(detail::writer_state::make(executor)), open_(true)
{
}

stream::stream(const executor_type& executor, const options& chosen)
    : stream(executor, nullptr, chosen)
{
}

stream::stream(const executor_type& executor, std::unique_ptr<storage> kept, const options& chosen)
    : state_(detail::writer_state::make(executor, std::move(kept), chosen)), open_(true)
{
}

stream::stream(stream&& other) noexcept
    : state_(other.state_), open_(std::exchange(other.open_, false))
{
}

stream& stream::operator=(stream&& other) noexcept
{
    if (this != &other)
    {
        abandon();
        state_ = other.state_;
        open_ = std::exchange(other.open_, false);
    }
    return *this;
}

stream::~stream()
{
    abandon();
}

void stream::abandon()
{
    if (std::exchange(open_, false))
        state_->close();
}

detail::core* stream::shared() const noexcept
{
    return open_ ? state_->stream() : nullptr;
}

bool stream::is_open() const noexcept
{
    return open_ && state_->stream()->is_open();
}

std::size_t stream::append(
    std::span<const asio::const_buffer> buffers, std::size_t n, bool some, error_code& ec)
{
    detail::core* const to = shared();
    const auto outcome = to ? to->append(buffers, n, some) : detail::write_outcome::no_stream;
    const bool accepted = outcome == detail::write_outcome::accept;
    ec = error_of(to, outcome);
    return accepted ? n : 0;
}

asio::mutable_buffer stream::prepare(std::size_t n)
{
    return detail::or_throw("prepare", [&](error_code& ec) { return prepare(n, ec); });
}

asio::mutable_buffer stream::prepare(std::size_t n, error_code& ec)
{
    asio::mutable_buffer region;
    detail::core* const of = shared();
    ec = error_of(of, of ? of->prepare(n, region) : detail::write_outcome::no_stream);
    return region;
}

void stream::commit(std::size_t n)
{
    error_code ec;
    commit(n, ec);
    detail::throw_if(ec, "commit");
}

void stream::commit(std::size_t n, error_code& ec)
{
    detail::core* const to = shared();
    ec = error_of(to, to ? to->commit(n) : detail::write_outcome::no_stream);
}

void stream::close()
{
    error_code ec;
    close(ec);
    detail::throw_if(ec, "close");
}

void stream::close(error_code& ec)
{
    detail::core* const to = shared();
    ec = to ? to->close() : error_of(to, detail::write_outcome::no_stream);
}

void stream::abort(error_code cause)
{
    if (detail::core* const to = shared())
        to->abort(cause, false);
}

void stream::abort(error_code cause, discard_t)
{
    if (detail::core* const to = shared())
        to->abort(cause, true);
}

void stream::set_final_size(std::uint64_t n)
{
    error_code ec;
    set_final_size(n, ec);
    detail::throw_if(ec, "set_final_size");
}

void stream::set_final_size(std::uint64_t n, error_code& ec)
{
    detail::core* const to = shared();
    ec = to ? to->declare(n) : error_of(to, detail::write_outcome::no_stream);
}

reader stream::make_reader(start_position start)
{
    return make_reader(get_executor(), start);
}

reader stream::make_reader(start_position start, error_code& ec)
{
    return make_reader(get_executor(), start, ec);
}

reader stream::make_reader(const executor_type& executor, start_position start)
{
    return detail::or_throw(
        "make_reader", [&](error_code& ec) { return make_reader(executor, start, ec); });
}

reader stream::make_reader(const executor_type& executor, start_position start, error_code& ec)
{
    return reader(detail::reader_state::make(shared(), executor, start, true, ec));
}

void stream::set_retention(const retention& retain)
{
    error_code ec;
    set_retention(retain, ec);
    detail::throw_if(ec, "set_retention");
}

void stream::set_retention(const retention& retain, error_code& ec)
{
    detail::core* const of = shared();
    ec = of ? of->set_retention(retain) : error_of(of, detail::write_outcome::no_stream);
}

stream_statistics stream::statistics() const
{
    detail::core* const of = shared();
    return of ? of->statistics() : stream_statistics();
}

std::uint64_t stream::size() const noexcept
{
    return open_ ? state_->stream()->load().size : 0;
}

std::uint64_t stream::base() const noexcept
{
    return open_ ? state_->stream()->load().base : 0;
}

std::optional<std::uint64_t> stream::final_size() const noexcept
{
    if (!open_)
        return {};
    const std::uint64_t n = state_->stream()->load().final_size;
    return n == detail::unknown_size ? std::nullopt : std::optional(n);
}

} // namespace spool
