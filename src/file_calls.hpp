// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// The system calls of a file storage, one to one: a test puts others in their place, which fail on demand
// or keep files in memory. Nothing is tried again here.

#include <spool/error.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

namespace spool::detail {

struct file_status
{
    std::uint64_t size = 0;
    std::uint64_t device = 0;
    std::uint64_t number = 0; // of the inode
    std::uint64_t block = 1;  // the size of what can be discarded

    bool is_same(const file_status& other) const noexcept
    {
        return device == other.device && number == other.number;
    }
};

enum class opening : std::uint8_t
{
    read,   // that is there
    write,  // that is there, and read it, too
    create, // that is not there, to write and read
    folder, // to sync it
};

class file_calls
{
public:
    virtual ~file_calls() = default;

    // A path that does not depend on the working directory, which may change.
    virtual std::string absolute(const std::string& path, error_code& ec);
    virtual int open(const std::string& path, opening how, error_code& ec);
    virtual void close(int file) noexcept;
    virtual std::size_t
    write(int file, std::uint64_t offset, const void* from, std::size_t n, error_code& ec);
    virtual std::size_t
    read(int file, std::uint64_t offset, void* to, std::size_t n, error_code& ec);
    virtual void sync_data(int file, error_code& ec);
    virtual void sync(int file, error_code& ec);
    virtual void truncate(int file, std::uint64_t size, error_code& ec);
    // Space for what is written later; the size stays.
    virtual void reserve(int file, std::uint64_t begin, std::uint64_t end, error_code& ec);
    virtual void discard(int file, std::uint64_t begin, std::uint64_t end, error_code& ec);
    virtual void lock(int file, bool shared, error_code& ec); // or `would_block`
    virtual file_status status(int file, error_code& ec);
    virtual file_status status(const std::string& path, error_code& ec);
    virtual void rename(const std::string& from, const std::string& to, error_code& ec);
    // These two leave what has the name `to`; not every file system has the first.
    virtual void rename_new(const std::string& from, const std::string& to, error_code& ec);
    virtual void link(const std::string& from, const std::string& to, error_code& ec);
    virtual void remove(const std::string& path, error_code& ec);

    // The real ones.
    static file_calls& system() noexcept;
};

} // namespace spool::detail
