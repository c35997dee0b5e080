// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "open_file.hpp"

namespace spool::detail {

void open_file::open(const std::string& path, opening how, error_code& ec)
{
    close();
    descriptor_ = uninterrupted(ec, [&] { return calls_->open(path, how, ec); });
}

void open_file::close() noexcept
{
    if (is_open())
        calls_->close(std::exchange(descriptor_, -1));
}

void open_file::write(std::uint64_t offset, asio::const_buffer bytes, error_code& ec)
{
    while (bytes.size() != 0)
    {
        const std::size_t n = uninterrupted(
            ec, [&] { return calls_->write(descriptor_, offset, bytes.data(), bytes.size(), ec); });
        if (n == 0 && !ec)
            ec = boost::system::errc::make_error_code(
                boost::system::errc::io_error); // or it would be tried for ever
        if (ec)
            return;
        bytes += n;
        offset += n;
    }
}

std::size_t open_file::read(std::uint64_t offset, asio::mutable_buffer bytes, error_code& ec)
{
    std::size_t read = 0;
    while (read != bytes.size())
    {
        const asio::mutable_buffer to = bytes + read;
        const std::size_t n = uninterrupted(
            ec, [&] { return calls_->read(descriptor_, offset + read, to.data(), to.size(), ec); });
        if (n == 0)
            break;
        read += n;
    }
    return read;
}

void open_file::sync_data(error_code& ec)
{
    uninterrupted(ec, [&] { calls_->sync_data(descriptor_, ec); });
}

void open_file::sync(error_code& ec)
{
    uninterrupted(ec, [&] { calls_->sync(descriptor_, ec); });
}

void open_file::truncate(std::uint64_t size, error_code& ec)
{
    uninterrupted(ec, [&] { calls_->truncate(descriptor_, size, ec); });
}

void open_file::reserve(std::uint64_t begin, std::uint64_t end, error_code& ec)
{
    uninterrupted(ec, [&] { calls_->reserve(descriptor_, begin, end, ec); });
}

void open_file::discard(std::uint64_t begin, std::uint64_t end, error_code& ec)
{
    uninterrupted(ec, [&] { calls_->discard(descriptor_, begin, end, ec); });
}

std::uint64_t open_file::block(error_code& ec)
{
    return uninterrupted(ec, [&] { return calls_->status(descriptor_, ec); }).block;
}

std::uint64_t open_file::size(error_code& ec)
{
    return uninterrupted(ec, [&] { return calls_->status(descriptor_, ec); }).size;
}

} // namespace spool::detail
