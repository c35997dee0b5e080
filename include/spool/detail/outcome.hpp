// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// How reads and writes end, and what their handlers are told of it.

#include <boost/system/error_code.hpp>
#include <boost/system/system_error.hpp>

#include <cstdint>

namespace spool::detail {

class core;

enum class read_outcome : std::uint8_t
{
    ready,
    wait,
    end,   // eof
    cause, // of the stream's failure
    gap,
    too_far,   // before the beginning, counted from the end
    too_large, // more bytes than the stream can hold
    too_slow,  // the reader was cut off
    storage,   // could not read the bytes back
    aborted,   // cancelled before anything else happened
    pending,   // another sequential read is
    no_stream, // the handle is closed
};

enum class write_outcome : std::uint8_t
{
    accept,
    wait,
    closed,
    cause,
    size_mismatch,
    too_large, // more than the stream can hold
    no_memory,
    not_lent,    // more is to be committed than was lent
    storage,     // could not keep the bytes
    unsupported, // there is no storage
    aborted,
    no_stream,
};

// The error of an outcome. There is no stream if it is `no_stream`. The error lies in memory for
// longer than a handler is called: to copy what was just written, compilers use one wide load, which
// would wait for the narrow stores.
const boost::system::error_code& failure_of(const core* stream, read_outcome outcome) noexcept;
const boost::system::error_code& failure_of(const core* stream, write_outcome outcome) noexcept;

inline constexpr boost::system::error_code success;

inline const boost::system::error_code& error_of(const core* stream, read_outcome outcome) noexcept
{
    return outcome == read_outcome::ready ? success : failure_of(stream, outcome);
}

inline const boost::system::error_code& error_of(const core* stream, write_outcome outcome) noexcept
{
    return outcome == write_outcome::accept ? success : failure_of(stream, outcome);
}

// Throws the error, if it is one, as that of the member function `what`.
inline void throw_if(const boost::system::error_code& ec, const char* what)
{
    if (ec)
        throw boost::system::system_error(ec, what);
}

// The result of `call(ec)`, or its error as an exception.
template <class Call>
auto or_throw(const char* what, Call&& call)
{
    boost::system::error_code ec;
    auto result = call(ec);
    throw_if(ec, what);
    return result;
}

} // namespace spool::detail
