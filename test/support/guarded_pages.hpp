// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

#include <cstddef>
#include <new>
#include <sys/mman.h>
#include <unistd.h>

namespace spool::test {

// Memory in which each allocation has a page of its own, so that touching it can be forbidden. Who
// touches it nevertheless ends the program.
class guarded_pages
{
public:
    explicit guarded_pages(std::size_t n) : size_(n * page())
    {
        void* const p =
            ::mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (p == MAP_FAILED)
            throw std::bad_alloc();
        begin_ = static_cast<std::byte*>(p);
    }
    ~guarded_pages() { ::munmap(begin_, size_); }
    guarded_pages(const guarded_pages&) = delete;
    guarded_pages& operator=(const guarded_pages&) = delete;

    void* allocate(std::size_t bytes)
    {
        if (bytes > page() || taken_ * page() == size_)
            throw std::bad_alloc();
        return begin_ + page() * taken_++;
    }

    std::size_t taken() const noexcept { return taken_; }
    void forbid(std::size_t first, std::size_t last) { protect(first, last, PROT_NONE); }
    void allow(std::size_t first, std::size_t last)
    {
        protect(first, last, PROT_READ | PROT_WRITE);
    }

private:
    static std::size_t page() { return static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)); }

    void protect(std::size_t first, std::size_t last, int how)
    {
        if (::mprotect(begin_ + first * page(), (last - first) * page(), how) != 0)
            throw std::bad_alloc();
    }

    std::byte* begin_ = nullptr;
    std::size_t size_;
    std::size_t taken_ = 0;
};

// Takes from there, and gives nothing back.
template <class T = void>
struct guarded_allocator
{
    using value_type = T;

    guarded_pages* pages;

    explicit guarded_allocator(guarded_pages& p) noexcept : pages(&p) {}
    template <class U>
    guarded_allocator(const guarded_allocator<U>& other) noexcept : pages(other.pages)
    {
    }

    T* allocate(std::size_t n) { return static_cast<T*>(pages->allocate(n * sizeof(T))); }
    void deallocate(T*, std::size_t) noexcept {}

    template <class U>
    bool operator==(const guarded_allocator<U>& other) const noexcept
    {
        return pages == other.pages;
    }
};

} // namespace spool::test
