// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include <spool/view.hpp>

#include "core.hpp"

#include <utility>

namespace spool {

view::view(const view& other) noexcept = default;
view& view::operator=(const view& other) noexcept = default;
view::~view() = default;

view::view(view&& other) noexcept
    : buffers_(other.buffers_), chunks_(std::move(other.chunks_)),
      count_(std::exchange(other.count_, 0)), size_(std::exchange(other.size_, 0))
{
}

view& view::operator=(view&& other) noexcept
{
    if (this != &other)
    {
        buffers_ = other.buffers_;
        chunks_ = std::move(other.chunks_);
        count_ = std::exchange(other.count_, 0);
        size_ = std::exchange(other.size_, 0);
    }
    return *this;
}

} // namespace spool
