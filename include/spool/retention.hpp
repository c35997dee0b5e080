// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

/// @file
/// Which bytes a stream keeps, and where a new reader begins.

#include <cstdint>

namespace spool {

/// Which of its bytes a stream keeps: all of them, or not more than a limit.
///
/// The limit is for the memory of a stream in memory, and for the space of a storage. It counts whole
/// chunks, which are an eighth of it or smaller: at least seven eighths can be used at any time, and one
/// append can be that large. A limit below 512 bytes is taken for 512.
class retention
{
public:
    /// The ways to let go of bytes.
    enum class kind : std::uint8_t
    {
        all,    ///< None goes.
        last,   ///< The oldest go when there is no room for new ones.
        unread, ///< The same, but what a tethered reader has not passed stays, and writers wait.
    };

    /// As `retain_all`.
    constexpr retention() noexcept = default;
    /// Of a kind; the limit is in bytes.
    constexpr retention(kind what, std::uint64_t limit) noexcept : kind_(what), limit_(limit) {}

    /// How bytes go.
    [[nodiscard]] constexpr kind what() const noexcept { return kind_; }
    /// The limit in bytes; none for `kind::all`.
    [[nodiscard]] constexpr std::uint64_t limit() const noexcept
    {
        return kind_ == kind::all ? UINT64_MAX : limit_;
    }

    /// Whether both keep the same.
    friend constexpr bool operator==(const retention&, const retention&) noexcept = default;

private:
    kind kind_ = kind::all;
    std::uint64_t limit_ = UINT64_MAX;
};

/// Keeps all bytes.
inline constexpr retention retain_all{};

/// Keeps the last bytes: older ones go when new ones come, and who has not read them gets `errc::gap`.
[[nodiscard]] constexpr retention retain_last(std::uint64_t limit) noexcept
{
    return {retention::kind::last, limit};
}

/// Keeps what tethered readers have not passed: when nothing else may go, writers wait.
[[nodiscard]] constexpr retention retain_unread(std::uint64_t limit) noexcept
{
    return {retention::kind::unread, limit};
}

/// Where a new reader begins: at an offset, or in relation to what the stream holds just then.
class start_position
{
public:
    /// What the position is counted from.
    enum class origin : std::uint8_t
    {
        begin, ///< The beginning of the stream, whether that byte is still held or not.
        base,  ///< The first byte that is still held.
        end,   ///< The end, backwards; at most to the first byte that is still held.
    };

    /// At an offset.
    constexpr start_position(std::uint64_t offset) noexcept : count_(offset) {}
    /// So many bytes from an origin.
    constexpr start_position(origin from, std::uint64_t count) noexcept : from_(from), count_(count)
    {
    }

    /// The offset, in a stream with this base and size.
    [[nodiscard]] constexpr std::uint64_t
    offset(std::uint64_t base, std::uint64_t size) const noexcept
    {
        if (from_ == origin::begin)
            return count_;
        if (from_ == origin::base || count_ > size - base)
            return base;
        return size - count_;
    }

private:
    origin from_ = origin::begin;
    std::uint64_t count_;
};

/// From the first byte that is still held.
inline constexpr start_position from_base{start_position::origin::base, 0};
/// From the end: only what comes next.
inline constexpr start_position from_end{start_position::origin::end, 0};
/// From so many bytes before the end, or as many of them as there are.
[[nodiscard]] constexpr start_position from_last(std::uint64_t bytes) noexcept
{
    return {start_position::origin::end, bytes};
}

} // namespace spool
