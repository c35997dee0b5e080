// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "pages.hpp"

#include <cerrno>
#include <fstream>
#include <memory>
#include <string>
#include <sys/mman.h>
#include <system_error>

namespace bench {

namespace {

constexpr std::size_t huge_page = std::size_t{2} << 20;

[[noreturn]] void fail(const char* what)
{
    throw std::system_error(errno, std::generic_category(), what);
}

} // namespace

bool pages::have_huge()
{
    std::string line;
    std::getline(std::ifstream("/sys/kernel/mm/transparent_hugepage/enabled"), line);
    return line.find("[always]") != line.npos || line.find("[madvise]") != line.npos;
}

pages::pages(std::size_t size, kind k) : mapped_size_(size + huge_page)
{
    mapped_ =
        mmap(nullptr, mapped_size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapped_ == MAP_FAILED)
        fail("mmap");
    void* aligned = mapped_;
    std::size_t room = mapped_size_;
    data_ = static_cast<char*>(std::align(huge_page, size, aligned, room));
    // Where the kernel has no huge pages, the advice fails and there is nothing to choose from.
    madvise(data_, size, k == kind::huge ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
}

pages::~pages()
{
    munmap(mapped_, mapped_size_);
}

} // namespace bench
