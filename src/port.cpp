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
    p.posting_.fetch_add(1, std::memory_order_relaxed);
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
        p->posted();
    }
    while (operation* const op = doomed)
    {
        doomed = static_cast<operation*>(op->task::next_);
        op->finish_(op, nullptr);
    }
}

port::port(
    core& owner,
    boost::asio::execution_context& context,
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
    if (!dead_ && !std::exchange(scheduled_, true))
        noted.wake(*this);
}

// The operations that one wake-up completes. Those whose handlers belong to another context go first,
// and by post: afterwards a handler that is called here may destroy that context. What is left when the
// batch ends early, for its size or because a handler threw, goes back in front.
struct port::batch
{
    port& port_;
    operation_list elsewhere_;
    operation_list here_;

    explicit batch(port& p) : port_(p)
    {
        bool more = false;
        p.owner_.strand_.run([&](effects&) {
            for (std::size_t n = 0; n != batch_operations && !p.ready_.empty(); ++n)
            {
                operation& op = p.ready_.pop_front();
                core::release(op);
                (op.other_port_ ? elsewhere_ : here_).push_back(op);
            }
            more = !p.ready_.empty();
            p.scheduled_ = more;
        });
        if (more)
            p.post();
    }

    ~batch()
    {
        elsewhere_.append(here_);
        if (elsewhere_.empty())
            return;
        port_.owner_.strand_.run([&](effects& noted) {
            if (port_.dead_)
                while (!elsewhere_.empty())
                    noted.doom(elsewhere_.pop_front());
            port_.ready_.prepend(elsewhere_);
            port_.schedule(noted);
        });
    }

    void complete()
    {
        std::size_t bytes = 0;
        complete(elsewhere_, bytes);
        complete(here_, bytes);
    }

    void complete(operation_list& operations, std::size_t& bytes)
    {
        while (!operations.empty() && bytes < batch_bytes)
        {
            operation& op = operations.pop_front();
            bytes += op.finish_(&op, &port_.owner_);
        }
    }
};

// A post that another thread has begun must be over before the context may go. It is the length of one
// call into Asio, and no handler runs in it.
void port::posted() noexcept
{
    posting_.fetch_sub(1, std::memory_order_release);
    posting_.notify_all();
}

void port::forget_executor()
{
    while (const std::uint32_t n = posting_.load(std::memory_order_acquire))
        posting_.wait(n, std::memory_order_acquire);
    executor_ = boost::asio::any_io_executor();
}

void port::post()
{
    boost::asio::post(executor_, [this, keep = core_ptr(&owner_)] { batch(*this).complete(); });
}

} // namespace spool::detail
