// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "port.hpp"

#include "context_registry.hpp"
#include "core.hpp"

#include <boost/asio/execution/blocking.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/require.hpp>
#include <boost/asio/thread_pool.hpp>

#include <utility>

namespace spool::detail {

namespace {

bool is_of_asio(const boost::asio::any_io_executor& executor) noexcept
{
    return executor.target<boost::asio::io_context::executor_type>() != nullptr ||
           executor.target<boost::asio::thread_pool::executor_type>() != nullptr;
}

} // namespace

void effects::wake(port& p) noexcept
{
    keep_ = &p.owner_;
    p.expect_post();
    p.next_wake_ = std::exchange(wakes_, &p);
}

void effects::doom(operation& op) noexcept
{
    keep_ = op.owner_->core_;
    op.task::next_ = std::exchange(doomed_, &op);
}

void effects::leave(handle_state& h) noexcept
{
    keep_ = h.core_;
    h.next_leaving_ = std::exchange(leaving_, &h);
}

void effects::apply_noted()
{
    while (port* const p = wakes_)
    {
        wakes_ = p->next_wake_;
        p->post();
        p->posted();
    }
    while (operation* const op = doomed_)
    {
        doomed_ = static_cast<operation*>(op->task::next_);
        keep_->destroy(*op);
    }
    while (handle_state* const h = leaving_)
    {
        leaving_ = h->next_leaving_;
        h->core_.reset();
        intrusive_ptr_release(h);
    }
}

port::port(
    core& owner,
    boost::asio::execution_context& context,
    const boost::asio::any_io_executor& executor)
    : owner_(owner), context_(context), executor_(new kept_executor(executor)),
      registry_(context_registry::of(context)), completes_(executor),
      counts_work_(is_of_asio(executor))
{
    if (executor)
        posting_ = boost::asio::require(executor, boost::asio::execution::blocking.never);
    registry_->add(*this);
}

port::~port()
{
    registry_->remove(*this);
}

void port::count_work()
{
    if (working_++ == 0)
        work_ =
            boost::asio::prefer(executor_->get(), boost::asio::execution::outstanding_work.tracked);
}

void port::discount_work(std::size_t n) noexcept
{
    working_ -= n;
    if (working_ == 0)
        work_ = boost::asio::any_io_executor();
}

void port::schedule(effects& noted) noexcept
{
    if (!dead_ && !std::exchange(scheduled_, true))
        noted.wake(*this);
}

// A post that another thread has begun must be over before the context may go. It is the length of one
// call into Asio, and no handler runs in it.
void port::posted() noexcept
{
    posted_.fetch_add(1, std::memory_order_release);
    posted_.notify_all();
}

void port::forget_executor()
{
    for (std::uint32_t n = posted_.load(std::memory_order_acquire); n != expected_;
         n = posted_.load(std::memory_order_acquire))
        posted_.wait(n, std::memory_order_acquire);
    posting_ = boost::asio::any_io_executor();
}

} // namespace spool::detail
