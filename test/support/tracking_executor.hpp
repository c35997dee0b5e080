// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// An executor over another one that keeps a record: how often it was posted and dispatched to, how much
// outstanding work it counts, and whether the calling thread is inside it. A hook runs in every call of
// `execute`, as a user's own executor might do anything there.

#include "counted_work.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution/blocking.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/require.hpp>

#include <atomic>
#include <cstddef>
#include <functional>
#include <type_traits>
#include <utility>

namespace spool::test {

namespace asio = boost::asio;

struct executor_record
{
    std::atomic<std::size_t> posts{0};      // executed with blocking.never
    std::atomic<std::size_t> dispatches{0}; // executed with blocking.possibly
    std::atomic<std::size_t> work{0};
    std::function<void()> on_execute;

    // Whether the calling thread runs a function of an executor with this record.
    bool is_inside() const noexcept
    {
        for (const frame* f = innermost; f; f = f->outer)
            if (f->record == this)
                return true;
        return false;
    }

private:
    friend class tracking_executor;

    struct frame
    {
        explicit frame(const executor_record& r) noexcept : record(&r) { innermost = this; }
        ~frame() { innermost = outer; }
        frame(const frame&) = delete;
        frame& operator=(const frame&) = delete;
        const executor_record* record;
        const frame* outer = innermost;
    };

    inline static thread_local const frame* innermost = nullptr;
};

class tracking_executor
{
    using blocking_t = asio::execution::blocking_t;
    using outstanding_work_t = asio::execution::outstanding_work_t;

public:
    tracking_executor(executor_record& record, asio::any_io_executor inner) noexcept
        : record_(&record), inner_(std::move(inner))
    {
    }

    bool operator==(const tracking_executor&) const = default;

    template <class Function>
    void execute(Function&& function) const
    {
        ++(may_block_ ? record_->dispatches : record_->posts);
        if (record_->on_execute)
            record_->on_execute();
        inner_.execute([record = record_,
                        f = std::decay_t<Function>(std::forward<Function>(function))]() mutable {
            const executor_record::frame here(*record);
            std::move(f)();
        });
    }

    asio::execution_context& query(asio::execution::context_t) const noexcept
    {
        return asio::query(inner_, asio::execution::context);
    }

    blocking_t query(blocking_t) const noexcept
    {
        return may_block_ ? blocking_t(blocking_t::possibly) : blocking_t(blocking_t::never);
    }

    tracking_executor require(blocking_t::never_t) const
    {
        return with(asio::require(inner_, asio::execution::blocking.never), false, work_);
    }
    tracking_executor require(blocking_t::possibly_t) const
    {
        return with(asio::prefer(inner_, asio::execution::blocking.possibly), true, work_);
    }
    tracking_executor require(outstanding_work_t::tracked_t) const
    {
        return with(
            asio::prefer(inner_, asio::execution::outstanding_work.tracked),
            may_block_,
            counted_work(record_->work));
    }
    tracking_executor require(outstanding_work_t::untracked_t) const
    {
        return with(
            asio::prefer(inner_, asio::execution::outstanding_work.untracked),
            may_block_,
            counted_work());
    }

private:
    tracking_executor
    with(asio::any_io_executor inner, bool may_block, const counted_work& work) const
    {
        tracking_executor copy(*record_, std::move(inner));
        copy.may_block_ = may_block;
        copy.work_ = work;
        return copy;
    }

    executor_record* record_;
    asio::any_io_executor inner_;
    counted_work work_;
    bool may_block_ = true;
};

} // namespace spool::test
