// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// The bytes of a stream that were read back from its storage: pieces of one size, the least recently used
// of which makes room for the next.
//
// A read that finds no piece wants one and waits; a loader (on the executor for blocking calls) takes the
// wanted ones in turn. Whoever waits refers to its piece, and a piece that is referred to stays, so that
// what was loaded for somebody is there when it comes for it. If all are, the rest of the wanted ones wait.
//
// Who reads on finds the next pieces under way: the first use of a piece whose predecessor is there wants
// those behind it, too, several at a time, so that a loader that has begun goes on for a while.
//
// Guarded by a mutex, which is held for some loads and stores at a time, and never while bytes are read
// or copied.

#include "log.hpp"
#include "under_way.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/intrusive/list.hpp>
#include <boost/intrusive/set.hpp>
#include <boost/smart_ptr/intrusive_ptr.hpp>

#include <cstddef>
#include <cstdint>
#include <mutex>

namespace spool::detail {

// How many bytes are read back at a time.
inline constexpr std::size_t piece_size = std::size_t{256} << 10;

class piece;
using piece_ptr = boost::intrusive_ptr<piece>;

class piece final : public under_way,
                    public boost::intrusive::set_base_hook<>,
                    public boost::intrusive::list_base_hook<>
{
public:
    explicit piece(std::uint64_t begin) noexcept : under_way(may_leave), begin_(begin) {}

    // One that has failed, for who finds no memory to want another.
    static piece_ptr without_memory() noexcept;

    std::uint64_t begin() const noexcept { return begin_; }
    asio::mutable_buffer room() const noexcept // none without memory for it
    {
        return bytes_ ? asio::mutable_buffer(bytes_->data(), piece_size) : asio::mutable_buffer();
    }

private:
    friend class cache;

    enum state : std::uint8_t
    {
        wanted, // in one of the lists of those
        loading,
        loaded, // in the list of the least recently used
        failed, // and nothing was loaded
    };

    // By others than the cache.
    bool is_referred_to() const noexcept { return is_shared(); }

    const std::uint64_t begin_;
    std::size_t size_ = 0;
    boost::intrusive_ptr<chunk> bytes_;
    state state_ = wanted;
    bool ahead_ = false; // nobody waits for it
    bool used_ = false;
};

struct cached_bytes
{
    asio::const_buffer bytes;
    boost::intrusive_ptr<chunk> holder;
    bool wants_more = false; // a loader may be needed for what comes next
};

class cache
{
public:
    explicit cache(std::size_t limit) noexcept;
    ~cache();

    cache(const cache&) = delete;
    cache& operator=(const cache&) = delete;

    // The bytes from `offset` on that are here, at most `max`, and what keeps them.
    cached_bytes find(std::uint64_t offset, std::size_t max) noexcept;

    // Refers to the piece of an offset, which may be there or on its way; `waits` says that the caller
    // goes on doing so until it is done. The storage has the bytes up to `end`. Throws std::bad_alloc.
    piece_ptr want(std::uint64_t offset, std::uint64_t end, bool waits);

    // Whether loading the byte at an offset has failed; then it can be wanted again.
    bool take_failure(std::uint64_t offset) noexcept;

    // Whether a loader is to be started: something is wanted, there is room for it, and there are few.
    bool needs_loader() noexcept;

    // For a loader: the next piece to load, with room, or nothing, and then the loader has ended.
    piece_ptr next() noexcept;
    void finish(piece& p, std::size_t n, bool failed) noexcept;

    // Nothing is asked for any more, and nothing is on its way.
    void clear() noexcept;

private:
    struct order
    {
        using type = std::uint64_t;
        type operator()(const piece& p) const noexcept { return p.begin_; }
    };

    static constexpr std::size_t most_loaders = 2;
    static constexpr std::uint64_t most_ahead = 8; // of the capacity at most the half

    boost::intrusive::list<piece>& list_of(const piece& p) noexcept;
    piece* look_up(std::uint64_t offset) noexcept;
    piece& add(std::uint64_t offset, bool ahead);
    piece_ptr begin(piece& p) noexcept;
    void drop(piece& p) noexcept;
    bool want_ahead(piece& p);
    bool make_room(bool ahead) noexcept;

    const std::size_t capacity_;     // in pieces
    const std::uint64_t ahead_size_; // how far pieces are wanted ahead, in bytes
    std::mutex mutex_;
    boost::intrusive::set<piece, boost::intrusive::key_of_value<order>> pieces_;
    boost::intrusive::list<piece> wanted_; // somebody waits for them
    boost::intrusive::list<piece> ahead_;  // nobody does
    boost::intrusive::list<piece> used_;   // the least recently used first
    std::size_t filled_ = 0;               // how many have memory
    std::size_t loaders_ = 0;
    piece* failed_ = nullptr;           // the only one of those that is kept
    std::uint64_t end_ = 0;             // of what the storage has
    boost::intrusive_ptr<chunk> spare_; // of one that made room
};

} // namespace spool::detail
