// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "state.hpp"

#include <algorithm>

namespace spool::detail {

read_decision decide_read(const state& s, std::uint64_t offset, std::uint64_t min_bytes) noexcept
{
    if (s.is == status::discarded)
        return {read_outcome::cause, 0};
    if (offset < s.base)
        return {read_outcome::gap, 0};
    const std::uint64_t available = offset < s.size ? s.size - offset : 0;
    if (available >= min_bytes)
        return {read_outcome::ready, available};
    switch (s.is)
    {
    case status::open:
        return {read_outcome::wait, available};
    case status::closed:
        return {read_outcome::end, available};
    case status::failed:
    case status::discarded:
        break;
    }
    return {read_outcome::cause, available};
}

std::uint64_t awaited_offset(std::uint64_t offset, std::uint64_t min_bytes) noexcept
{
    return min_bytes > max_offset - offset ? max_offset : offset + min_bytes;
}

write_outcome decide_write(const state& s, std::uint64_t n, bool waits) noexcept
{
    if (n == 0)
        return write_outcome::accept;
    if (s.is == status::closed)
        return write_outcome::closed;
    if (s.is != status::open)
        return write_outcome::cause;
    if (waits)
        return write_outcome::wait;
    if (n > s.final_size - s.size)
        return write_outcome::size_mismatch;
    return write_outcome::accept;
}

std::size_t lendable(const state& s, std::size_t n) noexcept
{
    return static_cast<std::size_t>(std::min<std::uint64_t>(n, s.final_size - s.size));
}

close_outcome decide_close(const state& s) noexcept
{
    if (s.is != status::open)
        return close_outcome::nothing;
    if (s.final_size != unknown_size && s.size < s.final_size)
        return close_outcome::fail_short;
    return close_outcome::close;
}

declare_outcome decide_declare(const state& s, std::uint64_t n) noexcept
{
    if (s.is == status::closed)
        return declare_outcome::closed;
    if (s.is != status::open)
        return declare_outcome::cause;
    if (s.final_size != unknown_size)
        return declare_outcome::known;
    if (n < s.size || n == unknown_size)
        return declare_outcome::size_mismatch;
    return declare_outcome::accept;
}

} // namespace spool::detail
