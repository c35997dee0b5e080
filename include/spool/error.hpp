// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

/// @file
/// The errors of spool's own: `errc`, its category, and how it maps to generic conditions.

#include <spool/config.hpp>

#include <boost/system/error_code.hpp>

#include <type_traits>

namespace spool {

using boost::system::error_code;

/// The errors that only a stream can have.
///
/// Everything else is reported with the code that Asio has for it: `asio::error::eof` at the end of
/// a complete stream, `operation_aborted`, `bad_descriptor` (closed or moved-from handle),
/// `would_block`, `invalid_argument`, `no_memory`.
enum class errc
{
    /// A write after `close()`. Equivalent to `std::errc::broken_pipe`.
    closed = 1,
    /// The write handle was destroyed before `close()`: what was written is not the whole.
    /// Equivalent to `std::errc::connection_aborted`.
    abandoned,
    /// A second sequential read was started while one is waiting on the same reader.
    /// Equivalent to `std::errc::operation_in_progress`.
    read_pending,
    /// The bytes at the wanted offset are no longer held. See `reader::skipped()`.
    gap,
    /// A write beyond the declared final size, or a `close()` short of it.
    size_mismatch,
    /// The final size was declared before; it can be declared once.
    final_size_known,
    /// No new readers: the stream is being drained.
    draining,
    /// The stream was drained and removed; its bytes are gone.
    removed,
    /// The file is not the whole: whoever wrote it has not finished, or was interrupted.
    unfinished,
    /// The storage does not have bytes that it had kept: they were discarded, or somebody else has cut them
    /// off, or damaged what says where they are.
    lost,
    /// The reader has held up the writers for too long and was cut off.
    too_slow,
    /// The deadline of the operation has passed (`with_deadline`). Equivalent to `std::errc::timed_out`.
    timed_out,
};

/// The category of `errc`: name "spool".
[[nodiscard]] const boost::system::error_category& error_category() noexcept;

/// Makes an `error_code` of an `errc`.
[[nodiscard]] inline error_code make_error_code(errc e) noexcept
{
    return {static_cast<int>(e), error_category()};
}

} // namespace spool

/// @cond
// Lets an `errc` convert to an `error_code` by itself.
template <>
struct boost::system::is_error_code_enum<spool::errc> : std::true_type
{
};
/// @endcond
