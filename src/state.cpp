// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "state.hpp"

#include <algorithm>

namespace spool::detail {

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
