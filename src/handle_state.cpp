// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include <spool/detail/handle_state.hpp>

#include "batch.hpp"
#include "context_registry.hpp"
#include "core.hpp"
#include "owner_list.hpp"
#include "references.hpp"

#include <boost/asio/execution/blocking.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>

#include <utility>

namespace spool::detail {

namespace {

template <class Inner>
bool unwrap(asio::any_io_executor& executor)
{
    const auto* const strand = executor.target<asio::strand<Inner>>();
    if (strand)
        executor = asio::any_io_executor(strand->get_inner_executor());
    return strand != nullptr;
}

// Readers on different strands of one context share its wake-ups, and a wake-up does not hold
// anybody's strand: so they are posted to what lies below the strands.
asio::any_io_executor below_strands(asio::any_io_executor executor)
{
    while (unwrap<asio::any_io_executor>(executor) ||
           unwrap<asio::io_context::executor_type>(executor) ||
           unwrap<asio::thread_pool::executor_type>(executor))
    {
    }
    return executor;
}

} // namespace

kept_executor::kept_executor(const asio::any_io_executor& executor) : executor_(executor)
{
    owner_algorithms::init_header(this);
    if (!executor_)
        return;
    registry_ = context_registry::of(asio::query(executor_, asio::execution::context));
    registry_->add(*this);
}

kept_executor::~kept_executor()
{
    if (registry_)
        registry_->remove(*this);
}

boost::intrusive_ptr<kept_executor> kept_executor::share() noexcept
{
    return {add_reference_unless_zero(references_) ? this : nullptr, false};
}

void intrusive_ptr_add_ref(kept_executor* p) noexcept
{
    p->references_.fetch_add(1, std::memory_order_relaxed);
}

void intrusive_ptr_release(kept_executor* p) noexcept
{
    if (p->references_.fetch_sub(1, std::memory_order_acq_rel) == 1)
        delete p;
}

handle_state::handle_state(core_ptr stream, const asio::any_io_executor& executor, bool writes)
    : core_(std::move(stream)), closed_(!core_), writes_(writes)
{
    owner_algorithms::init_header(this);
    if (core_)
    {
        const asio::any_io_executor below = below_strands(executor);
        port_ = &core_->port_of(asio::query(below, asio::execution::context), below);
        direct_ = executor == port_->executor() &&
                  executor == asio::prefer(executor, asio::execution::blocking.possibly);
    }
    if (core_ && executor == port_->executor())
        executor_ = &port_->kept();
    else
        executor_ = new kept_executor(executor);
}

handle_state::~handle_state() = default;

const asio::any_io_executor& handle_state::wake_executor() const noexcept
{
    return port_->executor();
}

asio::execution_context& handle_state::context() const noexcept
{
    return port_->context();
}

bool handle_state::runs_here() const noexcept
{
    if (!direct_)
        return false;
    const auto* const own = executor().target<asio::io_context::executor_type>();
    return own && own->running_in_this_thread();
}

port& handle_state::port_of(asio::execution_context& context)
{
    return core_->port_of(context, {});
}

bool handle_state::try_start(operation& op)
{
    if (!port_->counts_work())
        return false;
    op.counts_work_ = true;
    if (batch::rearm(*port_, op) || port_->try_park(op))
        return true;
    op.counts_work_ = false;
    return false;
}

void handle_state::start(operation& op)
{
    if (!batch::rearm(*port_, op))
        port_->start(op);
}

void handle_state::cancel()
{
    port_->cancel(*this);
}

void handle_state::close()
{
    if (std::exchange(closed_, true))
        return;
    const core_ptr keep = core_; // the handle may leave at once
    port_->close(*this);
}

void intrusive_ptr_add_ref(handle_state* p) noexcept
{
    p->references_.fetch_add(1, std::memory_order_relaxed);
}

void intrusive_ptr_release(handle_state* p) noexcept
{
    if (p->references_.fetch_sub(1, std::memory_order_acq_rel) == 1)
        delete p;
}

} // namespace spool::detail
