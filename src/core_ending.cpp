// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// The end of a stream: close, abort, the declared size, drains.

#include <spool/error.hpp>

#include "core.hpp"

#include <boost/asio/error.hpp>

#include <utility>

namespace spool::detail {

// The storage has done something: writers may have room, and the drain of a removed stream is over.
void core::go_on(effects& noted) noexcept
{
    serve_writers(noted);
    complete_drains(noted);
}

void core::complete_drains(effects& noted) noexcept
{
    if (!draining_ || readers_.count() != 0 || load().is == status::open)
        return;
    if (removing_ && !std::exchange(removed_, true))
    {
        if (storage_)
            storage_->remove(noted);
        else if (window_)
            window_->clear();
        else
            log_.clear();
    }
    operation_list all;
    all.append(drains_);
    while (!all.empty())
    {
        auto& op = static_cast<write_operation&>(all.pop_front());
        const bool removes = storage_ && op.kind_ == write_operation::kind::remove;
        if (removes && storage_->remove_failed())
            op.outcome_ = write_outcome::storage;
        op.has_begun_ = true;
        if (removes && !storage_->is_removed())
            drains_.push_back(op);
        else
            own_port_->decide(op, noted);
    }
}

// The first end wins and is final (C1).
void core::end(status how, error_code cause, effects& noted) noexcept
{
    if (load().is != status::open)
        return;
    cause_ = cause;
    if (how == status::closed)
        final_size_.store(load().size, std::memory_order_release);
    status_.store(how, std::memory_order_release);
    look(noted);
    go_on(noted);
    if (storage_)
        storage_->advance(noted);
}

error_code core::close()
{
    error_code ec;
    strand_.run([&](effects& noted) {
        switch (decide_close(load()))
        {
        case close_outcome::close:
            end(status::closed, {}, noted);
            break;
        case close_outcome::fail_short:
            end(status::failed, errc::size_mismatch, noted);
            break;
        case close_outcome::nothing:
            break;
        }
        ec = cause_;
    });
    return ec;
}

void core::abort(error_code cause, bool discard)
{
    // A failed stream never looks like a complete one, whatever cause it is given (C2).
    if (!cause || cause == asio::error::eof)
        cause = errc::abandoned;
    strand_.run(
        [&](effects& noted) { end(discard ? status::discarded : status::failed, cause, noted); });
}

error_code core::declare(std::uint64_t n)
{
    error_code ec;
    strand_.run([&](effects& noted) {
        switch (decide_declare(load(), n))
        {
        case declare_outcome::accept:
            break;
        case declare_outcome::known:
            ec = errc::final_size_known;
            return;
        case declare_outcome::closed:
            ec = errc::closed;
            return;
        case declare_outcome::cause:
            ec = cause_;
            return;
        case declare_outcome::size_mismatch:
            ec = errc::size_mismatch;
            return;
        }
        final_size_.store(n, std::memory_order_release);
        look(noted);
    });
    return ec;
}

} // namespace spool::detail
