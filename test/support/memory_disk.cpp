// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "memory_disk.hpp"

#include <boost/system/errc.hpp>

#include <algorithm>
#include <utility>

namespace spool::test {

namespace {

namespace generic = boost::system::errc;

constexpr std::size_t sector = 512;

void set(error_code& ec, generic::errc_t e)
{
    ec = generic::make_error_code(e);
}

} // namespace

void memory_disk::apply(std::string& to, const change& c)
{
    const auto at = static_cast<std::size_t>(c.at);
    if (c.bytes.empty())
        return to.resize(at);
    if (to.size() < at + c.bytes.size())
        to.resize(at + c.bytes.size());
    to.replace(at, c.bytes.size(), c.bytes);
}

void memory_disk::apply(name_map& to, const name_change& c)
{
    if (!c.file)
        return static_cast<void>(to.erase(c.name));
    if (const auto found = to.find(c.from); found != to.end() && found->second == c.file)
        to.erase(found);
    to[c.name] = c.file;
}

// Whether this call fails; a short one has its size cut.
bool memory_disk::fails(error_code& ec, std::size_t* n)
{
    const std::size_t call = calls_++;
    ec = {};
    if (call < fault_.at || (call > fault_.at && !fault_.from_then_on))
        return false;
    ec = fault_.error;
    if (!ec && n)
        *n = std::max<std::size_t>(*n / 2, 1);
    return ec.failed();
}

void memory_disk::change_names(name_change c)
{
    apply(names_, c);
    unsynced_names_.push_back(std::move(c));
}

std::unique_ptr<memory_disk> memory_disk::after_kill() const
{
    auto left = std::make_unique<memory_disk>();
    left->numbers_ = numbers_;
    left->lacks_rename_new_ = lacks_rename_new_;
    std::map<inode_ptr, inode_ptr> copies;
    const auto copy = [&copies](const inode_ptr& file) {
        inode_ptr& copied = copies[file];
        if (file && !copied)
        {
            copied = std::make_shared<inode>(*file);
            copied->readers = 0;
            copied->is_written = false;
        }
        return copied;
    };
    for (const auto& [name, file] : names_)
        left->names_[name] = copy(file);
    for (const auto& [name, file] : sure_names_)
        left->sure_names_[name] = copy(file);
    for (const name_change& c : unsynced_names_)
        left->unsynced_names_.push_back({c.name, c.from, copy(c.file)});
    return left;
}

std::unique_ptr<memory_disk> memory_disk::after_power_loss(chance& c) const
{
    auto left = std::make_unique<memory_disk>();
    left->lacks_rename_new_ = lacks_rename_new_;
    name_map names = sure_names_;
    const std::size_t kept = c.below(unsynced_names_.size() + 1);
    const bool in_order = c.coin();
    for (std::size_t i = 0; i != unsynced_names_.size(); ++i)
        if (in_order ? i < kept : c.coin())
            apply(names, unsynced_names_[i]);
    std::map<inode_ptr, inode_ptr> copies;
    for (const auto& [name, file] : names)
    {
        const bool has_other_name = copies.contains(file);
        inode_ptr& copy = copies[file];
        if (!has_other_name)
            copy = std::make_shared<inode>();
        left->names_[name] = copy;
        if (has_other_name)
            continue;
        inode& copied = *copy;
        copied.number = ++left->numbers_;
        copied.sure = file->sure;
        const std::size_t mood = c.below(4); // all, none, or some of the sectors
        for (const change& w : file->unsynced)
        {
            if (w.bytes.empty() && mood != 1 && c.coin())
                apply(copied.sure, w);
            for (std::size_t i = 0; i < w.bytes.size();)
            {
                const std::size_t n = std::min(
                    w.bytes.size() - i, sector - static_cast<std::size_t>(w.at + i) % sector);
                if (mood == 0 || (mood != 1 && c.coin()))
                    apply(copied.sure, {w.at + i, w.bytes.substr(i, n)});
                i += n;
            }
        }
        copied.shown = copied.sure;
    }
    left->sure_names_ = left->names_;
    return left;
}

bool memory_disk::is_same(const std::string& name, const std::string& other) const
{
    return has(name) && has(other) && names_.at(name) == names_.at(other);
}

std::string memory_disk::content(const std::string& name) const
{
    const auto found = names_.find(name);
    return found == names_.end() ? "" : found->second->shown;
}

int memory_disk::open(const std::string& path, detail::opening how, error_code& ec)
{
    if (fails(ec))
        return -1;
    open_entry entry;
    if (how != detail::opening::folder)
    {
        const auto found = names_.find(path);
        const bool is_there = found != names_.end();
        if (is_there == (how == detail::opening::create))
            return set(ec, is_there ? generic::file_exists : generic::no_such_file_or_directory),
                   -1;
        if (!is_there)
        {
            auto made = std::make_shared<inode>();
            made->number = ++numbers_;
            change_names({path, "", made});
        }
        entry.file = names_[path];
    }
    open_[next_descriptor_] = entry;
    return next_descriptor_++;
}

void memory_disk::close(int file) noexcept
{
    const auto found = open_.find(file);
    if (found->second.locks)
        found->second.file->is_written = false;
    if (found->second.locks_shared)
        --found->second.file->readers;
    open_.erase(found);
}

std::size_t
memory_disk::write(int file, std::uint64_t offset, const void* from, std::size_t n, error_code& ec)
{
    const bool failed = fails(ec, &n);
    if (failed && (!fault_.tears || calls_ != fault_.at + 1))
        return 0;
    inode& to = *open_[file].file;
    const std::size_t written = failed ? n / 2 : n;
    if (written != 0)
    {
        to.unsynced.push_back({offset, std::string(static_cast<const char*>(from), written)});
        apply(to.shown, to.unsynced.back());
    }
    return failed ? 0 : n;
}

std::size_t
memory_disk::read(int file, std::uint64_t offset, void* to, std::size_t n, error_code& ec)
{
    if (fails(ec, &n))
        return 0;
    const std::string& bytes = open_[file].file->shown;
    return offset >= bytes.size()
               ? 0
               : bytes.copy(static_cast<char*>(to), n, static_cast<std::size_t>(offset));
}

void memory_disk::make_sure(int file)
{
    const inode_ptr& synced = open_[file].file;
    if (synced)
    {
        synced->sure = synced->shown;
        synced->unsynced.clear();
        return;
    }
    sure_names_ = names_;
    unsynced_names_.clear();
}

void memory_disk::sync_data(int file, error_code& ec)
{
    if (!fails(ec))
        make_sure(file);
}

void memory_disk::sync(int file, error_code& ec)
{
    if (!fails(ec))
        make_sure(file);
}

void memory_disk::truncate(int file, std::uint64_t size, error_code& ec)
{
    if (fails(ec))
        return;
    inode& to = *open_[file].file;
    to.unsynced.push_back({size, ""});
    apply(to.shown, to.unsynced.back());
}

void memory_disk::reserve(int, std::uint64_t, std::uint64_t, error_code& ec)
{
    fails(ec);
}

void memory_disk::discard(int file, std::uint64_t begin, std::uint64_t end, error_code& ec)
{
    if (fails(ec))
        return;
    inode& to = *open_[file].file;
    if (begin % block != 0 || end % block != 0 || begin >= end || end > to.shown.size())
        return set(ec, generic::invalid_argument);
    to.unsynced.push_back({begin, std::string(static_cast<std::size_t>(end - begin), '\0')});
    apply(to.shown, to.unsynced.back());
}

void memory_disk::lock(int file, bool shared, error_code& ec)
{
    if (fails(ec))
        return;
    open_entry& entry = open_[file];
    inode& locked = *entry.file;
    if ((locked.is_written && !entry.locks) || (!shared && locked.readers != 0))
        return set(ec, generic::operation_would_block);
    locked.is_written = entry.locks = !shared;
    locked.readers += shared;
    entry.locks_shared = shared;
}

detail::file_status memory_disk::status(int file, error_code& ec)
{
    if (fails(ec))
        return {};
    const inode& of = *open_[file].file;
    return {of.shown.size(), 1, of.number, block};
}

detail::file_status memory_disk::status(const std::string& path, error_code& ec)
{
    if (fails(ec))
        return {};
    const auto found = names_.find(path);
    if (found == names_.end())
        return set(ec, generic::no_such_file_or_directory), detail::file_status{};
    return {found->second->shown.size(), 1, found->second->number, block};
}

void memory_disk::rename(const std::string& from, const std::string& to, error_code& ec)
{
    if (fails(ec))
        return;
    if (!names_.contains(from))
        return set(ec, generic::no_such_file_or_directory);
    change_names({to, from, names_[from]});
}

void memory_disk::rename_new(const std::string& from, const std::string& to, error_code& ec)
{
    if (fails(ec))
        return;
    if (lacks_rename_new_)
        return set(ec, generic::invalid_argument);
    if (names_.contains(to))
        return set(ec, generic::file_exists);
    change_names({to, from, names_[from]});
}

void memory_disk::link(const std::string& from, const std::string& to, error_code& ec)
{
    if (fails(ec))
        return;
    if (names_.contains(to))
        return set(ec, generic::file_exists);
    change_names({to, "", names_[from]});
}

void memory_disk::remove(const std::string& path, error_code& ec)
{
    if (fails(ec))
        return;
    if (!names_.contains(path))
        return set(ec, generic::no_such_file_or_directory);
    change_names({path, "", nullptr});
}

} // namespace spool::test
