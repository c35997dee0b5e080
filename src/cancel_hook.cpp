// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include <spool/detail/cancel_hook.hpp>

#include "core.hpp"

#include <utility>

namespace spool::detail {

void core::cancel(cancel_hook& hook)
{
    strand_.run([&](effects& noted) {
        collect(noted);
        if (operation* const op = hook.operation_.load(std::memory_order_relaxed))
            abort_operation(*op, noted);
    });
}

void core::detach(cancel_hook& hook) noexcept
{
    strand_.run([&](effects&) {
        if (operation* const op = hook.operation_.load(std::memory_order_relaxed))
            op->hook_ = nullptr;
    });
}

cancel_hook::cancel_hook(core_ptr stream, operation& op) noexcept
    : core_(std::move(stream)), operation_(&op)
{
}

cancel_hook::~cancel_hook()
{
    if (operation_.load(std::memory_order_acquire) != nullptr)
        core_->detach(*this);
}

void cancel_hook::operator()(asio::cancellation_type type)
{
    const core_ptr keep = core_;
    if (type != asio::cancellation_type::none &&
        operation_.load(std::memory_order_acquire) != nullptr)
        keep->cancel(*this);
}

} // namespace spool::detail
