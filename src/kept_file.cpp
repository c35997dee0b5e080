// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "kept_file.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/errc.hpp>

#include <algorithm>
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
      partial_(name_ + ".partial"), written_(in_place_ ? name_ : partial_),
      mark_(name_ + ".unfinished"), records_name_(name_ + ".records"), data_(calls), records_(calls)
{
}

// Of what is there.
std::optional<file_status> kept_file::status(const std::string& path, error_code& ec)
{
    const file_status found = uninterrupted(ec, [&] { return calls_.status(path, ec); });
    const bool is_there = !ec;
    if (ec == generic::no_such_file_or_directory)
        ec = {};
    return is_there ? std::optional(found) : std::nullopt;
}

void kept_file::remove_if_there(const std::string& path, error_code& ec)
{
    uninterrupted(ec, [&] { calls_.remove(path, ec); });
    if (ec == generic::no_such_file_or_directory)
        ec = {};
}

void kept_file::open_folder(open_file& folder, error_code& ec)
{
    folder.open(std::filesystem::path(name_).parent_path().string(), opening::folder, ec);
}

void kept_file::sync_folder(error_code& ec)
{
    open_file folder(calls_);
    open_folder(folder, ec);
    if (!ec)
        folder.sync(ec);
}

void kept_file::sync_names(error_code& ec)
{
    if (!is_named_)
        sync_folder(ec);
    is_named_ = !ec;
}

// Opens and locks what has the name, also when that has become another file in between.
void kept_file::open_locked(open_file& file, const std::string& path, opening how, error_code& ec)
{
    for (int i = 0; i != attempts; ++i)
    {
        file.open(path, how, ec);
        if (ec)
            return;
        uninterrupted(ec, [&] { calls_.lock(file.descriptor(), how == opening::read, ec); });
        if (ec == generic::operation_would_block)
            set(ec, generic::device_or_resource_busy);
        file_status locked;
        if (!ec)
            locked = uninterrupted(ec, [&] { return calls_.status(file.descriptor(), ec); });
        const std::optional<file_status> named = ec ? std::nullopt : status(path, ec);
        if (named && locked.is_same(*named))
            return;
        file.close();
        if (ec)
            return;
    }
    set(ec, generic::device_or_resource_busy);
}

void kept_file::open(error_code& ec)
{
    ec = {};
    if (mode_ == file_mode::open)
        return open_finished(ec);
    look(ec); // so that what is refused leaves no trace
    const bool had_records = !ec && open_records(ec);
    const beginning how = ec ? beginning::anew : look(ec); // now nobody else changes it
    if (!ec && how == beginning::resumed)
    {
        open_locked(data_, written_, opening::write, ec);
        if (!ec && in_place_)
            sync_folder(ec); // whoever made the mark may not have come so far
        if (!ec)
            recover(ec);
    }
    else if (!ec)
    {
        begin(how, had_records, ec);
        is_new_ = !ec;
    }
    error_code ignored;
    if (ec && records_.is_open() && !had_records)
        remove_if_there(records_name_, ignored);
}

void kept_file::give_up()
{
    error_code ignored;
    if (is_new_)
        remove(ignored);
}

void kept_file::open_finished(error_code& ec)
{
    const auto refuse_unfinished = [&] {
        if (!ec && status(mark_, ec))
            ec = errc::unfinished;
    };
    refuse_unfinished();
    if (!ec)
        open_locked(data_, name_, opening::read, ec);
    refuse_unfinished(); // it may have been begun again until it was locked
    error_code ignored;
    if (ec == generic::no_such_file_or_directory && status(partial_, ignored))
        ec = errc::unfinished;
    if (!ec)
        open_range(ec);
    refused_ = asio::error::bad_descriptor;
}

