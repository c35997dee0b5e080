// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// The bytes of a stream: a row of chunks that never move.
//
// Chunk sizes double from 2 KiB to 2 MiB and stay there, so the chunk of an offset is found by
// arithmetic. Those of the largest size are listed in tables of 1024 entries, 1024 times as many, and so
// on: a table never moves either, and nothing is ever copied to grow. The writer adds chunks and fills
// them; the stream then publishes its size with a release-store, and whoever loaded that size may read
// all below it without a lock.
//
// A log keeps all that was put into it. Streams that let go of bytes have a window (window.hpp).

#include <spool/config.hpp>

#include "chunk.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/smart_ptr/intrusive_ptr.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <span>

namespace spool::detail {

// Where an offset lies: which chunk, how far in it, and how many bytes of the chunk follow.
struct chunk_position
{
    std::size_t index;
    std::size_t inside;
    std::size_t room;

    bool operator==(const chunk_position&) const = default;
};

inline constexpr std::size_t smallest_chunk = std::size_t{2} << 10;

inline constexpr std::size_t doublings =
    std::countr_zero(largest_chunk) - std::countr_zero(smallest_chunk);

[[nodiscard]] constexpr chunk_position locate(std::uint64_t offset) noexcept
{
    constexpr std::uint64_t doubling_end = largest_chunk - smallest_chunk;
    if (offset < doubling_end)
    {
        const std::uint64_t units = offset / smallest_chunk + 1;
        const std::size_t index = static_cast<std::size_t>(std::bit_width(units)) - 1;
        const std::size_t capacity = smallest_chunk << index;
        const std::uint64_t begin = capacity - smallest_chunk;
        const auto inside = static_cast<std::size_t>(offset - begin);
        return {index, inside, capacity - inside};
    }
    const std::uint64_t past = offset - doubling_end;
    const auto inside = static_cast<std::size_t>(past % largest_chunk);
    return {
        doublings + static_cast<std::size_t>(past / largest_chunk), inside, largest_chunk - inside};
}

class log
{
public:
    log() = default;
    ~log();

    log(const log&) = delete;
    log& operator=(const log&) = delete;

    // The writer's side, on the strand. Both throw std::bad_alloc and then have changed nothing that
    // can be seen.
    void reserve(std::uint64_t offset, std::uint64_t n)
    {
        if (offset + n > end_)
            grow(offset + n);
    }
    asio::mutable_buffer
    room(std::uint64_t offset, std::size_t max, boost::intrusive_ptr<chunk>& holder);

    // The memory of its chunks.
    std::uint64_t resident() const noexcept { return end_; }

    // Lets go of everything; no reader may be left.
    void clear() noexcept;

    // Copies the buffers to `offset`, in reserved room.
    void copy_in(std::uint64_t offset, std::span<const asio::const_buffer> buffers) noexcept;

    // The readers' side: any thread, below a size that it loaded.
    void copy_out(std::uint64_t offset, asio::mutable_buffer to) const noexcept;
    asio::const_buffer run(std::uint64_t offset, std::size_t n) const noexcept; // if in one chunk
    asio::const_buffer
    at(std::uint64_t offset, std::size_t max, boost::intrusive_ptr<chunk>& holder) const noexcept;

private:
    // One chunk, which is referred to. Where its bytes are stands beside it, so that a reader need not
    // touch the chunk itself.
    struct slot
    {
        chunk* holder;
        std::byte* data;
    };

    struct free_memory
    {
        void operator()(void* p) const noexcept { std::free(p); }
    };

    using table = std::unique_ptr<slot[], free_memory>;

    struct entry
    {
        std::size_t table;
        std::size_t size; // of that table
        std::size_t index;
    };

    static constexpr entry entry_of(std::size_t large_chunk) noexcept
    {
        constexpr std::size_t first = 1024;
        entry e{0, first, large_chunk};
        for (; e.index >= e.size; e.size *= first, ++e.table)
            e.index -= e.size;
        return e;
    }

    void grow(std::uint64_t end);
    slot& new_slot();

    const slot& slot_of(std::size_t index) const noexcept
    {
        if (index < doublings)
            return small_[index];
        const entry e = entry_of(index - doublings);
        return tables_[e.table][e.index];
    }

    std::array<slot, doublings> small_{};
    std::array<table, 5> tables_;
    std::size_t chunks_ = 0; // on the strand
    std::uint64_t end_ = 0;  // of the last chunk, on the strand
};

inline asio::const_buffer log::run(std::uint64_t offset, std::size_t n) const noexcept
{
    const chunk_position p = locate(offset);
    const std::byte* const from = slot_of(p.index).data + p.inside;
    if (n > p.room) [[unlikely]]
        return {};
    return {from, n};
}

} // namespace spool::detail
