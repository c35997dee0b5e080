// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// What must end when an execution context ends.
//
// A parked handler stands in spool's own rows, where the context cannot find it. So each context has a
// service that lists the ports and executors which belong to it; the service's shutdown empties them.
// Handles and streams may outlive the context and take theirs off the list later, hence the registry
// is shared, not owned by the service. The mutex guards the two lists only; no user code
// runs under it.

#include <spool/detail/handle_state.hpp>

#include <boost/asio/execution_context.hpp>

#include <memory>
#include <mutex>

namespace spool::detail {

class context_registry
{
public:
    context_registry() noexcept;

    // The registry of a context; made with its service at the first call.
    static std::shared_ptr<context_registry> of(boost::asio::execution_context& context);

    void add(kept_executor& e);
    void remove(kept_executor& e) noexcept;
    void add(port& p);
    void remove(port& p) noexcept;

    // Destroys every handler parked for the context and lets go of its executors.
    void end();

private:
    std::mutex mutex_;
    owner_node executors_;
    owner_node ports_;
    bool ended_ = false;
};

} // namespace spool::detail