// What is there, and whether the mode allows it. A file with both names was finished when it was linked
// to the second one; the mark alone means nothing.
kept_file::beginning kept_file::look(error_code& ec)
{
    const std::optional<file_status> named = status(name_, ec);
    const std::optional<file_status> partial = ec ? std::nullopt : status(partial_, ec);
    const bool in_place_begun = !ec && status(mark_, ec) && named;
    const bool partial_begun = partial && !(named && partial->is_same(*named));
    if (ec)
        return beginning::anew;
    const bool is_begun = in_place_ ? in_place_begun : partial_begun;
    const bool is_otherwise = in_place_ ? partial_begun : in_place_begun;
    if (is_otherwise || (mode_ == file_mode::create && (named || partial)) ||
        (mode_ == file_mode::resume && named && !is_begun))
        set(ec, generic::file_exists);
    replaces_ = named || mode_ == file_mode::replace;
    if (mode_ == file_mode::resume && is_begun)
        return beginning::resumed;
    return named || partial ? beginning::again : beginning::anew;
}

// False if it is new.
bool kept_file::open_records(error_code& ec)
{
    for (int i = 0; i != attempts; ++i)
    {
        open_locked(records_, records_name_, opening::write, ec);
        if (ec != generic::no_such_file_or_directory)
            return true;
        open_locked(records_, records_name_, opening::create, ec);
        if (ec != generic::file_exists)
            return false;
    }
    set(ec, generic::device_or_resource_busy);
    return true;
}

// Makes the mark, if it is not there.
void kept_file::set_mark(error_code& ec)
{
    open_file mark(calls_);
    mark.open(mark_, opening::create, ec);
    if (ec == generic::file_exists)
        ec = {};
}

// Records of an earlier file, which may come back when power is lost, must meet neither a new one nor the
// mark of it; and the new one must not be there without its mark.
void kept_file::begin(beginning how, bool had_records, error_code& ec)
{
    const bool replaces = how == beginning::again;
    if (replaces && in_place_)
        open_locked(data_, name_, opening::write, ec); // unless somebody reads it
    if (!ec && had_records)
        records_.truncate(0, ec);
    if (!ec && had_records)
        records_.sync(ec);
    if (!ec && replaces && in_place_)
        sync_folder(ec);
    if (!ec)
        in_place_ ? set_mark(ec) : remove_if_there(mark_, ec);
    if (!ec)
        sync_folder(ec);
    if (!ec && replaces && !in_place_)
        remove_if_there(partial_, ec);
    if (!ec)
        data_.is_open() ? data_.truncate(0, ec) : open_locked(data_, written_, opening::create, ec);
}

// Writing.

void kept_file::write(std::uint64_t offset, asio::const_buffer bytes, error_code& ec)
{
    ec = refused_;
    if (!ec && offset != end_)
        return set(ec, generic::invalid_argument);
    constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max();
    if (!ec && bytes.size() > most - offset)
        set(ec, generic::file_too_large);
    if (!ec)
        take_ahead(offset, offset + bytes.size());
    if (!ec)
        data_.write(offset, bytes, ec);
    if (!ec)
    {
        byte_sum sum;
        sum.add({static_cast<const std::byte*>(bytes.data()), bytes.size()});
        add_record({offset + bytes.size(), sum.value(), file_record::kind::write}, ec);
    }
    refused_ = ec;
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
    const std::uint64_t there = std::max(last_.load(), offset) - offset;
    const std::size_t n =
        data_.read(offset, asio::buffer(bytes, std::min<std::uint64_t>(there, bytes.size())), ec);
    if (offset < base_) // now, because there may not have been a hole before
        return ec = errc::lost, 0;
    if (n != 0)
        ec = {}; // the next read meets it again
    return n;
}

// After a failure the system may take pages for clean that are not on the disk: so there is no second
// attempt, for good.
void kept_file::sync(error_code& ec)
{
    ec = refused_;
    if (!ec)
        data_.sync_data(ec);
    if (!ec)
        records_.sync_data(ec);
    if (!ec)
        sync_names(ec);
    if (!ec)
        add_record({end_, 0, file_record::kind::sync}, ec);
    refused_ = ec;
}

} // namespace spool::detail
