// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "files.hpp"

#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>

namespace bench {

namespace {

[[noreturn]] void fail(const char* what)
{
    throw std::system_error(errno, std::generic_category(), what);
}

} // namespace

scratch::scratch()
{
    std::string name = (std::filesystem::temp_directory_path() / "spool-bench-XXXXXX").string();
    if (!::mkdtemp(name.data()))
        fail("mkdtemp");
    path_ = name;
}

scratch::~scratch()
{
    std::filesystem::remove_all(path_);
}

std::string scratch::name()
{
    return path_ / std::to_string(names_++);
}

void scratch::clear()
{
    for (const auto& entry : std::filesystem::directory_iterator(path_))
        std::filesystem::remove(entry.path());
}

plain_file::plain_file(const std::string& name)
    : descriptor_(::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666))
{
    if (descriptor_ == -1)
        fail("open");
}

plain_file::~plain_file()
{
    ::close(descriptor_);
}

void plain_file::write(std::uint64_t offset, const char* from, std::size_t n)
{
    if (::pwrite(descriptor_, from, n, static_cast<off_t>(offset)) != static_cast<ssize_t>(n))
        fail("pwrite");
}

std::size_t plain_file::read(std::uint64_t offset, char* to, std::size_t n)
{
    const ssize_t got = ::pread(descriptor_, to, n, static_cast<off_t>(offset));
    if (got < 0)
        fail("pread");
    return static_cast<std::size_t>(got);
}

void plain_file::sync()
{
    if (::fdatasync(descriptor_) != 0)
        fail("fdatasync");
}

counted_file::counted_file(const std::string& name, spool::file_mode mode, read_counts& counts)
    : file_(name, mode), counts_(&counts)
{
}

void counted_file::write(std::uint64_t at, boost::asio::const_buffer from, spool::error_code& ec)
{
    file_.write(at, from, ec);
}

std::size_t
counted_file::read(std::uint64_t at, boost::asio::mutable_buffer to, spool::error_code& ec)
{
    const std::size_t n = file_.read(at, to, ec);
    ++counts_->calls;
    counts_->bytes += n;
    return n;
}

} // namespace bench
