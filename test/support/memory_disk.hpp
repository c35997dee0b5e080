// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// Files in memory for a file storage, with calls that fail on demand, and with what a crash may leave.
//
// Every file has two contents: what the system shows, and what is on the disk for sure, which grows by
// syncs. Between them lie the writes and the holes that were not synced; a loss of power keeps any 512 bytes
// of them, or not. The names in the folder are the same: a sync of the folder makes them sure, and until then each
// creation, renaming and removal may be lost or not.

#include "chance.hpp"
#include "file_calls.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace spool::test {

class memory_disk final : public detail::file_calls
{
public:
    // The call that fails, counted from 0 over all calls but `close`.
    struct fault
    {
        std::size_t at = std::size_t(-1);
        error_code error;          // or none: then a read or write is short, and all others work
        bool from_then_on = false; // all that follow, too
        bool tears = false;        // a write that fails has written the half
    };

    static constexpr std::uint64_t block = 8; // small, for many holes in small files

    memory_disk() = default;
    memory_disk(const memory_disk&) = delete;
    memory_disk& operator=(const memory_disk&) = delete;

    // What is left when the process dies, or when the power goes: with no open file and no fault.
    std::unique_ptr<memory_disk> after_kill() const;
    std::unique_ptr<memory_disk> after_power_loss(chance& c) const;

    void fail(const fault& f) noexcept
    {
        fault_ = f;
        calls_ = 0;
    }
    std::size_t calls() const noexcept { return calls_; }
    // As a file system that cannot rename to a name that must be new.
    void lack_rename_new() noexcept { lacks_rename_new_ = true; }

    std::size_t open_files() const noexcept { return open_.size(); }
    bool has(const std::string& name) const { return names_.contains(name); }
    bool is_same(const std::string& name, const std::string& other) const;
    std::string content(const std::string& name) const;

    std::string absolute(const std::string& path, error_code&) override { return path; }
    int open(const std::string& path, detail::opening how, error_code& ec) override;
    void close(int file) noexcept override;
    std::size_t
    write(int file, std::uint64_t offset, const void* from, std::size_t n, error_code& ec) override;
    std::size_t
    read(int file, std::uint64_t offset, void* to, std::size_t n, error_code& ec) override;
    void sync_data(int file, error_code& ec) override;
    void sync(int file, error_code& ec) override;
    void truncate(int file, std::uint64_t size, error_code& ec) override;
    void reserve(int file, std::uint64_t begin, std::uint64_t end, error_code& ec) override;
    void discard(int file, std::uint64_t begin, std::uint64_t end, error_code& ec) override;
    void lock(int file, bool shared, error_code& ec) override;
    detail::file_status status(int file, error_code& ec) override;
    detail::file_status status(const std::string& path, error_code& ec) override;
    void rename(const std::string& from, const std::string& to, error_code& ec) override;
    void rename_new(const std::string& from, const std::string& to, error_code& ec) override;
    void link(const std::string& from, const std::string& to, error_code& ec) override;
    void remove(const std::string& path, error_code& ec) override;

private:
    struct change // of a content: bytes, or with none a truncation
    {
        std::uint64_t at;
        std::string bytes;
    };

    struct inode
    {
        std::uint64_t number;
        std::string shown;
        std::string sure;
        std::vector<change> unsynced;
        int readers = 0; // locks
        bool is_written = false;
    };

    using inode_ptr = std::shared_ptr<inode>;
    using name_map = std::map<std::string, inode_ptr>;

    struct name_change // gives a name to a file, which may have had another one, or takes it away
    {
        std::string name;
        std::string from;
        inode_ptr file;
    };

    struct open_entry
    {
        inode_ptr file; // null: the folder
        bool locks_shared = false;
        bool locks = false;
    };

    static void apply(std::string& to, const change& c);
    static void apply(name_map& to, const name_change& c);
    bool fails(error_code& ec, std::size_t* n = nullptr);
    void change_names(name_change c);
    void make_sure(int file);

    std::uint64_t numbers_ = 0;
    name_map names_;
    name_map sure_names_;
    std::vector<name_change> unsynced_names_;
    std::map<int, open_entry> open_;
    int next_descriptor_ = 3;
    bool lacks_rename_new_ = false;
    fault fault_;
    std::size_t calls_ = 0;
};

} // namespace spool::test
