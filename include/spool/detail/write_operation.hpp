// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

#include <spool/detail/completion.hpp>

#include <boost/asio/buffer.hpp>

#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace spool::detail {

// An operation of the write handle that waits for its turn or for the end.
class write_operation : public operation
{
public:
    enum class kind : std::uint8_t
    {
        append,
        prepare,
        drain,
        remove,
    };

    kind kind_;
    std::span<const asio::const_buffer> buffers_;
    std::size_t size_ = 0;        // wanted; of a prepare, at most
    asio::mutable_buffer region_; // what a prepare got

protected:
    write_operation(finish_function finish, kind k) noexcept : operation(finish), kind_(k)
    {
        awaited_ = std::uint64_t(-1); // no number of bytes ends its wait
        writes_ = true;
    }
    ~write_operation() = default;
};

// A buffer sequence as an array: the strand walks only over this, never over a user's iterators.
template <class Allocator = std::allocator<void>>
class flat_buffers
{
    using allocator_type =
        typename std::allocator_traits<Allocator>::template rebind_alloc<asio::const_buffer>;

public:
    template <class ConstBufferSequence>
    explicit flat_buffers(const ConstBufferSequence& sequence, const Allocator& allocator = {})
        : more_(allocator_type(allocator))
    {
        const auto end = asio::buffer_sequence_end(sequence);
        for (auto i = asio::buffer_sequence_begin(sequence); i != end; ++i)
            push(asio::const_buffer(*i));
    }

    std::span<const asio::const_buffer> span() const noexcept
    {
        if (more_.empty())
            return {few_.data(), count_};
        return {more_.data(), more_.size()};
    }

    std::size_t size() const noexcept { return size_; }

private:
    void push(asio::const_buffer b)
    {
        size_ += b.size();
        if (count_ == few_.size() && more_.empty())
            more_.assign(few_.begin(), few_.end());
        if (count_ == few_.size())
            return more_.push_back(b);
        few_[count_++] = b;
    }

    std::array<asio::const_buffer, 8> few_;
    std::size_t count_ = 0;
    std::vector<asio::const_buffer, allocator_type> more_;
    std::size_t size_ = 0;
};

// Enters the strand if nobody is on it and appends; false if the append has to be started.
bool try_append(
    core& stream,
    std::span<const asio::const_buffer> buffers,
    std::size_t n,
    boost::system::error_code& ec);

// What a waiting write asks for, and what its handler gets besides the error.
template <class ConstBufferSequence, class Allocator>
class append_request
{
public:
    static constexpr auto kind = write_operation::kind::append;

    append_request(ConstBufferSequence sequence, const Allocator& allocator)
        : sequence_(std::move(sequence)), flat_(sequence_, allocator)
    {
    }

    std::size_t size() const noexcept { return flat_.size(); }
    std::span<const asio::const_buffer> span() const noexcept { return flat_.span(); }

    static std::size_t result(const write_operation& op) noexcept
    {
        return op.error_ ? 0 : op.size_;
    }

private:
    ConstBufferSequence sequence_; // kept, because it may own the bytes
    flat_buffers<Allocator> flat_;
};

struct prepare_request
{
    static constexpr auto kind = write_operation::kind::prepare;

    std::size_t size_;

    std::size_t size() const noexcept { return size_; }
    std::span<const asio::const_buffer> span() const noexcept { return {}; }
    static asio::mutable_buffer result(const write_operation& op) noexcept { return op.region_; }
};

template <write_operation::kind Kind>
struct ending_request
{
    static constexpr auto kind = Kind;

    std::size_t size() const noexcept { return 0; }
    std::span<const asio::const_buffer> span() const noexcept { return {}; }
};

template <class Handler, class Request>
class requested_operation final : public write_operation
{
public:
    template <class... Args>
    requested_operation(Handler&& handler, const handle_state& owner, Args&&... args)
        : write_operation(&finish, Request::kind), request_{std::forward<Args>(args)...},
          handler_(std::move(handler), owner)
    {
        buffers_ = request_.span();
        size_ = request_.size();
    }

    const parked_handler<Handler>& parked() const noexcept { return handler_; }

private:
    static std::size_t finish(operation* base, core* stream)
    {
        auto* const self = static_cast<requested_operation*>(base);
        const boost::intrusive_ptr<handle_state> owner = self->owner_;
        const boost::system::error_code ec = self->error_;
        const bool elsewhere = self->other_port_ != nullptr;
        owner->leave();
        if constexpr (requires { Request::result(*self); })
        {
            const auto value = Request::result(*self);
            auto handler = take_handler<Handler>(self, self->handler_);
            if (stream)
                handler.call(*owner, elsewhere, ec, value);
        }
        else
        {
            auto handler = take_handler<Handler>(self, self->handler_);
            if (stream)
                handler.call(*owner, elsewhere, ec);
        }
        return 0;
    }

    Request request_;
    parked_handler<Handler> handler_;
};

} // namespace spool::detail
