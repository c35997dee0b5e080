// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include <spool/reader.hpp>

#include "core.hpp"

#include <boost/asio/error.hpp>

#include <utility>

namespace spool {

namespace detail {

attempt look(const core& stream, std::uint64_t offset, std::uint64_t min_bytes) noexcept
{
    return stream.look(offset, min_bytes);
}

attempt look_at_end(const core& stream, std::uint64_t back) noexcept
{
    return stream.look_at_end(back);
}

const error_code& failure_of(const core* stream, read_outcome outcome) noexcept
{
    static const error_code would_block = asio::error::would_block;
    static const error_code eof = asio::error::eof;
    static const error_code gap = errc::gap;
    static const error_code too_far = asio::error::invalid_argument;
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

// With a storage nothing: the log may let go of the bytes at any time.
asio::const_buffer visible_run(const core& stream, std::uint64_t offset, std::size_t n) noexcept
{
    const read_decision found = decide_read(stream.load(), offset, 1);
    if (found.outcome != read_outcome::ready || stream.kept()) [[unlikely]]
        return {};
    return stream.bytes().run(offset, at_most(n, found.available));
}

std::size_t copy_out(core& stream, std::uint64_t offset, asio::mutable_buffer to) noexcept
{
    if (storage_port* const kept = stream.kept())
        return kept->copy_out(offset, to);
    stream.bytes().copy_out(offset, to);
    return to.size();
}

view lend(core& stream, std::uint64_t offset, std::size_t max) noexcept
{
    view lent;
    storage_port* const kept = stream.kept();
    while (lent.size_ != max && lent.count_ != view::max_buffers)
    {
        const std::uint64_t at = offset + lent.size_;
        auto& holder = lent.chunks_[lent.count_];
        const asio::const_buffer b = kept ? kept->at(at, max - lent.size_, holder)
                                          : stream.bytes().at(at, max - lent.size_, holder);
        if (b.size() == 0)
            break;
        lent.buffers_[lent.count_++] = b;
        lent.size_ += b.size();
    }
    return lent;
}

read_outcome missing(core& stream, std::uint64_t offset) noexcept
{
    return stream.kept()->missing(offset);
}

bool has_storage(const core& stream) noexcept
{
    return stream.kept() != nullptr;
}

void call_for(core& stream, std::uint64_t offset)
{
    if (storage_port* const kept = stream.kept(); kept && offset < stream.load().size)
        kept->call_for(offset);
}

boost::intrusive_ptr<reader_state> reader_state::make(
    const core_ptr& stream,
    const asio::any_io_executor& executor,
    std::uint64_t offset,
    error_code& ec)
{
    ec = {};
    if (!stream || !executor)
        ec = asio::error::bad_descriptor;
    else
        stream->admit_reader(ec);
    if (ec)
        return {new reader_state({}, executor, offset)};
    try
    {
        return {new reader_state(stream, executor, offset)};
    }
    catch (...)
    {
        stream->dismiss_reader();
        throw;
    }
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
    return reader(detail::reader_state::make(from, get_executor(), offset(), ec));
}

void reader::cancel()
{
    if (is_open())
        state_->cancel();
}

void reader::close()
{
    if (std::exchange(open_, false))
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
        state_->position_.seek(offset);
}

std::uint64_t reader::skipped() const noexcept
{
    return open_ ? state_->position_.skipped() : 0;
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
