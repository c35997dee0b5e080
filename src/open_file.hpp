// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

#include "file_calls.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/system/errc.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>

namespace spool::detail {

// Calls again what a signal has interrupted.
template <class Call>
auto uninterrupted(error_code& ec, Call call)
{
    for (;;)
    {
        ec = {};
        if constexpr (std::is_void_v<decltype(call())>)
        {
            call();
            if (ec != boost::system::errc::interrupted)
                return;
        }
        else
        {
            const auto result = call();
            if (ec != boost::system::errc::interrupted)
                return result;
        }
    }
}

// A descriptor, closed at the end.
class open_file
{
public:
    explicit open_file(file_calls& calls) noexcept : calls_(&calls) {}
    ~open_file() { close(); }

    open_file(const open_file&) = delete;
    open_file& operator=(const open_file&) = delete;

    void open(const std::string& path, opening how, error_code& ec);
    void close() noexcept;
    void swap(open_file& other) noexcept { std::swap(descriptor_, other.descriptor_); }

    bool is_open() const noexcept { return descriptor_ != -1; }
    int descriptor() const noexcept { return descriptor_; }

    // All of the bytes, or an error.
    void write(std::uint64_t offset, asio::const_buffer bytes, error_code& ec);
    // Up to the end of the buffer or of the file, or to an error.
    std::size_t read(std::uint64_t offset, asio::mutable_buffer bytes, error_code& ec);
    void sync_data(error_code& ec);
    void sync(error_code& ec);
    void truncate(std::uint64_t size, error_code& ec);
    void reserve(std::uint64_t begin, std::uint64_t end, error_code& ec);
    void discard(std::uint64_t begin, std::uint64_t end, error_code& ec);
    std::uint64_t size(error_code& ec);
    std::uint64_t block(error_code& ec);

private:
    file_calls* calls_;
    int descriptor_ = -1;
};

} // namespace spool::detail
