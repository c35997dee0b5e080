// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// What a stream keeps, as its documentation has it: a limit that counts whole chunks, each an eighth of the
// first limit or smaller.

#include <spool/retention.hpp>

#include <algorithm>
#include <cstdint>

namespace spool::test {

class limits
{
public:
    static constexpr std::uint64_t none = UINT64_MAX;

    // Of a stream that was made without options: it keeps all, for ever.
    limits() = default;
    // Of one that was made with some.
    explicit limits(const retention& chosen) : has_options_(true), retain_(chosen)
    {
        const std::uint64_t eighth = std::max<std::uint64_t>(chosen.limit(), 512) / 8;
        for (chunk_ = 1; chunk_ * 2 <= eighth && chunk_ < largest_chunk;)
            chunk_ *= 2;
    }

    bool has_options() const noexcept { return has_options_; }
    bool waits_for_readers() const noexcept { return retain_.what() == retention::kind::unread; }
    bool accepts(const retention& r) const noexcept { return capacity_of(r) >= 2 * chunk_; }
    void change(const retention& r) noexcept { retain_ = r; }

    // So many bytes are read at a time by who wants more.
    std::uint64_t step() const noexcept { return has_options_ ? chunk_ : none; }
    std::uint64_t chunk() const noexcept { return chunk_; }
    std::uint64_t capacity() const noexcept { return capacity_of(retain_); }

    // The most that always fits in, wherever in a chunk it begins.
    std::uint64_t largest_append() const noexcept
    {
        return capacity() == none ? none : capacity() - chunk_ + 1;
    }

    std::uint64_t down(std::uint64_t offset) const noexcept { return offset - offset % chunk_; }
    std::uint64_t up(std::uint64_t offset) const noexcept { return down(offset + chunk_ - 1); }

    // The least base with which all fits in that ends at `end`.
    std::uint64_t least_base(std::uint64_t end) const noexcept
    {
        return up(end) > capacity() ? up(end) - capacity() : 0;
    }

    // How much can come behind `size` if the base may go up to `base`.
    std::uint64_t room(std::uint64_t size, std::uint64_t base) const noexcept
    {
        if (capacity() == none)
            return none - size;
        const std::uint64_t end = down(std::min(base, size)) + capacity();
        return end > size ? end - size : 0;
    }

private:
    static constexpr std::uint64_t largest_chunk = std::uint64_t{256} << 10;

    std::uint64_t capacity_of(const retention& r) const noexcept
    {
        if (r.limit() == none)
            return none;
        return down(std::max<std::uint64_t>(r.limit(), 512));
    }

    bool has_options_ = false;
    std::uint64_t chunk_ = 1;
    retention retain_;
};

} // namespace spool::test
