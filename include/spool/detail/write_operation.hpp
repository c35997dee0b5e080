// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

#include <spool/detail/outcome.hpp>
#include <spool/detail/parked_handler.hpp>
#include <spool/options.hpp>
#include <spool/view.hpp>

#include <boost/asio/buffer.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace spool::detail {

// A region of the stream that is lent for writing. It keeps its chunk, because a handler may get it
// when the write handle, which was all that knew the stream, is gone.
struct lent_region : asio::mutable_buffer
{
    boost::intrusive_ptr<chunk> chunk_;
};

// An operation of the write handle that waits for its turn or for the end.
class write_operation : public operation
{
public:
    enum class kind : std::uint8_t
    {
        append,
        prepare,
        flush,
        drain,
        remove,
    };

    kind kind_;
    level level_ = level::visible;
    bool has_begun_ =
        false;          // its bytes are visible, or a removal goes on: it is not cancelled any more
    bool some_ = false; // an append takes what there is room for
    std::span<const asio::const_buffer> buffers_;
    std::size_t size_ = 0;      // wanted; of a prepare, at most
    lent_region region_;        // what a prepare got
    std::uint64_t lending_ = 0; // the number of that region
    write_outcome outcome_ = write_outcome::accept;

protected:
    write_operation(finish_function finish, kind k) noexcept : operation(finish), kind_(k)
    {
        awaited_ = std::uint64_t(-1); // no number of bytes ends its wait
        role_ = role::writes;
    }
    ~write_operation() = default;
};

// A buffer sequence as an array: the strand walks only over this, never over a user's iterators. One
// that is an array already is used as it is.
template <class ConstBufferSequence, class Allocator = std::allocator<void>>
class flat_buffers
{
    using allocator_type =
        typename std::allocator_traits<Allocator>::template rebind_alloc<asio::const_buffer>;
    using iterator =
        decltype(asio::buffer_sequence_begin(std::declval<const ConstBufferSequence&>()));
    static constexpr bool is_flat = std::is_convertible_v<iterator, const asio::const_buffer*>;
    static constexpr std::size_t few = 8;

public:
    explicit flat_buffers(const ConstBufferSequence& sequence, const Allocator& allocator = {})
        : storage_(allocator_type(allocator))
    {
        const auto begin = asio::buffer_sequence_begin(sequence);
        const auto end = asio::buffer_sequence_end(sequence);
        if constexpr (is_flat)
            buffers_ = {
                static_cast<const asio::const_buffer*>(begin),
                static_cast<const asio::const_buffer*>(end)};
        else
            copy(begin, end);
        for (const asio::const_buffer& b : buffers_)
            size_ += b.size();
    }

    flat_buffers(const flat_buffers&) = delete;
    flat_buffers& operator=(const flat_buffers&) = delete;

    std::span<const asio::const_buffer> span() const noexcept { return buffers_; }
    std::size_t size() const noexcept { return size_; }

private:
    struct copied
    {
        explicit copied(const allocator_type& allocator) : more_(allocator) {}
        std::array<asio::const_buffer, few> few_;
        std::vector<asio::const_buffer, allocator_type> more_;
    };
    struct nothing
    {
        explicit nothing(const allocator_type&) noexcept {}
    };

    void copy(iterator i, const iterator end)
    {
        std::size_t n = 0;
        for (; i != end && n != few; ++i)
            storage_.few_[n++] = asio::const_buffer(*i);
        buffers_ = {storage_.few_.data(), n};
        if (i == end)
            return;
        storage_.more_.assign(storage_.few_.begin(), storage_.few_.end());
        for (; i != end; ++i)
            storage_.more_.push_back(asio::const_buffer(*i));
        buffers_ = storage_.more_;
    }

    [[no_unique_address]] std::conditional_t<is_flat, nothing, copied> storage_;
    std::span<const asio::const_buffer> buffers_;
    std::size_t size_ = 0;
};

// Appends if that is possible at once: nobody is on the strand, and no append waits. With `some`, as much
// as there is room for, which `n` is then.
write_outcome
try_append(core& stream, std::span<const asio::const_buffer> buffers, std::size_t& n, bool some);

// What a waiting write asks for, and what its handler gets besides the error.
template <class ConstBufferSequence, class Allocator, bool Some>
class append_request
{
public:
    static constexpr auto kind = write_operation::kind::append;
    static constexpr bool some = Some;

    append_request(ConstBufferSequence sequence, const Allocator& allocator)
        : sequence_(std::move(sequence)), flat_(sequence_, allocator)
    {
    }

    std::size_t size() const noexcept { return flat_.size(); }
    std::span<const asio::const_buffer> span() const noexcept { return flat_.span(); }

    static std::size_t result(const write_operation& op) noexcept
    {
        return op.outcome_ == write_outcome::accept ? op.size_ : 0;
    }

private:
    ConstBufferSequence sequence_; // kept, because it may own the bytes
    flat_buffers<ConstBufferSequence, Allocator> flat_;
};

struct prepare_request
{
    static constexpr auto kind = write_operation::kind::prepare;

    std::size_t size_;

    std::size_t size() const noexcept { return size_; }
    std::span<const asio::const_buffer> span() const noexcept { return {}; }
    static lent_region result(const write_operation& op) noexcept { return op.region_; }
};

// What has nothing to write.
template <write_operation::kind Kind>
struct waiting_request
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
    requested_operation(Handler&& handler, const handle_state& owner, level l, Args&&... args)
        : write_operation(&finish, Request::kind), request_{std::forward<Args>(args)...},
          handler_(std::move(handler), owner)
    {
        level_ = l;
        buffers_ = request_.span();
        size_ = request_.size();
        if constexpr (requires { Request::some; })
            some_ = Request::some;
    }

    parked_handler<Handler>& parked() noexcept { return handler_; }

private:
    static std::size_t finish(operation* base, core* stream)
    {
        auto* const self = static_cast<requested_operation*>(base);
        const handle_state& owner = *self->owner_;
        if (self->aborted_)
            self->outcome_ = write_outcome::aborted;
        const write_outcome outcome = self->outcome_;
        const bool elsewhere = self->other_port_ != nullptr;
        const auto work = self->handler_.take_work();
        if constexpr (requires { Request::result(*self); })
        {
            auto value = Request::result(*self);
            auto handler = take_handler<Handler>(self, self->handler_);
            if (stream)
                handler.call(owner, elsewhere, error_of(stream, outcome), std::move(value));
        }
        else
        {
            auto handler = take_handler<Handler>(self, self->handler_);
            if (stream)
                handler.call(owner, elsewhere, error_of(stream, outcome));
        }
        return 0;
    }

    Request request_;
    parked_handler<Handler> handler_;
};

} // namespace spool::detail
