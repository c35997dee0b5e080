// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// A run of bytes that never moves: what rows of chunks (log.hpp, window.hpp) are made of. Chunks are
// counted references, because views keep them beyond the row.

#include <boost/smart_ptr/intrusive_ptr.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace spool::detail {

inline constexpr std::size_t largest_chunk = std::size_t{2} << 20;

class memory_use;
void intrusive_ptr_add_ref(memory_use* m) noexcept;
void intrusive_ptr_release(memory_use* m) noexcept;

// How many bytes the chunks of a stream take, also of those that only views keep.
class memory_use
{
public:
    std::uint64_t bytes() const noexcept { return bytes_.load(std::memory_order_relaxed); }

private:
    friend class chunk;
    friend void intrusive_ptr_add_ref(memory_use* m) noexcept;
    friend void intrusive_ptr_release(memory_use* m) noexcept;

    std::atomic<std::uint64_t> bytes_{0};
    std::atomic<std::uint32_t> references_{0};
};

class chunk
{
public:
    explicit chunk(std::size_t capacity, boost::intrusive_ptr<memory_use> counted = {});
    ~chunk();

    chunk(const chunk&) = delete;
    chunk& operator=(const chunk&) = delete;

    std::byte* data() const noexcept { return data_; }
    std::size_t capacity() const noexcept { return capacity_; }
    bool is_shared() const noexcept { return references_.load(std::memory_order_acquire) != 1; }

private:
    friend class window;
    friend void intrusive_ptr_add_ref(chunk* c) noexcept;
    friend void intrusive_ptr_release(chunk* c) noexcept;

    std::atomic<std::uint32_t> references_{0};
    std::size_t capacity_;
    std::byte* data_;
    boost::intrusive_ptr<memory_use> counted_;
    boost::intrusive_ptr<chunk> next_spare_; // in a window
};

void intrusive_ptr_add_ref(chunk* c) noexcept;
void intrusive_ptr_release(chunk* c) noexcept;

} // namespace spool::detail
