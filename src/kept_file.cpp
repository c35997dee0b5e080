// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "kept_file.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/errc.hpp>

#include <filesystem>
#include <limits>

namespace spool::detail {

namespace {

namespace generic = boost::system::errc;

// How often a name may come to mean another file while it is being locked.
constexpr int attempts = 8;

void set(error_code& ec, generic::errc_t e)
{
    ec = generic::make_error_code(e);
}

} // namespace

kept_file::kept_file(std::string name, file_mode mode, publication when, file_calls& calls)
    : calls_(calls), mode_(mode), in_place_(when == publication::in_place), name_(std::move(name)),
      written_(in_place_ ? name_ : name_ + ".partial"), mark_(name_ + ".unfinished"),
      records_name_(name_ + ".records"), data_(calls), records_(calls)
{
}

bool kept_file::exists(const std::string& path, error_code& ec)
{
    uninterrupted(ec, [&] { return calls_.status(path, ec); });
    if (ec != generic::no_such_file_or_directory)
        return !ec;
    ec = {};
    return false;
}

void kept_file::remove_if_there(const std::string& path, error_code& ec)
{
    uninterrupted(ec, [&] { calls_.remove(path, ec); });
    if (ec == generic::no_such_file_or_directory)
        ec = {};
}

void kept_file::sync_folder(error_code& ec)
{
    const std::filesystem::path folder = std::filesystem::path(name_).parent_path();
    open_file opened(calls_);
    opened.open(folder.empty() ? "." : folder.string(), opening::folder, ec);
    if (!ec)
        opened.sync(ec);
}

// Opens and locks what has the name, also when that has become another file in between.
void kept_file::open_locked(open_file& file, const std::string& path, opening how, error_code& ec)
{
    for (int i = 0; i != attempts; ++i)
    {
        file.open(path, how, ec);
        if (!ec)
            uninterrupted(ec, [&] { calls_.lock(file.descriptor(), how == opening::read, ec); });
        if (ec == generic::operation_would_block)
            set(ec, generic::device_or_resource_busy);
        if (ec)
            return;
        const file_status locked =
            uninterrupted(ec, [&] { return calls_.status(file.descriptor(), ec); });
        const file_status named = uninterrupted(ec, [&] { return calls_.status(path, ec); });
        if (!ec && locked.is_same(named))
            return;
    }
    set(ec, generic::device_or_resource_busy);
}

void kept_file::open(error_code& ec)
{
    ec = {};
    switch (mode_)
    {
    case file_mode::create:
        if (exists(name_, ec) || (!ec && exists(in_place_ ? mark_ : written_, ec)))
            set(ec, generic::file_exists);
        return ec ? void() : begin(ec);
    case file_mode::replace:
        return replace(ec);
    case file_mode::resume:
        return resume(ec);
    case file_mode::open:
        return open_finished(ec);
    }
}

void kept_file::open_finished(error_code& ec)
{
    if (exists(mark_, ec))
        ec = errc::unfinished;
    if (ec)
        return;
    open_locked(data_, name_, opening::read, ec);
    error_code ignored;
    if (ec == generic::no_such_file_or_directory && exists(name_ + ".partial", ignored))
        ec = errc::unfinished;
    if (!ec)
        size_ = data_.size(ec);
}

// Records of an earlier file, which may come back when power is lost, must not meet a new one.
void kept_file::clear_records(error_code& ec)
{
    if (!exists(records_name_, ec))
        return;
    remove_if_there(records_name_, ec);
    if (!ec)
        sync_folder(ec);
}

// Before there is anything under the name.
void kept_file::set_mark(error_code& ec)
{
    open_file mark(calls_);
    mark.open(mark_, opening::create, ec);
    if (!ec || ec == generic::file_exists)
        sync_folder(ec);
}

// What is not there is made.
void kept_file::begin(error_code& ec)
{
    clear_records(ec);
    if (!ec && in_place_)
        set_mark(ec);
    if (!ec)
        data_.open(written_, opening::create, ec);
    if (!ec)
        uninterrupted(ec, [&] { calls_.lock(data_.descriptor(), false, ec); });
    if (!ec)
        records_.open(records_name_, opening::create, ec);
}

// The old unfinished file is locked until the new one is.
void kept_file::replace(error_code& ec)
{
    replaces_ = true;
    open_file old(calls_);
    if (exists(written_, ec))
        open_locked(old, written_, opening::write, ec);
    if (ec)
        return;
    if (!in_place_ || !old.is_open())
    {
        remove_if_there(written_, ec);
        return ec ? void() : begin(ec);
    }
    clear_records(ec);
    if (!ec)
        set_mark(ec);
    if (!ec)
        old.truncate(0, ec);
    if (!ec)
        records_.open(records_name_, opening::create, ec);
    data_.swap(old);
}

void kept_file::resume(error_code& ec)
{
    const bool is_begun = exists(in_place_ ? mark_ : written_, ec) && exists(written_, ec);
    const bool is_named = !ec && exists(name_, ec);
    if (!ec && !is_begun && is_named)
        set(ec, generic::file_exists);
    if (ec)
        return;
    if (!is_begun)
        return begin(ec);
    replaces_ = is_named;
    open_locked(data_, written_, opening::write, ec);
    if (!ec)
        recover(ec);
}

// Writing.

void kept_file::write(std::uint64_t offset, asio::const_buffer bytes, error_code& ec)
{
    ec = failed_;
    if (!ec && offset != end_)
        return set(ec, generic::invalid_argument);
    constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max();
    if (!ec && bytes.size() > most - offset)
        set(ec, generic::file_too_large);
    if (!ec)
        data_.write(offset, bytes, ec);
    if (!ec)
    {
        byte_sum sum;
        sum.add({static_cast<const std::byte*>(bytes.data()), bytes.size()});
        add_record({offset + bytes.size(), sum.value(), file_record::kind::write}, ec);
    }
    failed_ = ec;
}

void kept_file::add_record(const file_record& r, error_code& ec)
{
    const encoded_record bytes = chain_.add(r);
    records_.write(end_of_records_, asio::buffer(bytes), ec);
    end_of_records_ += bytes.size();
    end_ = r.end;
}

std::size_t kept_file::read(std::uint64_t offset, asio::mutable_buffer bytes, error_code& ec)
{
    const std::size_t n = data_.read(offset, bytes, ec);
    if (n != 0)
        ec = {}; // the next read meets it again
    return n;
}

// After a failure the system may take pages for clean that are not on the disk: so there is no second
// attempt, for good.
void kept_file::sync(error_code& ec)
{
    ec = failed_;
    if (!ec)
        data_.sync_data(ec);
    if (!ec)
        records_.sync_data(ec);
    if (!ec && !is_named_)
        sync_folder(ec);
    if (!ec)
    {
        is_named_ = true;
        add_record({end_, 0, file_record::kind::sync}, ec);
    }
    failed_ = ec;
}

void kept_file::finish(error_code& ec)
{
    ec = failed_;
    if (!ec)
        data_.sync(ec);
    if (!ec)
        uninterrupted(ec, [&] {
            if (in_place_)
                calls_.remove(mark_, ec);
            else if (replaces_)
                calls_.rename(written_, name_, ec);
            else
                calls_.rename_new(written_, name_, ec);
        });
    if (!ec)
        sync_folder(ec);
    failed_ = ec;
    if (ec)
        return;
    // The rest is tidying, and whoever comes next does it, if they find the records.
    error_code ignored;
    is_published_ = true;
    records_.close();
    clear_records(ignored);
    uninterrupted(ignored, [&] { calls_.lock(data_.descriptor(), true, ignored); });
}

// The mark goes after what it stands for.
void kept_file::remove(error_code& ec)
{
    const bool has_name = is_published_ || mode_ == file_mode::open;
    ec = {};
    for (const std::string* path : {has_name ? &name_ : &written_, &mark_, &records_name_})
        if (!ec)
            remove_if_there(*path, ec);
    if (!ec)
        sync_folder(ec);
}

} // namespace spool::detail
