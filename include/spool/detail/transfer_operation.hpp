// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// The loops of the transfer functions, as composed operations. A cancellation that arrives between
// two steps is seen at the next resumption.

#include <spool/detail/send.hpp>
#include <spool/reader.hpp>
#include <spool/stream.hpp>
#include <spool/view.hpp>

#include <boost/asio/associated_allocator.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/error.hpp>
#include <boost/system/errc.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

namespace spool::detail {

// How much one step moves at most: large enough that the cost of a step does not count.
inline constexpr std::size_t transfer_step = std::size_t{2} << 20;

template <class Self>
bool was_cancelled(Self& self, error_code& ec)
{
    if (!ec && self.cancelled() != asio::cancellation_type::none)
        ec = asio::error::operation_aborted;
    return static_cast<bool>(ec);
}

// A stream that moves no bytes and reports no error, against its requirements, would be asked for ever.
inline bool moved_nothing(std::size_t n, error_code& ec)
{
    if (n == 0)
        ec = boost::system::errc::make_error_code(boost::system::errc::io_error);
    return n == 0;
}

// Bytes in memory are lent and written; those that only the storage has go to a socket by themselves.
template <class AsyncWriteStream>
class copy_out_operation
{
public:
    copy_out_operation(reader& from, AsyncWriteStream& to) noexcept : from_(from), to_(to) {}

    template <class Self>
    void operator()(Self& self)
    {
        self.reset_cancellation_state(asio::enable_partial_cancellation());
        step(self);
    }

    template <class Self>
    void operator()(Self& self, error_code ec, view bytes)
    {
        if (ec == asio::error::eof)
            return self.complete({}, moved_);
        if (ec == errc::gap)
            pass_gap();
        if (was_cancelled(self, ec))
            return self.complete(ec, moved_);
        lent_ = bytes; // not passed itself: it moves away with `self`
        to_.async_write_some(bytes, std::move(self));
    }

    template <class Self>
    void operator()(Self& self, error_code ec, std::size_t n)
    {
        bool is_full = false;
        if (const under_way_ptr sending = std::exchange(sending_, nullptr); sending && !ec)
        {
            const send_result sent = result_of(*sending);
            n = sent.size;
            is_full = sent.error == asio::error::would_block;
            if (!is_full)
                ec = sent.error;
        }
        lent_ = {};
        moved_ += n;
        if (from_.is_open())
            from_.state_->move({from_.offset() + n, n});
        if (was_cancelled(self, ec) || (!is_full && moved_nothing(n, ec)))
            return self.complete(ec, moved_);
        if constexpr (is_socket<AsyncWriteStream>)
            if (is_full)
                return to_.async_wait(AsyncWriteStream::wait_write, std::move(self));
        step(self);
    }

    // The socket takes more.
    template <class Self>
    void operator()(Self& self, error_code ec)
    {
        if (was_cancelled(self, ec))
            return self.complete(ec, moved_);
        step(self);
    }

private:
    template <class Self>
    void step(Self& self)
    {
        if constexpr (is_socket<AsyncWriteStream>)
            if (send())
            {
                const end_action end{sending_};
                const std::uint64_t at = from_.offset();
                return from_.start(self, end, at);
            }
        from_.async_read_view_at(from_.offset(), transfer_step, std::move(self));
    }

    // As a sequential read: it is told once.
    void pass_gap()
    {
        const std::uint64_t at = from_.offset();
        const std::uint64_t base = from_.base();
        if (at < base)
            from_.state_->move({base, 0, base - at});
    }

    bool send()
    {
        core* const stream = from_.is_open() ? from_.state_->stream() : nullptr;
        if (!stream || !can_send(*stream))
            return false;
        error_code ec;
        if (!to_.native_non_blocking())
            to_.native_non_blocking(true, ec);
        if (!ec)
            sending_ = start_sending(*stream, from_.offset(), transfer_step, to_.native_handle());
        return sending_ != nullptr;
    }

    reader& from_;
    AsyncWriteStream& to_;
    view lent_;
    under_way_ptr sending_;
    std::uint64_t moved_ = 0;
};

template <class AsyncReadStream>
class copy_in_operation
{
public:
    copy_in_operation(AsyncReadStream& from, stream& to) noexcept : from_(from), to_(to) {}

    template <class Self>
    void operator()(Self& self)
    {
        self.reset_cancellation_state(asio::enable_partial_cancellation());
        prepare(self);
    }

    template <class Self>
    void operator()(Self& self, error_code ec, asio::mutable_buffer region)
    {
        if (ec == errc::size_mismatch && to_.is_open())
            ec =
                {}; // it has its declared size: whether `from` ends there too, only a read can tell
        if (was_cancelled(self, ec))
        {
            if (region.size() != 0)
                give_back(0, ec);
            return self.complete(ec, moved_);
        }
        if (region.size() == 0)
        {
            beyond_ = std::allocate_shared<char>(asio::get_associated_allocator(self));
            region = asio::buffer(beyond_.get(), 1);
        }
        from_.async_read_some(region, std::move(self));
    }

    template <class Self>
    void operator()(Self& self, error_code ec, std::size_t n)
    {
        if (!beyond_)
            give_back(n, ec);
        else if (n != 0)
            ec = errc::size_mismatch;
        beyond_.reset();
        if (ec == asio::error::eof)
            return self.complete({}, moved_);
        if (was_cancelled(self, ec) || moved_nothing(n, ec))
            return self.complete(ec, moved_);
        prepare(self);
    }

private:
    template <class Self>
    void prepare(Self& self)
    {
        to_.async_prepare(transfer_step, std::move(self));
    }

    // Bytes that were read are kept, whatever else happened; an error of the stream comes first.
    void give_back(std::size_t n, error_code& ec)
    {
        error_code refused;
        to_.commit(n, refused);
        if (refused)
            ec = refused;
        else
            moved_ += n;
    }

    AsyncReadStream& from_;
    stream& to_;
    std::shared_ptr<char> beyond_; // room for the byte after the declared size
    std::uint64_t moved_ = 0;
};

} // namespace spool::detail
