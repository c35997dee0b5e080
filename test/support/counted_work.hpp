// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

#include <atomic>
#include <cstddef>
#include <utility>

namespace spool::test {

// What an executor that tracks outstanding work holds: as long as it lives it counts in `total`.
class counted_work
{
public:
    counted_work() noexcept = default;
    explicit counted_work(std::atomic<std::size_t>& total) noexcept : total_(&total) { ++total; }
    counted_work(const counted_work& other) noexcept : total_(other.total_)
    {
        if (total_)
            ++*total_;
    }
    counted_work& operator=(counted_work other) noexcept
    {
        std::swap(total_, other.total_);
        return *this;
    }
    ~counted_work()
    {
        if (total_)
            --*total_;
    }

    bool operator==(const counted_work&) const = default;
    explicit operator bool() const noexcept { return total_ != nullptr; }

private:
    std::atomic<std::size_t>* total_ = nullptr;
};

} // namespace spool::test
