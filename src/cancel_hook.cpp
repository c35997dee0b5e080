// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include <spool/detail/cancel_hook.hpp>

#include "port.hpp"

#include <utility>

namespace spool::detail {

cancel_hook::cancel_hook(core_ptr stream, operation& op) noexcept
    : core_(std::move(stream)), port_(*op.owner_->port_), operation_(&op)
{
}

cancel_hook::~cancel_hook()
{
    if (operation_.load(std::memory_order_acquire) != nullptr)
        port_.detach(*this);
}

void cancel_hook::operator()(asio::cancellation_type type)
{
    const core_ptr keep = core_;
    if (type != asio::cancellation_type::none &&
        operation_.load(std::memory_order_acquire) != nullptr)
        port_.cancel(*this);
}

} // namespace spool::detail
