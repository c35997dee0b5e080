// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include <spool/detail/handle_state.hpp>

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

handle_state::handle_state(core_ptr stream, const asio::any_io_executor& executor)
    : core_(std::move(stream)), executor_(executor), closed_(!core_)
{
    owner_algorithms::init_header(this);
    owner_algorithms::init_header(&operations_);
    if (!executor_)
        return;
    wake_executor_ = below_strands(executor_);
    asio::execution_context& context = asio::query(wake_executor_, asio::execution::context);
    registry_ = context_registry::of(context);
    if (core_)
    {
        port_ = &core_->port_of(context, wake_executor_);
        direct_ = executor_ == port_->executor() &&
                  executor_ == asio::prefer(executor_, asio::execution::blocking.possibly);
    }
    registry_->add(*this);
}

handle_state::~handle_state()
{
    if (registry_)
        registry_->remove(*this);
}

void handle_state::adopt(operation& op, asio::execution_context* other)
{
    op.owner_ = this;
    op.port_ = port_;
    if (other)
        op.other_port_ = &core_->port_of(*other, {});
}

void handle_state::start(operation& op)
{
    const core_ptr keep = core_;
    uses_.fetch_add(1, std::memory_order_relaxed);
    keep->start(op);
}

void handle_state::leave()
{
    if (uses_.fetch_sub(1, std::memory_order_acq_rel) != 1)
        return;
    const core_ptr stream = std::move(core_);
    on_leave(*stream);
}

void handle_state::cancel()
{
    const core_ptr keep = core_;
    keep->cancel(*this);
}

void handle_state::close()
{
    if (std::exchange(closed_, true))
        return;
    {
        const core_ptr keep = core_;
        on_close(*keep);
    }
    leave();
}

boost::intrusive_ptr<handle_state> handle_state::share() noexcept
{
    return {add_reference_unless_zero(references_) ? this : nullptr, false};
}

void handle_state::forget_executor() noexcept
{
    executor_ = asio::any_io_executor();
    wake_executor_ = asio::any_io_executor();
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
