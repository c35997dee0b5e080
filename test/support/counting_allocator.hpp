// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// An allocator that counts what it has given out, and calls a hook in every call.

#include <atomic>
#include <cstddef>
#include <functional>
#include <new>

namespace spool::test {

struct allocation_record
{
    std::atomic<std::size_t> live{0};  // allocations that were not given back yet
    std::atomic<std::size_t> total{0}; // allocations, ever
    std::function<void()> on_call;
};

template <class T = void>
class counting_allocator
{
public:
    using value_type = T;

    explicit counting_allocator(allocation_record& record) noexcept : record_(&record) {}
    template <class U>
    counting_allocator(const counting_allocator<U>& other) noexcept : record_(other.record())
    {
    }

    T* allocate(std::size_t n)
    {
        call();
        void* const p = ::operator new(n * sizeof(T), std::align_val_t(alignof(T)));
        ++record_->live;
        ++record_->total;
        return static_cast<T*>(p);
    }

    void deallocate(T* p, std::size_t) noexcept
    {
        call();
        --record_->live;
        ::operator delete(p, std::align_val_t(alignof(T)));
    }

    template <class U>
    bool operator==(const counting_allocator<U>& other) const noexcept
    {
        return record_ == other.record();
    }

    allocation_record* record() const noexcept { return record_; }

private:
    void call() const
    {
        if (record_->on_call)
            record_->on_call();
    }

    allocation_record* record_;
};

} // namespace spool::test
