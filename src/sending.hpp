// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// Bytes on their way from a file to a socket, which the kernel copies.
//
// The call may block on the disk, so it is made on the executor for blocking calls. The user may close
// the socket meanwhile, and its number may be given to something else, so a copy of the descriptor is
// used. Where the socket takes no more, the sending ends and says so.

#include <spool/detail/read_actions.hpp>
#include <spool/detail/send.hpp>

#include "under_way.hpp"

#include <cstddef>
#include <cstdint>

namespace spool::detail {

class sending final : public under_way
{
public:
    sending(core_ptr stream, int socket, std::uint64_t offset, std::size_t n);
    ~sending() override;

    // Whether the bytes are there. If so, they stay as long as this lives.
    bool may_begin() const noexcept { return may_begin_; }

    void run() noexcept;

    const send_result& result() const noexcept { return result_; } // once it is done

private:
    const core_ptr stream_; // keeps the file
    const int socket_;      // a copy
    const std::uint64_t offset_;
    const std::size_t size_;
    const bool may_begin_;
    send_result result_;
};

} // namespace spool::detail
