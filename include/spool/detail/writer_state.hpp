// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

#include <spool/detail/completion.hpp>
#include <spool/detail/initiation.hpp>
#include <spool/detail/write_operation.hpp>
#include <spool/options.hpp>
#include <spool/storage.hpp>

#include <boost/asio/execution_context.hpp>

#include <memory>
#include <type_traits>
#include <utility>

namespace spool::detail {

// What a stream takes its executor from.
template <class T>
concept execution_context = std::is_convertible_v<T&, asio::execution_context&>;

class writer_state final : public handle_state
{
public:
    static boost::intrusive_ptr<writer_state> make(const asio::any_io_executor& executor);
    // `kept` may be null.
    static boost::intrusive_ptr<writer_state> make(
        const asio::any_io_executor& executor,
        std::unique_ptr<storage> kept,
        const options& chosen);

    writer_state(core_ptr stream, const asio::any_io_executor& executor)
        : handle_state(std::move(stream), executor, true)
    {
    }
};

// The initiation of every operation of the write handle.
class initiate_write : public initiation<writer_state>
{
    using initiation::initiation;

protected:
    // Whether the operation can be started at all; it is completed, or dropped, if not.
    template <class Handler, class... Values>
    bool refused(Handler& handler, Values... values) const
    {
        if (!state_->executor())
            return true;
        if (open_ && state_->stream())
            return false;
        complete_now(
            *state_,
            std::move(handler),
            error_of(nullptr, write_outcome::no_stream),
            std::move(values)...);
        return true;
    }

    template <class Request, class Handler, class... Args>
    void start(Handler& handler, level l, Args&&... args) const
    {
        start_operation<requested_operation<Handler, Request>>(
            *state_, handler, l, std::forward<Args>(args)...);
    }
};

template <bool Some>
struct initiate_append : initiate_write
{
    using initiate_write::initiate_write;

    template <class Handler, class ConstBufferSequence>
    void operator()(Handler handler, ConstBufferSequence sequence, level l) const
    {
        if (refused(handler, std::size_t{0}))
            return;
        using allocator = asio::associated_allocator_t<Handler, asio::recycling_allocator<void>>;
        const allocator memory =
            asio::get_associated_allocator(handler, asio::recycling_allocator<void>());
        if (l == level::visible)
        {
            core* const stream = state_->stream();
            const flat_buffers<ConstBufferSequence, allocator> flat(sequence, memory);
            std::size_t n = flat.size();
            const write_outcome outcome = try_append(*stream, flat.span(), n, Some);
            if (outcome != write_outcome::accept)
                n = 0;
            if (outcome != write_outcome::wait)
                return complete_now(*state_, std::move(handler), error_of(stream, outcome), n);
        }
        start<append_request<ConstBufferSequence, allocator, Some>>(
            handler, l, std::move(sequence), memory);
    }
};

struct initiate_prepare : initiate_write
{
    using initiate_write::initiate_write;

    template <class Handler>
    void operator()(Handler handler, std::size_t n) const
    {
        if (!refused(handler, asio::mutable_buffer()))
            start<prepare_request>(handler, level::visible, n);
    }
};

struct initiate_flush : initiate_write
{
    using initiate_write::initiate_write;

    template <class Handler>
    void operator()(Handler handler, level l) const
    {
        if (!refused(handler))
            start<waiting_request<write_operation::kind::flush>>(handler, l);
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
            start<waiting_request<Kind>>(handler, level::visible);
    }
};

using initiate_drain = initiate_ending<write_operation::kind::drain>;
using initiate_remove = initiate_ending<write_operation::kind::remove>;

} // namespace spool::detail
