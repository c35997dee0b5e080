// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "context_registry.hpp"

#include "core.hpp"
#include "owner_list.hpp"
#include "port.hpp"

#include <utility>
#include <vector>

namespace spool::detail {

namespace {

class context_service final : public boost::asio::execution_context::service
{
public:
    static boost::asio::execution_context::id id;

    explicit context_service(boost::asio::execution_context& context) : service(context) {}

    const std::shared_ptr<context_registry>& registry() const noexcept { return registry_; }

private:
    void shutdown() override { registry_->end(); }

    std::shared_ptr<context_registry> registry_ = std::make_shared<context_registry>();
};

boost::asio::execution_context::id context_service::id;

} // namespace

context_registry::context_registry() noexcept
{
    owner_algorithms::init_header(&executors_);
    owner_algorithms::init_header(&ports_);
}

std::shared_ptr<context_registry> context_registry::of(boost::asio::execution_context& context)
{
    return boost::asio::use_service<context_service>(context).registry();
}

void context_registry::add(kept_executor& e)
{
    const std::lock_guard lock(mutex_);
    owner_algorithms::link_before(&executors_, &e);
}

void context_registry::remove(kept_executor& e) noexcept
{
    const std::lock_guard lock(mutex_);
    leave_ring(e);
}

void context_registry::add(port& p)
{
    const std::lock_guard lock(mutex_);
    owner_algorithms::link_before(&ports_, &p);
    p.dead_ = p.dead_ || ended_;
}

void context_registry::remove(port& p) noexcept
{
    const std::lock_guard lock(mutex_);
    leave_ring(p);
}

void context_registry::end()
{
    // Strong references, because other threads may let go of handles and streams meanwhile.
    std::vector<boost::intrusive_ptr<kept_executor>> executors;
    std::vector<std::pair<core_ptr, port*>> ports;
    {
        const std::lock_guard lock(mutex_);
        ended_ = true;
        for (owner_node* n = executors_.next_; n != &executors_; n = n->next_)
            if (auto e = static_cast<kept_executor*>(n)->share())
                executors.push_back(std::move(e));
        for (owner_node* n = ports_.next_; n != &ports_; n = n->next_)
            if (auto c = static_cast<port*>(n)->owner().share())
                ports.emplace_back(std::move(c), static_cast<port*>(n));
    }
    for (auto& [stream, p] : ports)
        stream->end_port(*p);
    for (const auto& e : executors)
        e->executor_ = boost::asio::any_io_executor();
}

} // namespace spool::detail
