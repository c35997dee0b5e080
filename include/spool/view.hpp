// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

/// @file
/// Bytes of a stream, lent instead of copied.

#include <spool/config.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/smart_ptr/intrusive_ptr.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace spool {

class view;

namespace detail {
class chunk;
class core;
void intrusive_ptr_add_ref(chunk* c) noexcept;
void intrusive_ptr_release(chunk* c) noexcept;
view lend(core& stream, std::uint64_t offset, std::size_t max) noexcept;
} // namespace detail

/// A run of bytes of a stream, lent to the reader: a ConstBufferSequence that keeps its bytes alive.
///
/// The bytes stay valid and unchanged as long as any copy of the view lives, whatever happens to the
/// reader, the stream, its retention or its execution context. Copying a view copies a reference, not
/// bytes, so a view can be handed to `asio::async_write` as it is.
///
/// A view covers at most `max_buffers` chunks of the stream; a read that asks for more gets less.
///
/// @par Thread safety
/// Distinct views, copies included: safe. One view: unsafe while it is assigned to.
class view
{
public:
    /// The element type of the sequence.
    using value_type = asio::const_buffer;
    /// Iterates over the buffers.
    using const_iterator = const value_type*;

    /// The largest number of buffers in one view.
    static constexpr std::size_t max_buffers = 4;

    /// Makes an empty view.
    view() noexcept = default;
    /// Shares the bytes of `other`.
    view(const view& other) noexcept;
    /// Takes over the bytes of `other`, which is empty afterwards.
    view(view&& other) noexcept;
    /// Shares the bytes of `other`.
    view& operator=(const view& other) noexcept;
    /// Takes over the bytes of `other`, which is empty afterwards.
    view& operator=(view&& other) noexcept;
    /// Gives the bytes back.
    ~view();

    /// The first buffer.
    [[nodiscard]] const_iterator begin() const noexcept { return buffers_.data(); }
    /// The end of the buffers.
    [[nodiscard]] const_iterator end() const noexcept { return buffers_.data() + count_; }

    /// The number of bytes.
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    /// Whether there are no bytes.
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }

private:
    friend view detail::lend(detail::core&, std::uint64_t, std::size_t) noexcept;

    std::array<value_type, max_buffers> buffers_;
    std::array<boost::intrusive_ptr<detail::chunk>, max_buffers> chunks_;
    std::size_t count_ = 0;
    std::size_t size_ = 0;
};

} // namespace spool
