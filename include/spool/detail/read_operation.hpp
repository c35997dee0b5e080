// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// The reads. What a read wants and what it does with the bytes is an action (read_actions.hpp);
// waiting, completing and the reader's offset are the same for all of them.

#include <spool/detail/cancel_hook.hpp>
#include <spool/detail/completion.hpp>
#include <spool/detail/read_actions.hpp>
#include <spool/detail/reader_state.hpp>
#include <spool/error.hpp>

#include <boost/asio/error.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

namespace spool::detail {

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
