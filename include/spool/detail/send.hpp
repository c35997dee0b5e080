// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// Sending bytes that only the storage has, without a copy: what `async_copy` does to a socket.

#include <spool/detail/attempt.hpp>

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/system/error_code.hpp>

#include <cstddef>
#include <cstdint>

namespace spool::detail {

struct send_result
{
    boost::system::error_code error; // `would_block` if the socket takes no more
    std::size_t size = 0;            // what it took
};

// Whether there is a storage with a descriptor. Then begins to send at most `max` bytes from `offset` on,
// if memory has let go of them; nothing otherwise.
bool can_send(const core& stream) noexcept;
under_way_ptr start_sending(core& stream, std::uint64_t offset, std::size_t max, int socket);
send_result result_of(const under_way& sending) noexcept;

template <class T>
inline constexpr bool is_socket = false;
template <class Protocol, class Executor>
inline constexpr bool is_socket<asio::basic_stream_socket<Protocol, Executor>> = true;

// A read of no bytes, which waits until something that is under way has ended.
struct end_action
{
    using value_type = std::size_t;
    static constexpr bool sequential = false;

    under_way_ptr under_way_;

    static std::uint64_t wanted() noexcept { return 1; }
    static std::uint64_t done() noexcept { return 0; }
    static bool wants_nothing() noexcept { return false; }
    const under_way_ptr& waits_for() const noexcept { return under_way_; }

    value_type perform(core&, std::uint64_t, attempt& found) const noexcept
    {
        found.outcome = is_done(*under_way_) ? read_outcome::ready : read_outcome::wait;
        return 0;
    }
};

} // namespace spool::detail
