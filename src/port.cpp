// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "port.hpp"

#include "context_registry.hpp"
#include "core.hpp"
#include "owner_list.hpp"

#include <boost/asio/post.hpp>

#include <cstddef>
#include <utility>

namespace spool::detail {

namespace {

// A batch ends at either bound, so that other work on the context goes on: 64 handlers, or as many
// bytes as are copied out of cache in some tens of microseconds.
constexpr std::size_t batch_operations = 64;
constexpr std::size_t batch_bytes = std::size_t{256} << 10;

} // namespace

void effects::wake(port& p) noexcept
{
    p.next_wake_ = std::exchange(wakes, &p);
}

void effects::doom(operation& op) noexcept
{
    op.task::next_ = std::exchange(doomed, &op);
}

void effects::apply()
{
    while (port* const p = wakes)
    {
        wakes = p->next_wake_;
        p->post();
    }
    while (operation* const op = doomed)
    {
        doomed = static_cast<operation*>(op->task::next_);
        op->finish_(op, nullptr);
    }
}

port::port(core& owner, boost::asio::execution_context& context,
    const boost::asio::any_io_executor& executor)
    : owner_(owner), context_(context), executor_(executor),
      registry_(context_registry::of(context)), completes_(executor)
{
    registry_->add(*this);
}

port::~port()
{
    registry_->remove(*this);
}

void port::schedule(effects& noted) noexcept
{
    if (!std::exchange(scheduled_, true))
        noted.wake(*this);
}

// The operations that one wake-up completes. What is left when it ends early, for a full batch or
// because a handler threw, goes back in front.
struct port::batch
{
    port& port_;
    operation_list operations_;

    explicit batch(port& p) : port_(p)
    {
        bool more = false;
        p.owner_.strand_.run([&](effects&) {
            for (std::size_t n = 0; n != batch_operations && !p.ready_.empty(); ++n)
            {
                operation& op = p.ready_.pop_front();
                core::release(op);
                operations_.push_back(op);
            }
            more = !p.ready_.empty();
            p.scheduled_ = more;
        });
        if (more)
            p.post();
    }

    ~batch()
    {
        if (operations_.empty())
            return;
        port_.owner_.strand_.run([&](effects& noted) {
            port_.ready_.prepend(operations_);
            port_.schedule(noted);
        });
    }

    void complete()
    {
        std::size_t bytes = 0;
        while (!operations_.empty() && bytes < batch_bytes)
        {
            operation& op = operations_.pop_front();
            bytes += op.finish_(&op, &port_.owner_);
        }
    }
};

void port::forget_executor()
{
    executor_ = boost::asio::any_io_executor();
}

void port::post()
{
    boost::asio::post(executor_, [this, keep = core_ptr(&owner_)] { batch(*this).complete(); });
}

} // namespace spool::detail
