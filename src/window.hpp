// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// The bytes of a stream that lets go of them: a row of chunks of one size, without those at the front.
//
// The chunk of an offset has its place in a ring, by arithmetic. A place points to a slot, and a slot to a
// chunk. The writer adds chunks at the end and lets go of them at the front, in the same places again;
// what went is used for the next, so that a stream that goes on and on takes no fresh memory.
//
// A reader may just be copying from a chunk that is to go. So each slot counts those that hold it
// (`hold`): `gone` is set at once, from then on nobody gets hold of the chunk, and whoever brings the
// count to zero lets go of it. Slots are never freed before the window is. A reader that comes too late
// may find its place given to a later chunk, but then it finds the beginning moved, too. A slot whose
// chunk is still held when its place is needed is put aside, and another takes the place.
//
// The ring grows with the number of chunks; the rings before stay, for readers that just look there.

#include <spool/config.hpp>

#include "chunk.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/smart_ptr/intrusive_ptr.hpp>

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <forward_list>
#include <memory>
#include <span>

namespace spool::detail {

class window
{
public:
    // Begins at `start`; the size of a chunk is a power of two.
    window(std::size_t chunk_size, std::uint64_t start);
    ~window();

    window(const window&) = delete;
    window& operator=(const window&) = delete;

    std::size_t chunk_size() const noexcept { return std::size_t{1} << shift_; }

    // The first offset that it still has, for any thread; the end of the first chunk.
    std::uint64_t begin() const noexcept { return begin_.load(std::memory_order_acquire); }
    std::uint64_t first_end() const noexcept { return (first_ + 1) << shift_; }

    // The memory of all its chunks, also of those that views keep after it let go of them; and what it
    // has itself.
    std::uint64_t used() const noexcept { return use_->bytes(); }
    std::uint64_t resident() const noexcept { return (end_ - first_ + spares_) << shift_; }

    // The writer's side, on the strand. Both throw std::bad_alloc and then have changed nothing that
    // can be seen.
    void reserve(std::uint64_t offset, std::uint64_t n);
    asio::mutable_buffer
    room(std::uint64_t offset, std::size_t max, boost::intrusive_ptr<chunk>& holder);

    // Copies the first `n` bytes of the buffers to `offset`, in reserved room.
    void copy_in(
        std::uint64_t offset, std::span<const asio::const_buffer> buffers, std::size_t n) noexcept;

    // Lets go of the chunks that end at or before `offset`.
    void let_go_until(std::uint64_t offset) noexcept;

    // Frees memory that waits for new chunks, until all is at most `bytes`, or nothing waits.
    void trim(std::uint64_t bytes) noexcept;

    // Lets go of everything; nobody asks for anything any more.
    void clear() noexcept;

    // Of bytes that are not let go of meanwhile.
    asio::const_buffer at(std::uint64_t offset, std::size_t max) const noexcept;

private:
    friend class hold;

    struct slot
    {
        std::atomic<chunk*> holder{nullptr}; // null once it went
        std::byte* data = nullptr;
        std::atomic<std::uint32_t> holds{gone};
        slot* next_aside = nullptr;
    };

    using place = std::atomic<slot*>;

    struct ring
    {
        explicit ring(std::size_t size) : mask_(size - 1), places_(new place[size]()) {}

        place& at(std::uint64_t index) const noexcept { return places_[index & mask_]; }

        std::uint64_t mask_;
        std::unique_ptr<place[]> places_;
    };

    static constexpr std::uint32_t gone = std::uint32_t{1} << 31;

    void make_places(std::uint64_t n);
    void add();
    slot& take_slot(place& p);
    void let_go() noexcept;
    std::size_t inside(std::uint64_t offset) const noexcept { return offset & (chunk_size() - 1); }

    slot& slot_of(std::uint64_t offset) const noexcept
    {
        const ring& r = *ring_.load(std::memory_order_acquire);
        return *r.at(offset >> shift_).load(std::memory_order_acquire);
    }

    static boost::intrusive_ptr<chunk> take(slot& s) noexcept;

    const unsigned shift_; // log2 of the size of a chunk
    std::atomic<std::uint64_t> begin_;
    std::atomic<ring*> ring_;

    // On the strand.
    std::uint64_t first_; // the number of the first chunk that is not gone
    std::uint64_t end_;   // behind the last
    boost::intrusive_ptr<memory_use> use_;
    boost::intrusive_ptr<chunk> spare_; // the first of those that wait for a new chunk
    std::uint64_t spares_ = 0;
    std::forward_list<ring> rings_; // the latest first
    std::forward_list<slot> slots_; // all
    slot* aside_ = nullptr;         // the first of those without a place
};

// Keeps the chunk of an offset while somebody copies from it.
class hold
{
public:
    hold(const window& of, std::uint64_t offset) noexcept;
    ~hold();

    hold(const hold&) = delete;
    hold& operator=(const hold&) = delete;

    // From the offset to the end of the chunk; nothing, if the chunk is gone.
    asio::const_buffer bytes() const noexcept { return bytes_; }
    chunk* holder() const noexcept { return slot_->holder.load(std::memory_order_relaxed); }

private:
    window::slot* slot_ = nullptr;
    asio::const_buffer bytes_;
};

} // namespace spool::detail
