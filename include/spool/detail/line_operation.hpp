// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

#include <spool/error.hpp>
#include <spool/reader.hpp>
#include <spool/view.hpp>

#include <boost/asio/buffers_iterator.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/error.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace spool::detail {

// Looks at pieces of the stream, the last one first. A piece may come in several views, which are in order,
// so what counts is the last line feed that was found when its end is reached.
class line_operation
{
public:
    explicit line_operation(reader& from) noexcept : from_(from) {}

    template <class Self>
    void operator()(Self& self)
    {
        self.reset_cancellation_state(asio::enable_partial_cancellation());
        piece_ = from_.offset();
        next_piece();
        if (end_ > from_.size())
            at_ = piece_ = end_;
        read(self); // also if that is nothing: no handler is called from inside
    }

    template <class Self>
    void operator()(Self& self, error_code ec, view bytes)
    {
        if (ec == errc::gap)
        {
            found_ = from_.base();
            piece_ = at_ = std::min(end_, found_);
            ec = {};
        }
        if (!ec && end_ > from_.size())
            ec = asio::error::invalid_argument;
        if (!ec && self.cancelled() != asio::cancellation_type::none)
            ec = asio::error::operation_aborted;
        if (ec)
            return self.complete(ec, from_.offset());
        const auto begin = asio::buffers_begin(bytes);
        for (auto i = asio::buffers_end(bytes); i != begin; --i)
            if (*std::prev(i) == '\n')
            {
                found_ = at_ + static_cast<std::uint64_t>(i - begin);
                break;
            }
        at_ += bytes.size();
        if (at_ == end_ && found_ == nowhere && piece_ != from_.base())
            next_piece();
        look(self);
    }

private:
    static constexpr std::uint64_t nowhere = std::uint64_t(-1);
    static constexpr std::uint64_t piece_size = 4096;

    // The piece in front of the present one.
    void next_piece() noexcept
    {
        end_ = piece_;
        piece_ = std::max(std::min(from_.base(), end_), end_ - std::min(end_, piece_size));
        at_ = piece_;
    }

    template <class Self>
    void read(Self& self)
    {
        from_.async_read_view_at(at_, static_cast<std::size_t>(end_ - at_), std::move(self));
    }

    template <class Self>
    void look(Self& self)
    {
        if (at_ != end_)
            return read(self);
        const std::uint64_t line = found_ == nowhere ? piece_ : found_;
        from_.seek(line);
        self.complete({}, line);
    }

    reader& from_;
    std::uint64_t piece_ = 0; // where it begins
    std::uint64_t end_ = 0;   // and ends
    std::uint64_t at_ = 0;    // how far it was looked at
    std::uint64_t found_ = nowhere;
};

} // namespace spool::detail
