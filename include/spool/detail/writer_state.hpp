// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

#include <spool/detail/completion.hpp>
#include <spool/detail/write_operation.hpp>
#include <spool/error.hpp>

#include <boost/asio/error.hpp>

#include <memory>
#include <utility>

namespace spool::detail {

class writer_state final : public handle_state
{
public:
    static boost::intrusive_ptr<writer_state> make(const asio::any_io_executor& executor);

    using handle_state::handle_state;

private:
    void on_close(core& stream) override;
    void on_leave(core& stream) override;
};

// The initiation of every operation of the write handle.
class initiate_write
{
public:
    using executor_type = asio::any_io_executor;

    initiate_write(boost::intrusive_ptr<writer_state> writer, bool open) noexcept
        : writer_(std::move(writer)), open_(open)
    {
    }

    const executor_type& get_executor() const noexcept { return writer_->executor(); }

protected:
    // Whether the operation can be started at all; it is completed, or dropped, if not.
    template <class Handler, class... Values>
    bool refused(Handler& handler, Values... values) const
    {
        if (!writer_->executor())
            return true;
        if (open_ && writer_->stream())
            return false;
        complete_now(
            *writer_,
            std::move(handler),
            error_code(asio::error::bad_descriptor),
            std::move(values)...);
        return true;
    }

    template <class Request, class Handler, class... Args>
    void start(Handler& handler, Args&&... args) const
    {
        start_operation<requested_operation<Handler, Request>>(
            *writer_, handler, std::forward<Args>(args)...);
    }

    boost::intrusive_ptr<writer_state> writer_;
    bool open_;
};

struct initiate_append : initiate_write
{
    using initiate_write::initiate_write;

    template <class Handler, class ConstBufferSequence>
    void operator()(Handler handler, ConstBufferSequence sequence) const
    {
        if (refused(handler, std::size_t{0}))
            return;
        using allocator = asio::associated_allocator_t<Handler, asio::recycling_allocator<void>>;
        const allocator memory =
            asio::get_associated_allocator(handler, asio::recycling_allocator<void>());
        error_code ec;
        {
            const flat_buffers<allocator> flat(sequence, memory);
            if (try_append(*writer_->stream(), flat.span(), flat.size(), ec))
                return complete_now(
                    *writer_, std::move(handler), ec, ec ? std::size_t{0} : flat.size());
        }
        start<append_request<ConstBufferSequence, allocator>>(handler, std::move(sequence), memory);
    }
};

struct initiate_prepare : initiate_write
{
    using initiate_write::initiate_write;

    template <class Handler>
    void operator()(Handler handler, std::size_t n) const
    {
        if (!refused(handler, asio::mutable_buffer()))
            start<prepare_request>(handler, n);
    }
};

template <write_operation::kind Kind>
struct initiate_ending : initiate_write
{
    using initiate_write::initiate_write;

    template <class Handler>
    void operator()(Handler handler) const
    {
        if (!refused(handler))
            start<ending_request<Kind>>(handler);
    }
};

using initiate_drain = initiate_ending<write_operation::kind::drain>;
using initiate_remove = initiate_ending<write_operation::kind::remove>;

} // namespace spool::detail
