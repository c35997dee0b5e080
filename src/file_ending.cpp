// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// The end of a file of a file storage: its name when it is finished, and its removal.

#include "kept_file.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/errc.hpp>

namespace spool::detail {

namespace {

namespace generic = boost::system::errc;

} // namespace

void kept_file::publish(error_code& ec)
{
    uninterrupted(ec, [&] {
        if (in_place_)
            calls_.remove(mark_, ec);
        else if (replaces_)
            calls_.rename(written_, name_, ec);
        else
            calls_.rename_new(written_, name_, ec);
    });
    const bool cannot = ec == generic::invalid_argument || ec == generic::function_not_supported;
    if (cannot && !in_place_ && !replaces_)
        uninterrupted(ec, [&] {
            calls_.link(written_, name_, ec);
            has_both_names_ = !ec;
        });
    is_published_ = !ec;
}

void kept_file::finish(error_code& ec)
{
    ec = refused_;
    open_file folder(calls_); // early, because there may be no descriptor left
    if (!ec)
        open_folder(folder, ec);
    if (!ec)
        give_back(true, ec);
    if (!ec)
        set_marks(ec);
    if (!ec)
        give_back_the_rest();
    if (!ec)
        data_.sync(ec);
    if (!ec)
        publish(ec);
    if (!ec)
        folder.sync(ec);
    refused_ = ec ? ec : error_code(asio::error::bad_descriptor);
    if (ec)
        return;
    // The rest is tidying, and whoever comes next does it, if they find the records. The old name goes when
    // the new one is sure, or the loss of power might leave none.
    error_code ignored;
    if (has_both_names_)
        remove_if_there(written_, ignored);
    remove_if_there(records_name_, ignored);
    records_.close();
    uninterrupted(ignored, [&] { calls_.lock(data_.descriptor(), true, ignored); });
}

// Whoever replaces a finished file does not ask those who have it open, so its name may be another one's.
// It may become that even after this has looked: no call of the system compares and removes in one.
void kept_file::remove_own(const open_file& file, const std::string& path, error_code& ec)
{
    const file_status own = uninterrupted(ec, [&] { return calls_.status(file.descriptor(), ec); });
    const std::optional<file_status> named = ec ? std::nullopt : status(path, ec);
    if (named && named->is_same(own))
        remove_if_there(path, ec);
}

// A mark goes when it is sure that what it stands for has gone; that and the records may be those of
// somebody else when the file is finished.
void kept_file::remove(error_code& ec)
{
    const bool is_finished = is_published_ || mode_ == file_mode::open;
    remove_own(data_, partial_, ec);
    if (!ec)
        remove_own(data_, name_, ec);
    if (!ec && in_place_ && !is_finished)
    {
        sync_folder(ec);
        if (!ec)
            remove_if_there(mark_, ec);
    }
    if (!ec && records_.is_open())
        remove_own(records_, records_name_, ec);
    if (!ec)
        sync_folder(ec);
}

} // namespace spool::detail
