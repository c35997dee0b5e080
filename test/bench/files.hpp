// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// Files to be measured, and a storage that counts how they are read.

#include <spool/file_storage.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>

namespace bench {

// A folder that is deleted at the end.
class scratch
{
public:
    scratch();
    ~scratch();
    scratch(const scratch&) = delete;
    scratch& operator=(const scratch&) = delete;

    // A name that has not been used.
    std::string name();
    // Deletes what is there.
    void clear();

private:
    std::filesystem::path path_;
    int names_ = 0;
};

// A descriptor of a new file, or of one that is there.
class plain_file
{
public:
    explicit plain_file(const std::string& name);
    ~plain_file();
    plain_file(const plain_file&) = delete;
    plain_file& operator=(const plain_file&) = delete;

    int descriptor() const noexcept { return descriptor_; }
    void write(std::uint64_t offset, const char* from, std::size_t n);
    std::size_t read(std::uint64_t offset, char* to, std::size_t n);
    void sync();

private:
    int descriptor_;
};

struct read_counts
{
    std::atomic<std::size_t> calls{0};
    std::atomic<std::uint64_t> bytes{0};
};

class counted_file final : public spool::storage
{
public:
    counted_file(const std::string& name, spool::file_mode mode, read_counts& counts);

    std::uint64_t size() const noexcept override { return file_.size(); }
    bool finished() const noexcept override { return file_.finished(); }
    void write(std::uint64_t at, boost::asio::const_buffer from, spool::error_code& ec) override;
    std::size_t
    read(std::uint64_t at, boost::asio::mutable_buffer to, spool::error_code& ec) override;
    void sync(spool::error_code& ec) override { file_.sync(ec); }
    void finish(spool::error_code& ec) override { file_.finish(ec); }
    void remove(spool::error_code& ec) override { file_.remove(ec); }
    int native_handle() const noexcept override { return file_.native_handle(); }

private:
    spool::file_storage file_;
    read_counts* counts_;
};

} // namespace bench
