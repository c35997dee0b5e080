// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// The reads. What a read wants and what it does with the bytes is an action (read_actions.hpp);
// waiting, completing and the reader's offset are the same for all of them.

#include <spool/detail/cancel_hook.hpp>
#include <spool/detail/completion.hpp>
#include <spool/detail/initiation.hpp>
#include <spool/detail/parked_handler.hpp>
#include <spool/detail/read_actions.hpp>
#include <spool/detail/reader_state.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

namespace spool::detail {

template <class Handler, class Action>
class read_operation final : public operation
{
public:
    read_operation(
        Handler&& handler, const handle_state& owner, std::uint64_t offset, Action&& action)
        : operation(&finish), offset_(offset), action_(std::move(action)),
          handler_(std::move(handler), owner)
    {
        in_turns_ = lets_go(*owner.stream());
        role_ = seeks_end<Action> ? role::ends : takes_bytes<Action> ? role::reads : role::waits;
        await(wanted(*owner.stream()));
        if constexpr (requires { action_.waits_for(); })
            waits_for_ = action_.waits_for();
    }

    parked_handler<Handler>& parked() noexcept { return handler_; }

private:
    using value_type = typename Action::value_type;

    std::uint64_t wanted(const core& stream) const noexcept
    {
        const std::uint64_t left = action_.wanted() - action_.done();
        return takes_bytes<Action> ? std::min(left, longest_step(stream)) : left;
    }

    void await(std::uint64_t min_bytes) noexcept
    {
        awaited_ = awaited_offset(offset_ + action_.done(), min_bytes);
    }

    static std::size_t finish(operation* base, core* stream)
    {
        auto* const self = static_cast<read_operation*>(base);
        auto& owner = static_cast<reader_state&>(*self->owner_);
        attempt found{read_outcome::aborted};
        value_type value{};
        if (stream && !self->aborted_)
            value = self->action_.perform(*stream, self->offset_, found);
        else if constexpr (only_looks<Action>)
            if (attempt now; stream)
                value = self->action_.perform(*stream, self->offset_, now);
        if (found.outcome == read_outcome::wait) [[unlikely]]
        {
            if (!self->waits_for_ || !has_failed(*self->waits_for_))
            {
                // A byte that can be seen must be read back, or all of them must be seen first.
                const bool is_away = takes_bytes<Action> && found.available != 0;
                self->await(is_away ? 1 : self->wanted(*stream));
                self->waits_for_.reset();
                self->decided_ = false;
                return goes_on;
            }
            found.outcome = read_outcome::storage;
        }
        if (stream && self->in_turns_)
            leave_turn(*self);
        if (owner.is_cut_off())
        {
            found = {read_outcome::too_slow};
            value = {};
        }
        if constexpr (Action::sequential)
            owner.land(landing_after<Action>(self->offset_, found, value));
        const bool elsewhere = self->other_port_ != nullptr;
        const auto work = self->handler_.take_work();
        auto handler = take_handler<Handler>(self, self->handler_);
        if (!stream)
            return 0;
        const std::size_t bytes = seeks_end<Action> ? 0 : bytes_in(value);
        const auto& ec = error_of(stream, found.outcome);
        handler.call(owner, elsewhere, ec, std::move(value));
        return bytes;
    }

    std::uint64_t offset_;
    Action action_;
    parked_handler<Handler> handler_;
};

template <class Action>
struct read_result
{
    read_outcome outcome;
    typename Action::value_type value;
};

// A read that does not wait; if it would have to, nothing has happened.
template <class Action>
inline read_result<Action>
try_read(reader_state& reader, bool open, std::uint64_t offset, const Action& action)
{
    core* const stream = open ? reader.stream() : nullptr;
    if (!stream)
        return {read_outcome::no_stream, {}};
    if (action.wants_nothing())
        return {read_outcome::ready, {}};
    if (reader.is_cut_off()) [[unlikely]]
        return {read_outcome::too_slow, {}};
    if (Action::sequential && !reader.position_.idle())
        return {read_outcome::pending, {}};
    attempt found;
    auto value = action.perform(*stream, offset, found);
    if (found.outcome == read_outcome::wait) [[unlikely]]
        return {found.outcome, {}};
    if constexpr (Action::sequential)
        reader.move(landing_after<Action>(offset, found, value));
    return {found.outcome, std::move(value)};
}

// Reports how a read ended: in `ec`, or by throwing in the name of the member function `what`. The latter
// makes no error_code for a read that succeeds, because a small one costs little more than its memcpy.
inline void
report(const reader_state& reader, read_outcome outcome, boost::system::error_code& ec) noexcept
{
    if (outcome == read_outcome::ready) [[likely]]
        ec = {};
    else
        ec = error_of(reader.stream(), outcome);
}

inline void report(const reader_state& reader, read_outcome outcome, const char* what)
{
    if (outcome != read_outcome::ready) [[unlikely]]
        throw_if(error_of(reader.stream(), outcome), what);
}

// A read that must not wait; `errors` is where `report` puts them.
template <class Action, class Errors>
inline typename Action::value_type read_now(
    reader_state& reader, bool open, std::uint64_t offset, const Action& action, Errors&& errors)
{
    auto done = try_read(reader, open, offset, action);
    if (done.outcome == read_outcome::wait) [[unlikely]]
        call_for(*reader.stream(), offset);
    report(reader, done.outcome, errors);
    return std::move(done.value);
}

// The initiation of every read. With a lazy completion token the handle may have been moved before it
// runs, so it goes by the shared state.
class initiate_read : public initiation<reader_state>
{
public:
    using initiation::initiation;

    template <class Handler, class Action>
    void operator()(Handler handler, Action action, std::optional<std::uint64_t> at) const
    {
        reader_state& reader = *state_;
        if (!reader.executor())
            return; // the context is gone: the handler is destroyed uninvoked
        const std::uint64_t offset = at ? *at : reader.position_.offset();
        auto done = try_read(reader, open_, offset, action);
        if (done.outcome == read_outcome::wait)
            return wait(handler, action, offset);
        const auto& ec = error_of(reader.stream(), done.outcome);
        complete_now(reader, std::move(handler), ec, std::move(done.value));
    }

private:
    template <class Handler, class Action>
    void wait(Handler& handler, Action& action, std::uint64_t offset) const
    {
        using operation_type = read_operation<Handler, Action>;
        if constexpr (!Action::sequential)
            start_operation<operation_type>(*state_, handler, offset, std::move(action));
        else
        {
            state_->begin();
            try
            {
                start_operation<operation_type>(*state_, handler, offset, std::move(action));
            }
            catch (...)
            {
                state_->land({offset, 0});
                throw;
            }
        }
    }
};

template <class Token, class Action>
auto start_read(
    reader_state& reader, bool open, Token& token, Action action, std::optional<std::uint64_t> at)
{
    return asio::
        async_initiate<Token, void(boost::system::error_code, typename Action::value_type)>(
            initiate_read(reader, open), token, std::move(action), at);
}

} // namespace spool::detail
