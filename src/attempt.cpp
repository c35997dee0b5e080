// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// What reads find: in the log, or in the window and, with a storage, in its cache.

#include <spool/detail/attempt.hpp>
#include <spool/detail/read_actions.hpp>

#include "core.hpp"

#include <cstring>

namespace spool::detail {

attempt look(const core& stream, std::uint64_t offset, std::uint64_t min_bytes) noexcept
{
    return stream.look(offset, min_bytes);
}

attempt look_at_end(const core& stream, std::uint64_t back) noexcept
{
    return stream.look_at_end(back);
}

// Nothing, if the bytes may go at any time.
asio::const_buffer visible_run(const core& stream, std::uint64_t offset, std::size_t n) noexcept
{
    const read_decision found = decide_read(stream.load(), offset, 1);
    if (found.outcome != read_outcome::ready || stream.letting_go()) [[unlikely]]
        return {};
    return stream.bytes().run(offset, at_most(n, found.available));
}

// The bytes of a stream that lets go of them, which are in the window or, with a storage, in its cache.
asio::const_buffer kept_at(
    core& stream,
    std::uint64_t offset,
    std::size_t max,
    boost::intrusive_ptr<chunk>& holder) noexcept
{
    {
        const hold held(*stream.letting_go(), offset);
        if (held.bytes().size() != 0)
        {
            holder.reset(held.holder());
            return asio::buffer(held.bytes(), max);
        }
    }
    storage_port* const kept = stream.kept();
    const asio::const_buffer found = kept ? kept->find(offset, max, holder) : asio::const_buffer();
    // What was read back after it was discarded may be anything.
    return offset < stream.load().base ? asio::const_buffer() : found;
}

std::size_t copy_out(core& stream, std::uint64_t offset, asio::mutable_buffer to) noexcept
{
    const std::size_t wanted = to.size();
    if (!stream.letting_go())
    {
        stream.bytes().copy_out(offset, to);
        return wanted;
    }
    while (to.size() != 0)
    {
        boost::intrusive_ptr<chunk> holder;
        const asio::const_buffer from = kept_at(stream, offset, to.size(), holder);
        if (from.size() == 0)
            break;
        std::memcpy(to.data(), from.data(), from.size());
        to += from.size();
        offset += from.size();
    }
    return wanted - to.size();
}

view lend(core& stream, std::uint64_t offset, std::size_t max) noexcept
{
    view lent;
    while (lent.size_ != max && lent.count_ != view::max_buffers)
    {
        const std::uint64_t at = offset + lent.size_;
        auto& holder = lent.chunks_[lent.count_];
        const asio::const_buffer b = stream.letting_go()
                                         ? kept_at(stream, at, max - lent.size_, holder)
                                         : stream.bytes().at(at, max - lent.size_, holder);
        if (b.size() == 0)
            break;
        lent.buffers_[lent.count_++] = b;
        lent.size_ += b.size();
    }
    return lent;
}

// The base moves before the bytes go.
attempt missing(core& stream, std::uint64_t offset) noexcept
{
    const std::uint64_t base = stream.load().base;
    if (offset < base)
        return {read_outcome::gap, 0, base};
    return {stream.kept()->missing(offset), 1, base};
}

bool lets_go(const core& stream) noexcept
{
    return stream.letting_go() != nullptr;
}

std::uint64_t longest_step(const core& stream) noexcept
{
    return stream.longest_step();
}

void call_for(core& stream, std::uint64_t offset)
{
    if (storage_port* const kept = stream.kept(); kept && offset < stream.load().size)
        kept->call_for(offset);
}

} // namespace spool::detail
