// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

/// @file
/// What can be chosen when a stream is made, and when something is written.

#include <spool/alarm.hpp>
#include <spool/config.hpp>
#include <spool/retention.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace spool {

/// How safe the bytes are when a write completes.
enum class level : std::uint8_t
{
    visible, ///< Readers can see them.
    written, ///< They survive the end of the process.
    synced,  ///< They survive the loss of power, as far as the device keeps its word.
};

/// The options of a stream. One that is made without any keeps all of its bytes, in memory and for ever,
/// and its reads are a little cheaper for that.
struct options
{
    /// With a storage, how many bytes may stay in memory once they are written, in bytes; rounded up to
    /// whole chunks. Half of it is for the end of the stream, half for what was read back.
    std::size_t resident_limit = std::size_t{8} << 20;

    /// Runs the calls of the storage, which block. By default a pool of four threads that all streams of
    /// the process share; for more or fewer, the executor of an `asio::thread_pool` that outlives them.
    asio::any_io_executor blocking_executor = {};

    /// Which bytes the stream keeps; `stream::set_retention` changes it.
    retention retain = retain_all;

    /// How long a tethered reader may hold up writers under `retain_unread`: if it has not passed another
    /// eighth of the limit in that time, its reads give `errc::too_slow` from then on, and it holds up
    /// nobody. 0 is for ever.
    std::chrono::nanoseconds stall_limit = {};

    /// Tells that the time is over; by default a `steady_timer` on the stream's executor.
    std::shared_ptr<alarm> stall_alarm = {};
};

} // namespace spool
