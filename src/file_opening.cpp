// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "file_opening.hpp"

#include "blocking_pool.hpp"
#include "core.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/execution/blocking.hpp>
#include <boost/asio/require.hpp>

#include <new>
#include <utility>

namespace spool::detail {

file_opening::file_opening(const asio::any_io_executor& executor, open_request&& request)
    : request_(std::move(request)), writer_(writer_state::make(executor))
{
    auto& blocking = request_.blocking_;
    blocking =
        asio::require(blocking ? blocking : blocking_pool(), asio::execution::blocking.never);
    if (!request_.calls_)
        request_.calls_ = &file_calls::system();
    request_.name_ = request_.calls_->absolute(request_.name_.string(), error_);
}

file_opening::~file_opening()
{
    writer_->close();
    if (file_)
        blocking().execute([file = std::move(file_)]() mutable {
            file->give_up();
            file.reset();
        });
}

void file_opening::open()
try
{
    if (error_)
        return;
    auto file = std::make_unique<kept_file>(
        request_.name_.string(), request_.mode_, request_.when_, *request_.calls_);
    file->open(error_);
    if (!error_)
        file_ = std::move(file);
}
catch (const std::bad_alloc&)
{
    error_ = asio::error::no_memory;
}

void file_opening::run() noexcept
{
    open();
    writer_->stream()->close();
}

std::unique_ptr<kept_file> file_opening::take(error_code& ec) noexcept
{
    ec = error_;
    return std::move(file_);
}

std::shared_ptr<file_opening>
begin_opening(const asio::any_io_executor& executor, open_request&& request)
{
    auto o = std::make_shared<file_opening>(executor, std::move(request));
    o->blocking().execute([o] {
        if (o.use_count() != 1) // somebody still waits for it
            o->run();
    });
    return o;
}

writer_state& writer_of(file_opening& o) noexcept
{
    return o.writer();
}

} // namespace spool::detail
