// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// The reads. What a read wants and what it does with the bytes is an *action*; waiting, completing
// and the reader's offset are the same for all of them.

#include <spool/detail/attempt.hpp>
#include <spool/detail/cancel_hook.hpp>
#include <spool/detail/completion.hpp>
#include <spool/detail/reader_state.hpp>
#include <spool/error.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

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
// (`sequential`); how many bytes it waits for; whether it wants none; what it finds; and `finish`,
// which does the work and may change the error.

template <class MutableBufferSequence, bool Sequential>
struct read_some_action
{
    using value_type = std::size_t;
    static constexpr bool sequential = Sequential;

    MutableBufferSequence buffers_;

    static std::uint64_t wanted() noexcept { return 1; }
    bool wants_nothing() const noexcept { return asio::buffer_size(buffers_) == 0; }

    value_type finish(const core& stream, std::uint64_t offset, attempt& found) const
    {
        if (found.error)
            return 0;
        return fill(
            stream, offset, buffers_, at_most(asio::buffer_size(buffers_), found.available));
    }
};

template <class MutableBufferSequence>
struct read_all_action
{
    using value_type = std::size_t;
    static constexpr bool sequential = false;

    MutableBufferSequence buffers_;

    std::uint64_t wanted() const noexcept { return asio::buffer_size(buffers_); }
    bool wants_nothing() const noexcept { return wanted() == 0; }

    value_type finish(const core& stream, std::uint64_t offset, attempt& found) const
    {
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

    static value_type finish(const core&, std::uint64_t, attempt& found) noexcept
    {
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

    value_type finish(const core& stream, std::uint64_t offset, attempt& found) const noexcept
    {
        if (found.error)
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

    static value_type finish(const core&, std::uint64_t, attempt& found) noexcept
    {
        return found.error ? 0 : found.available;
    }
};

template <class Action>
inline constexpr bool seeks_end = std::is_same_v<Action, seek_end_action>;

template <class Action>
attempt look_for(const core& stream, std::uint64_t offset, const Action& action) noexcept
{
    if constexpr (seeks_end<Action>)
        return look_at_end(stream, action.back_);
    else
        return look(stream, offset, action.wanted());
}

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
    if (found.error == make_error_code(errc::gap))
        return {found.base, found.base - offset};
    if constexpr (seeks_end<Action>)
        return {found.error ? offset : value, 0};
    else
        return {offset + bytes_in(value), 0};
}

template <class Value>
struct read_result
{
    boost::system::error_code error;
    Value value{};
};

template <class Handler, class Action>
class read_operation final : public operation
{
public:
    read_operation(
        Handler&& handler, const handle_state& owner, std::uint64_t offset, Action&& action)
        : operation(&finish), offset_(offset), action_(std::move(action)),
          handler_(std::move(handler), owner)
    {
        const std::uint64_t wanted = action_.wanted();
        awaited_ = wanted > std::uint64_t(-1) - offset ? std::uint64_t(-1) : offset + wanted;
        awaits_end_ = seeks_end<Action>;
    }

    const parked_handler<Handler>& parked() const noexcept { return handler_; }

private:
    using value_type = typename Action::value_type;

    static std::size_t finish(operation* base, core* stream)
    {
        auto* const self = static_cast<read_operation*>(base);
        const boost::intrusive_ptr<handle_state> owner = self->owner_;
        read_result<value_type> result;
        if (stream)
            result = self->perform(*stream);
        else if constexpr (Action::sequential)
            static_cast<reader_state&>(*owner).position_.land({self->offset_, 0});
        const bool elsewhere = self->other_port_ != nullptr;
        owner->leave();
        auto handler = take_handler<Handler>(self, self->handler_);
        if (!stream)
            return 0;
        const auto bytes = static_cast<std::size_t>(bytes_in(result.value));
        handler.call(*owner, elsewhere, result.error, std::move(result.value));
        return seeks_end<Action> ? 0 : bytes;
    }

    read_result<value_type> perform(const core& stream)
    {
        attempt found;
        found.error = error_;
        if (!error_)
            found = look_for(stream, offset_, action_);
        read_result<value_type> result;
        if (!error_)
            result.value = action_.finish(stream, offset_, found);
        result.error = found.error;
        if constexpr (Action::sequential)
            static_cast<reader_state&>(*owner_).position_.land(
                landing_after<Action>(offset_, found, result.value));
        return result;
    }

    std::uint64_t offset_;
    Action action_;
    parked_handler<Handler> handler_;
};

// A read that does not wait. With `waits` the caller has to decide what to do about it.
template <class Action>
read_result<typename Action::value_type>
try_read(reader_state& reader, std::uint64_t offset, const Action& action, bool& waits)
{
    read_result<typename Action::value_type> result;
    if (!reader.stream())
    {
        result.error = asio::error::bad_descriptor;
        return result;
    }
    if (action.wants_nothing())
        return result;
    if (Action::sequential && !reader.position_.idle())
    {
        result.error = errc::read_pending;
        return result;
    }
    const core& stream = *reader.stream();
    attempt found = look_for(stream, offset, action);
    waits = found.waits;
    if (waits)
        return result;
    result.value = action.finish(stream, offset, found);
    result.error = found.error;
    if constexpr (Action::sequential)
        reader.position_.move(landing_after<Action>(offset, found, result.value));
    return result;
}

// A read that must not wait.
template <class Action>
read_result<typename Action::value_type>
read_now(reader_state& reader, bool open, std::uint64_t offset, const Action& action)
{
    read_result<typename Action::value_type> result;
    if (!open)
    {
        result.error = asio::error::bad_descriptor;
        return result;
    }
    bool waits = false;
    result = try_read(reader, offset, action, waits);
    if (waits)
        result.error = asio::error::would_block;
    return result;
}

// The initiation of every read. It holds the shared state, not the handle: with a lazy completion
// token the handle may have been moved before it runs. `at` is empty for "the reader's offset".
class initiate_read
{
public:
    using executor_type = asio::any_io_executor;

    initiate_read(boost::intrusive_ptr<reader_state> reader, bool open) noexcept
        : reader_(std::move(reader)), open_(open)
    {
    }

    const executor_type& get_executor() const noexcept { return reader_->executor(); }

    template <class Handler, class Action>
    void operator()(Handler handler, Action action, std::optional<std::uint64_t> at) const
    {
        if (!reader_->executor())
            return; // the context is gone: the handler is destroyed uninvoked
        using value_type = typename Action::value_type;
        if (!open_)
            return complete_now(
                *reader_,
                std::move(handler),
                boost::system::error_code(asio::error::bad_descriptor),
                value_type{});
        const std::uint64_t offset = at ? *at : reader_->position_.offset();
        bool waits = false;
        auto result = try_read(*reader_, offset, action, waits);
        if (!waits)
            return complete_now(
                *reader_, std::move(handler), result.error, std::move(result.value));
        wait(handler, action, offset);
    }

private:
    template <class Handler, class Action>
    void wait(Handler& handler, Action& action, std::uint64_t offset) const
    {
        using operation_type = read_operation<Handler, Action>;
        if constexpr (!Action::sequential)
            start_operation<operation_type>(*reader_, handler, offset, std::move(action));
        else
        {
            reader_->position_.begin();
            try
            {
                start_operation<operation_type>(*reader_, handler, offset, std::move(action));
            }
            catch (...)
            {
                reader_->position_.land({offset, 0});
                throw;
            }
        }
    }

    boost::intrusive_ptr<reader_state> reader_;
    bool open_;
};

} // namespace spool::detail
