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

// Copies the bytes from `offset` on behind the first `done` bytes of the buffers, until `n` are there, or
// memory has no more of them. Returns how many are there then.
template <class MutableBufferSequence>
std::size_t fill(
    core& stream,
    std::uint64_t offset,
    const MutableBufferSequence& buffers,
    std::size_t n,
    std::size_t done)
{
    std::size_t before = done;
    const auto end = asio::buffer_sequence_end(buffers);
    for (auto i = asio::buffer_sequence_begin(buffers); i != end && done != n; ++i)
    {
        asio::mutable_buffer to(*i);
        const std::size_t skipped = std::min(before, to.size());
        before -= skipped;
        to = asio::buffer(to + skipped, n - done);
        const std::size_t copied = copy_out(stream, offset, to);
        offset += copied;
        done += copied;
        if (copied != to.size())
            break;
    }
    return done;
}

// Each action has: the type its handler gets besides the error; whether it moves the offset
// (`sequential`); how many bytes it waits for, and how many it has; whether it wants none; and `perform`,
// which looks what there is and does the work, unless it would have to wait. Where memory has let go of
// bytes, it may do a part of the work and then have to wait for the next one.

template <class MutableBufferSequence, bool Sequential>
struct read_some_action
{
    using value_type = std::size_t;
    static constexpr bool sequential = Sequential;

    MutableBufferSequence buffers_;

    static std::uint64_t wanted() noexcept { return 1; }
    static std::uint64_t done() noexcept { return 0; }
    bool wants_nothing() const noexcept { return asio::buffer_size(buffers_) == 0; }

    value_type perform(core& stream, std::uint64_t offset, attempt& found) const
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
        const std::size_t n = fill(
            stream, offset, buffers_, at_most(asio::buffer_size(buffers_), found.available), 0);
        if (n == 0)
            found = missing(stream, offset);
        return n;
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
    mutable std::size_t done_ = 0;

    std::uint64_t wanted() const noexcept { return asio::buffer_size(buffers_); }
    std::uint64_t done() const noexcept { return done_; }
    bool wants_nothing() const noexcept { return wanted() == 0; }

    // Nothing is copied before all of it can be seen; from a stream that lets go of bytes, before a step
    // of it can be.
    value_type perform(core& stream, std::uint64_t offset, attempt& found) const
    {
        do
        {
            const std::uint64_t left = wanted() - done_;
            found = look(stream, offset + done_, std::min(left, longest_step(stream)));
            if (found.outcome == read_outcome::wait)
            {
                found.available = 0;
                return 0;
            }
            const std::size_t n = done_ + at_most(left, found.available);
            done_ = fill(stream, offset + done_, buffers_, n, done_);
            if (done_ != n)
                found = missing(stream, offset + done_);
        } while (found.outcome == read_outcome::ready && done_ != wanted());
        return done_;
    }
};

struct wait_action
{
    using value_type = std::uint64_t;
    static constexpr bool sequential = false;

    std::uint64_t min_bytes_;

    std::uint64_t wanted() const noexcept { return min_bytes_; }
    static std::uint64_t done() noexcept { return 0; }
    static bool wants_nothing() noexcept { return false; }

    value_type perform(core& stream, std::uint64_t offset, attempt& found) const noexcept
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
    static std::uint64_t done() noexcept { return 0; }
    bool wants_nothing() const noexcept { return max_ == 0; }

    value_type perform(core& stream, std::uint64_t offset, attempt& found) const noexcept
    {
        found = look(stream, offset, 1);
        if (found.outcome != read_outcome::ready)
            return {};
        view lent = lend(stream, offset, at_most(max_, found.available));
        if (lent.empty())
            found = missing(stream, offset);
        return lent;
    }
};

// Not a read of bytes: it lands on an offset counted from the end.
struct seek_end_action
{
    using value_type = std::uint64_t;
    static constexpr bool sequential = true;

    std::uint64_t back_;

    static std::uint64_t wanted() noexcept { return std::uint64_t(-1); }
    static std::uint64_t done() noexcept { return 0; }
    static bool wants_nothing() noexcept { return false; }

    value_type perform(core& stream, std::uint64_t, attempt& found) const noexcept
    {
        found = look_at_end(stream, back_);
        return found.available;
    }
};

template <class Action>
inline constexpr bool seeks_end = std::is_same_v<Action, seek_end_action>;

// Whether it says what there is, also when it was cancelled.
template <class Action>
inline constexpr bool only_looks = std::is_same_v<Action, wait_action>;

// Whether it needs the bytes themselves.
template <class Action>
inline constexpr bool takes_bytes = !seeks_end<Action> && !only_looks<Action>;

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
        return {found.base, 0, found.base - offset};
    if constexpr (seeks_end<Action>)
        return {found.outcome == read_outcome::ready ? value : offset, 0};
    else
        return {offset + bytes_in(value), bytes_in(value)};
}

} // namespace spool::detail
