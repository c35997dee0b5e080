// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

#include <spool/config.hpp>

#include <boost/asio/associated_allocator.hpp>
#include <boost/asio/recycling_allocator.hpp>

#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace spool::detail {

// Memory for one object of an operation from the allocator associated with its handler. Asio's
// recycling allocator by default, as for Asio's own operations, and in the place of std::allocator,
// which composed operations name when they were given none.
template <class Object, class Handler>
class operation_memory
{
    using associated = asio::associated_allocator_t<Handler>;
    static constexpr bool is_default = std::is_same_v<associated, std::allocator<void>> ||
                                       std::is_same_v<associated, asio::recycling_allocator<void>>;
    static constexpr bool over_aligned = alignof(Object) > __STDCPP_DEFAULT_NEW_ALIGNMENT__;
    using if_default =
        std::conditional_t<over_aligned, std::allocator<void>, asio::recycling_allocator<void>>;
    using chosen = std::conditional_t<is_default, if_default, associated>;

public:
    using allocator_type = typename std::allocator_traits<chosen>::template rebind_alloc<Object>;

    static allocator_type allocator_of(const Handler& handler) noexcept
    {
        if constexpr (is_default)
            return allocator_type();
        else
            return allocator_type(asio::get_associated_allocator(handler));
    }

    explicit operation_memory(const Handler& handler)
        : allocator_(allocator_of(handler)),
          memory_(std::allocator_traits<allocator_type>::allocate(allocator_, 1))
    {
    }

    // Takes over what was released; `handler` is the one that the memory came from.
    operation_memory(const Handler& handler, Object* object) noexcept
        : allocator_(allocator_of(handler)), object_(object), memory_(object)
    {
    }

    ~operation_memory()
    {
        if (object_)
            std::destroy_at(object_);
        if (memory_)
            std::allocator_traits<allocator_type>::deallocate(allocator_, memory_, 1);
    }

    operation_memory(const operation_memory&) = delete;
    operation_memory& operator=(const operation_memory&) = delete;

    template <class... Args>
    Object* construct(Args&&... args)
    {
        return object_ = ::new (static_cast<void*>(memory_)) Object(std::forward<Args>(args)...);
    }

    Object* release() noexcept
    {
        memory_ = nullptr;
        return std::exchange(object_, nullptr);
    }

private:
    allocator_type allocator_;
    Object* object_ = nullptr;
    Object* memory_;
};

} // namespace spool::detail
