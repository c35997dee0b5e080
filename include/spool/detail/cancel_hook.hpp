// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

#include <spool/detail/operation.hpp>

#include <boost/asio/cancellation_type.hpp>

#include <atomic>

namespace spool::detail {

// What stands in a cancellation slot while its operation is parked. The strand sets `operation_` to
// null when the operation is taken for completion, and never touches the hook again: an emission
// that comes later finds nothing and cannot hit a later operation.
class cancel_hook
{
public:
    cancel_hook(core_ptr stream, operation& op) noexcept;
    ~cancel_hook();

    cancel_hook(const cancel_hook&) = delete;
    cancel_hook& operator=(const cancel_hook&) = delete;

    void operator()(boost::asio::cancellation_type type);

private:
    friend class port;

    core_ptr core_;
    port& port_;
    std::atomic<operation*> operation_;
};

} // namespace spool::detail
