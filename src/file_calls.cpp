// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "file_calls.hpp"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace spool::detail {

namespace {

// The error, if the result of a call says that there is one.
template <class Result>
Result checked(Result result, error_code& ec) noexcept
{
    if (result == Result(-1))
        ec.assign(errno, boost::system::system_category());
    return result;
}

std::size_t counted(ssize_t n, error_code& ec) noexcept
{
    return checked(n, ec) == -1 ? 0 : static_cast<std::size_t>(n);
}

// An offset that the system cannot have becomes one that it refuses.
off_t offset_of(std::uint64_t n) noexcept
{
    return static_cast<off_t>(n);
}

// What Linux can do with the space of a file, and no other system.
void allocate(int file, int how, std::uint64_t begin, std::uint64_t end, error_code& ec) noexcept
{
#if defined(FALLOC_FL_KEEP_SIZE)
    checked(::fallocate(file, how, offset_of(begin), offset_of(end - begin)), ec);
#else
    static_cast<void>(file), static_cast<void>(how), static_cast<void>(begin),
        static_cast<void>(end);
    ec.assign(ENOTSUP, boost::system::system_category());
#endif
}

file_status status_of(int result, const struct stat& s, error_code& ec) noexcept
{
    if (checked(result, ec) == -1)
        return {};
    return {
        static_cast<std::uint64_t>(s.st_size),
        s.st_dev,
        s.st_ino,
        static_cast<std::uint64_t>(s.st_blksize)};
}

} // namespace

std::string file_calls::absolute(const std::string& path, error_code& ec)
{
    std::error_code failed;
    std::string all = std::filesystem::absolute(path, failed).string();
    if (failed)
        ec.assign(failed.value(), boost::system::system_category());
    return all;
}

int file_calls::open(const std::string& path, opening how, error_code& ec)
{
    int flags = O_CLOEXEC;
    switch (how)
    {
    case opening::read:
        flags |= O_RDONLY;
        break;
    case opening::write:
        flags |= O_RDWR;
        break;
    case opening::create:
        flags |= O_RDWR | O_CREAT | O_EXCL;
        break;
    case opening::folder:
        flags |= O_RDONLY | O_DIRECTORY;
        break;
    }
    return checked(::open(path.c_str(), flags, 0666), ec);
}

void file_calls::close(int file) noexcept
{
    ::close(file);
}

std::size_t
file_calls::write(int file, std::uint64_t offset, const void* from, std::size_t n, error_code& ec)
{
    return counted(::pwrite(file, from, n, offset_of(offset)), ec);
}

std::size_t
file_calls::read(int file, std::uint64_t offset, void* to, std::size_t n, error_code& ec)
{
    return counted(::pread(file, to, n, offset_of(offset)), ec);
}

void file_calls::sync_data(int file, error_code& ec)
{
    checked(::fdatasync(file), ec);
}

void file_calls::sync(int file, error_code& ec)
{
    checked(::fsync(file), ec);
}

void file_calls::truncate(int file, std::uint64_t size, error_code& ec)
{
    checked(::ftruncate(file, offset_of(size)), ec);
}

void file_calls::reserve(int file, std::uint64_t begin, std::uint64_t end, error_code& ec)
{
#if defined(FALLOC_FL_KEEP_SIZE)
    allocate(file, FALLOC_FL_KEEP_SIZE, begin, end, ec);
#else
    allocate(file, 0, begin, end, ec);
#endif
}

// A hole, which reads as zeros and takes no space.
void file_calls::discard(int file, std::uint64_t begin, std::uint64_t end, error_code& ec)
{
#if defined(FALLOC_FL_PUNCH_HOLE)
    allocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, begin, end, ec);
#else
    allocate(file, 0, begin, end, ec);
#endif
}

void file_calls::lock(int file, bool shared, error_code& ec)
{
    checked(::flock(file, (shared ? LOCK_SH : LOCK_EX) | LOCK_NB), ec);
}

file_status file_calls::status(int file, error_code& ec)
{
    struct stat s;
    return status_of(::fstat(file, &s), s, ec);
}

file_status file_calls::status(const std::string& path, error_code& ec)
{
    struct stat s;
    return status_of(::stat(path.c_str(), &s), s, ec);
}

void file_calls::rename(const std::string& from, const std::string& to, error_code& ec)
{
    checked(::rename(from.c_str(), to.c_str()), ec);
}

void file_calls::rename_new(const std::string& from, const std::string& to, error_code& ec)
{
#if defined(RENAME_NOREPLACE)
    const int flags = RENAME_NOREPLACE;
    checked(::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), flags), ec);
#else
    static_cast<void>(from);
    static_cast<void>(to);
    ec.assign(ENOSYS, boost::system::system_category());
#endif
}

void file_calls::link(const std::string& from, const std::string& to, error_code& ec)
{
    checked(::link(from.c_str(), to.c_str()), ec);
}

void file_calls::remove(const std::string& path, error_code& ec)
{
    checked(::unlink(path.c_str()), ec);
}

file_calls& file_calls::system() noexcept
{
    static file_calls instance;
    return instance;
}

} // namespace spool::detail
