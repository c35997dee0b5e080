// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// A file that is being opened where calls may block.
//
// The job and the operation share this. Whoever is the last leaves a file that nobody took to the
// executor for blocking calls again: it is closed there, and deleted if it was new.

#include <spool/detail/open_operation.hpp>

#include "kept_file.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <memory>

namespace spool::detail {

class file_opening
{
public:
    file_opening(const asio::any_io_executor& executor, open_request&& request);
    ~file_opening();

    file_opening(const file_opening&) = delete;
    file_opening& operator=(const file_opening&) = delete;

    // The job, for the executor for blocking calls.
    const asio::any_io_executor& blocking() const noexcept { return request_.blocking_; }
    void run() noexcept;

    writer_state& writer() noexcept { return *writer_; }

    // Once the job has run.
    std::unique_ptr<kept_file> take(error_code& ec) noexcept;

private:
    void open();

    open_request request_;
    boost::intrusive_ptr<writer_state> writer_; // of the stream that ends with the job
    std::unique_ptr<kept_file> file_;
    error_code error_;
};

} // namespace spool::detail
