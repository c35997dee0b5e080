// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include <spool/file_storage.hpp>

#include "file_opening.hpp"
#include "kept_file.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <string>
#include <utility>

namespace spool {

file_storage::file_storage() noexcept = default;

file_storage::file_storage(const std::filesystem::path& name, file_mode mode, publication when)
    : file_storage(name, mode, when, detail::file_calls::system())
{
}

file_storage::file_storage(
    const std::filesystem::path& name, file_mode mode, publication when, error_code& ec)
    : file_storage(name, mode, when, detail::file_calls::system(), ec)
{
}

file_storage::file_storage(
    const std::filesystem::path& name, file_mode mode, publication when, detail::file_calls& calls)
{
    error_code ec;
    *this = file_storage(name, mode, when, calls, ec);
    if (ec)
        throw boost::system::system_error(ec, name.string());
}

file_storage::file_storage(
    const std::filesystem::path& name,
    file_mode mode,
    publication when,
    detail::file_calls& calls,
    error_code& ec)
{
    ec = {};
    std::string path = calls.absolute(name.string(), ec);
    if (ec)
        return;
    file_ = std::make_unique<detail::kept_file>(std::move(path), mode, when, calls);
    file_->open(ec);
    if (ec)
        file_.reset();
}

file_storage::file_storage(detail::file_opening& opened, error_code& ec) noexcept
    : file_(opened.take(ec))
{
}

file_storage::file_storage(file_storage&& other) noexcept = default;
file_storage& file_storage::operator=(file_storage&& other) noexcept = default;
file_storage::~file_storage() = default;

// Says so if there is no file.
bool file_storage::is_open(error_code& ec) const noexcept
{
    if (!file_)
        ec = asio::error::bad_descriptor;
    return file_ != nullptr;
}

std::uint64_t file_storage::size() const noexcept
{
    return file_ ? file_->size() : 0;
}

std::uint64_t file_storage::base() const noexcept
{
    return file_ ? file_->base() : 0;
}

bool file_storage::finished() const noexcept
{
    return file_ && file_->finished();
}

void file_storage::write(std::uint64_t offset, asio::const_buffer bytes, error_code& ec)
{
    if (is_open(ec))
        file_->write(offset, bytes, ec);
}

std::size_t file_storage::read(std::uint64_t offset, asio::mutable_buffer bytes, error_code& ec)
{
    return is_open(ec) ? file_->read(offset, bytes, ec) : 0;
}

void file_storage::sync(error_code& ec)
{
    if (is_open(ec))
        file_->sync(ec);
}

void file_storage::discard(std::uint64_t end, error_code& ec)
{
    if (is_open(ec))
        file_->discard(end, ec);
}

void file_storage::finish(error_code& ec)
{
    if (is_open(ec))
        file_->finish(ec);
}

void file_storage::remove(error_code& ec)
{
    if (is_open(ec))
        file_->remove(ec);
}

int file_storage::native_handle() const noexcept
{
    return file_ ? file_->native_handle() : -1;
}

} // namespace spool
