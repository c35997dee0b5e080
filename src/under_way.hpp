// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

#include <spool/detail/operation.hpp>

#include <atomic>
#include <cstdint>

namespace spool::detail {

// Something that goes on where calls may block, and that operations wait for.
class under_way
{
public:
    // Whether somebody who waits for it may leave before it ends.
    enum waiting : bool
    {
        may_leave,
        must_end,
    };

    explicit under_way(waiting w) noexcept : must_end_(w == must_end) {}
    virtual ~under_way() = default;

    under_way(const under_way&) = delete;
    under_way& operator=(const under_way&) = delete;

    bool is_done() const noexcept { return done_.load(std::memory_order_acquire); }
    bool may_be_left() const noexcept { return !must_end_; }
    bool has_failed() const noexcept { return is_done() && failed_; }

protected:
    void end(bool failed) noexcept
    {
        failed_ = failed;
        done_.store(true, std::memory_order_release);
    }

    bool is_shared() const noexcept { return references_.load(std::memory_order_acquire) != 1; }

private:
    friend void intrusive_ptr_add_ref(under_way* p) noexcept;
    friend void intrusive_ptr_release(under_way* p) noexcept;

    const bool must_end_;
    bool failed_ = false;
    std::atomic<bool> done_{false};
    std::atomic<std::uint32_t> references_{0};
};

} // namespace spool::detail
