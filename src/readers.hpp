// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// The readers of a stream: who they are, and how far all of them have passed. On the strand of the
// stream.
//
// The writer asks when it needs room, so about once in a chunk. Then it looks at one after the other,
// until it finds one in its way. That one is marked, and has the writer ask again when it has passed;
// the search then goes on where it was, so that many readers in the way cost one look each.

#include <spool/detail/reader_state.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace spool::detail {

class readers
{
public:
    // Throws std::bad_alloc.
    void add(reader_state& r);
    void remove(reader_state& r) noexcept;

    std::size_t count() const noexcept { return all_.size(); }
    const std::vector<reader_state*>& all() const noexcept { return all_; }

    // Whether all tethered readers have passed `offset`. If not, one of them tells when it has.
    bool have_passed(std::uint64_t offset) noexcept;

    // How far all of them have passed, for one who cannot wait.
    std::uint64_t passed() const noexcept;

    // Somebody holds what is from `offset` on, of which that may not have been known.
    void hold_from(std::uint64_t offset) noexcept;

    // Notes where those stand that have not passed `offset`; the first of them that has not moved since.
    void note_stalled(std::uint64_t offset) noexcept;
    reader_state* find_stalled(std::uint64_t offset) noexcept;
    static void cut_off(reader_state& r) noexcept;

    // What those have read and skipped that are gone.
    std::uint64_t gone_read() const noexcept { return gone_read_; }
    std::uint64_t gone_skipped() const noexcept { return gone_skipped_; }

private:
    bool is_in_way(reader_state& r, std::uint64_t offset) noexcept;

    std::vector<reader_state*> all_;
    std::uint64_t passed_ = 0; // what all have passed, as far as that is known

    // The search.
    std::uint64_t wanted_ = 0;
    std::uint64_t least_ = 0; // of those looked at
    std::size_t next_ = 0;

    std::uint64_t gone_read_ = 0;
    std::uint64_t gone_skipped_ = 0;
};

} // namespace spool::detail
