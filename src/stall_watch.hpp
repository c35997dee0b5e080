// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// The alarm of a stream that cuts off readers which hold up its writers for too long.
//
// Whether it is to be set is decided on the strand. Setting it runs the code of others, so that is done
// off the strand, by one thread at a time, which then looks whether something else has been decided.

#include <spool/alarm.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>

namespace spool::detail {

class stall_watch
{
public:
    // Without an alarm it makes one of its own.
    stall_watch(
        const boost::asio::any_io_executor& executor,
        std::chrono::nanoseconds limit,
        std::shared_ptr<alarm> given);

    // What is to be done next, off the strand: an alarm to set, or, if its number is 0, to cancel.
    struct step
    {
        std::shared_ptr<alarm> of;
        std::uint64_t number = 0;
    };

    // On the strand. `want` says whether the caller is to take the steps that `next` gives, until it
    // gives none.
    bool want(bool set) noexcept;
    bool is_wanted() const noexcept { return wanted_ != 0; }
    step next() noexcept;

    // On the strand: whether a call is for the alarm that is set now, which it then no longer is.
    bool rings(std::uint64_t number) noexcept;

    // On the strand: the context ends, and there is no alarm any more.
    std::shared_ptr<alarm> give_up() noexcept { return std::move(alarm_); }

    void take(const step& s, std::function<void()> ring) const;

private:
    const std::chrono::nanoseconds limit_;
    std::shared_ptr<alarm> alarm_;
    std::uint64_t latest_ = 0; // number of an alarm
    std::uint64_t wanted_ = 0; // or 0, if none is
    std::uint64_t set_ = 0;    // or 0, if none is
    bool changes_ = false;     // somebody takes steps
};

} // namespace spool::detail
