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
    allocation_record* whole = nullptr; // counts what this one counts, too
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
        for (allocation_record* r = record_; r; r = r->whole)
        {
            call(*r);
            ++r->live;
            ++r->total;
        }
        return static_cast<T*>(::operator new(n * sizeof(T), std::align_val_t(alignof(T))));
    }

    void deallocate(T* p, std::size_t) noexcept
    {
        for (allocation_record* r = record_; r; r = r->whole)
        {
            call(*r);
            --r->live;
        }
        ::operator delete(p, std::align_val_t(alignof(T)));
    }

    template <class U>
    bool operator==(const counting_allocator<U>& other) const noexcept
    {
        return record_ == other.record();
    }

    allocation_record* record() const noexcept { return record_; }

private:
    static void call(const allocation_record& r)
    {
        if (r.on_call)
            r.on_call();
    }

    allocation_record* record_;
};

} // namespace spool::test
