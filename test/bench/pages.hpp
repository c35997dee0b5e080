// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

#include <cstddef>

namespace bench {

// Memory that no one has touched yet, in pages of 4 KiB or of 2 MiB.
class pages
{
public:
    enum class kind
    {
        small,
        huge,
    };

    // Whether the kernel gives huge pages to those who ask.
    static bool have_huge();

    pages(std::size_t size, kind k);
    ~pages();
    pages(const pages&) = delete;
    pages& operator=(const pages&) = delete;

    char* data() const noexcept { return data_; }

private:
    void* mapped_;
    std::size_t mapped_size_;
    char* data_;
};

} // namespace bench
