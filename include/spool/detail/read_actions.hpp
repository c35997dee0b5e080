// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// What each kind of read wants, and what it does with what it finds.

#include <spool/detail/attempt.hpp>
#include <spool/detail/reader_state.hpp>

#include <boost/asio/buffer.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace spool::detail {

inline std::size_t at_most(std::size_t n, std::uint64_t available) noexcept
{
    return static_cast<std::size_t>(std::min<std::uint64_t>(n, available));
}

template <class MutableBufferSequence>
std::size_t
fill(const core& stream, std::uint64_t offset, const MutableBufferSequence& buffers, std::size_t n)
{
    std::size_t done = 0;
    const auto end = asio::buffer_sequence_end(buffers);
    for (auto i = asio::buffer_sequence_begin(buffers); i != end && done != n; ++i)
    {
        const asio::mutable_buffer to = asio::buffer(asio::mutable_buffer(*i), n - done);
        copy_out(stream, offset + done, to);
        done += to.size();
    }
    return done;
}

// Each action has: the type its handler gets besides the error; whether it moves the offset
// (`sequential`); how many bytes it waits for; whether it wants none; and `perform`, which looks what
// there is and does the work, unless it would have to wait.

template <class MutableBufferSequence, bool Sequential>
struct read_some_action
{
    using value_type = std::size_t;
    static constexpr bool sequential = Sequential;

    MutableBufferSequence buffers_;

    static std::uint64_t wanted() noexcept { return 1; }
    bool wants_nothing() const noexcept { return asio::buffer_size(buffers_) == 0; }

    value_type perform(const core& stream, std::uint64_t offset, attempt& found) const
    {
        if constexpr (std::is_same_v<MutableBufferSequence, asio::mutable_buffer>)
        {
            const asio::const_buffer bytes = visible_run(stream, offset, buffers_.size());
            if (bytes.size() != 0) [[likely]]
            {
                std::memcpy(buffers_.data(), bytes.data(), bytes.size());
                found.outcome = read_outcome::ready;
                return bytes.size();
            }
        }
        found = look(stream, offset, 1);
        if (found.outcome != read_outcome::ready)
            return 0;
        return fill(
            stream, offset, buffers_, at_most(asio::buffer_size(buffers_), found.available));
    }
};

// One action for everything that is a single buffer.
template <class MutableBufferSequence, bool Sequential>
using read_some_into = read_some_action<
    std::conditional_t<
        std::is_convertible_v<const MutableBufferSequence&, asio::mutable_buffer>,
        asio::mutable_buffer,
        MutableBufferSequence>,
    Sequential>;

template <class MutableBufferSequence>
struct read_all_action
{
    using value_type = std::size_t;
    static constexpr bool sequential = false;

    MutableBufferSequence buffers_;

    std::uint64_t wanted() const noexcept { return asio::buffer_size(buffers_); }
    bool wants_nothing() const noexcept { return wanted() == 0; }

    value_type perform(const core& stream, std::uint64_t offset, attempt& found) const
    {
        found = look(stream, offset, wanted());
        if (found.outcome == read_outcome::wait)
            return 0;
        return fill(
            stream, offset, buffers_, at_most(asio::buffer_size(buffers_), found.available));
    }
};

struct wait_action
{
    using value_type = std::uint64_t;
    static constexpr bool sequential = false;

    std::uint64_t min_bytes_;

    std::uint64_t wanted() const noexcept { return min_bytes_; }
    static bool wants_nothing() noexcept { return false; }

    value_type perform(const core& stream, std::uint64_t offset, attempt& found) const noexcept
    {
        found = look(stream, offset, wanted());
        return found.available;
    }
};

template <bool Sequential>
struct view_action
{
    using value_type = view;
    static constexpr bool sequential = Sequential;

    std::size_t max_;

    static std::uint64_t wanted() noexcept { return 1; }
    bool wants_nothing() const noexcept { return max_ == 0; }

    value_type perform(const core& stream, std::uint64_t offset, attempt& found) const noexcept
    {
        found = look(stream, offset, 1);
        if (found.outcome != read_outcome::ready)
            return {};
        return lend(stream, offset, at_most(max_, found.available));
    }
};

// Not a read of bytes: it lands on an offset counted from the end.
struct seek_end_action
{
    using value_type = std::uint64_t;
    static constexpr bool sequential = true;

    std::uint64_t back_;

    static std::uint64_t wanted() noexcept { return std::uint64_t(-1); }
    static bool wants_nothing() noexcept { return false; }

    value_type perform(const core& stream, std::uint64_t, attempt& found) const noexcept
    {
        found = look_at_end(stream, back_);
        return found.available;
    }
};

template <class Action>
inline constexpr bool seeks_end = std::is_same_v<Action, seek_end_action>;

inline std::uint64_t bytes_in(std::uint64_t n) noexcept
{
    return n;
}
inline std::uint64_t bytes_in(const view& v) noexcept
{
    return v.size();
}

// Where the reader stands after a sequential action; a gap moves it to the base.
template <class Action>
cursor::landing landing_after(
    std::uint64_t offset, const attempt& found, const typename Action::value_type& value) noexcept
{
    if (found.outcome == read_outcome::gap)
        return {found.base, found.base - offset};
    if constexpr (seeks_end<Action>)
        return {found.outcome == read_outcome::ready ? value : offset, 0};
    else
        return {offset + bytes_in(value), 0};
}

} // namespace spool::detail
