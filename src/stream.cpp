// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include <spool/stream.hpp>

#include "core.hpp"

#include <boost/system/system_error.hpp>

#include <utility>

namespace spool {

namespace detail {

bool try_append(
    core& stream, std::span<const asio::const_buffer> buffers, std::size_t n, error_code& ec)
{
    return stream.try_append(buffers, n, ec);
}

boost::intrusive_ptr<writer_state> writer_state::make(const asio::any_io_executor& executor)
{
    return {new writer_state(core_ptr(new core), executor)};
}

void writer_state::on_close(core& stream)
{
    stream.dismiss_writer(*this);
}

void writer_state::on_leave(core&) {}

} // namespace detail

namespace {

void throw_if(const error_code& ec, const char* what)
{
    if (ec)
        throw boost::system::system_error(ec, what);
}

} // namespace

stream::stream(const executor_type& executor)
    : state_(detail::writer_state::make(executor)), open_(true)
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

detail::core* stream::shared(error_code& ec) const noexcept
{
    ec = {};
    if (!open_)
        ec = boost::asio::error::bad_descriptor;
    return open_ ? state_->stream() : nullptr;
}

bool stream::is_open() const noexcept
{
    return open_ && state_->stream()->is_open();
}

std::size_t
stream::append(std::span<const boost::asio::const_buffer> buffers, std::size_t n, error_code& ec)
{
    if (detail::core* const shared_state = shared(ec))
        ec = shared_state->append(buffers, n);
    return ec ? 0 : n;
}

boost::asio::mutable_buffer stream::prepare(std::size_t n)
{
    error_code ec;
    const auto region = prepare(n, ec);
    throw_if(ec, "prepare");
    return region;
}

boost::asio::mutable_buffer stream::prepare(std::size_t n, error_code& ec)
{
    if (detail::core* const shared_state = shared(ec))
        return shared_state->prepare(n, ec);
    return {};
}

void stream::commit(std::size_t n)
{
    error_code ec;
    commit(n, ec);
    throw_if(ec, "commit");
}

void stream::commit(std::size_t n, error_code& ec)
{
    if (detail::core* const shared_state = shared(ec))
        ec = shared_state->commit(n);
}

void stream::close()
{
    error_code ec;
    close(ec);
    throw_if(ec, "close");
}

void stream::close(error_code& ec)
{
    if (detail::core* const shared_state = shared(ec))
        ec = shared_state->close();
}

void stream::abort(error_code cause)
{
    error_code ec;
    if (detail::core* const shared_state = shared(ec))
        shared_state->abort(cause, false);
}

void stream::abort(error_code cause, discard_t)
{
    error_code ec;
    if (detail::core* const shared_state = shared(ec))
        shared_state->abort(cause, true);
}

void stream::set_final_size(std::uint64_t n)
{
    error_code ec;
    set_final_size(n, ec);
    throw_if(ec, "set_final_size");
}

void stream::set_final_size(std::uint64_t n, error_code& ec)
{
    if (detail::core* const shared_state = shared(ec))
        ec = shared_state->declare(n);
}

reader stream::make_reader(std::uint64_t offset)
{
    return make_reader(get_executor(), offset);
}

reader stream::make_reader(std::uint64_t offset, error_code& ec)
{
    return make_reader(get_executor(), offset, ec);
}

reader stream::make_reader(const executor_type& executor, std::uint64_t offset)
{
    error_code ec;
    reader made = make_reader(executor, offset, ec);
    throw_if(ec, "make_reader");
    return made;
}

reader stream::make_reader(const executor_type& executor, std::uint64_t offset, error_code& ec)
{
    const detail::core_ptr from = shared(ec) ? state_->stream() : nullptr;
    return reader(detail::reader_state::make(from, executor, offset, ec), !ec);
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
