// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "batch.hpp"

#include "core.hpp"

#include <utility>

namespace spool::detail {

thread_local batch* batch::current = nullptr;

namespace {

// Tells the port of another context, if there is one, that nothing will be posted there any more.
class last_use
{
public:
    explicit last_use(port* p) noexcept : port_(p) {}
    void not_yet() noexcept { port_ = nullptr; }
    ~last_use()
    {
        if (port_)
            port_->posted();
    }

    last_use(const last_use&) = delete;
    last_use& operator=(const last_use&) = delete;

private:
    port* port_;
};

} // namespace

batch::batch(port& p) : port_(p), stream_(p.owner_), outer_(std::exchange(current, this))
{
    bool more = false;
    p.strand_.run([&](effects& noted) {
        kept_.swap(p.kept_for_batch_);
        p.scheduled_ = false; // this is what was scheduled
        next_ = std::exchange(p.batches_, this);
        p.settle(noted);
        take();
        more = !p.ready_.empty() && !std::exchange(p.scheduled_, true);
    });
    if (more)
        p.post();
}

batch::~batch()
{
    current = outer_;
    port_.strand_.run([&](effects& noted) {
        collect(noted);
        batch** at = &port_.batches_;
        while (*at != this)
            at = &(*at)->next_;
        *at = next_;
        put_back(noted);
        for (std::size_t i = 0; i != finished_; ++i)
            port_.finish(*owners_[i], noted);
        if (counted_work_ != 0)
            port_.discount_work(counted_work_);
        port_.settle(noted);
        if (stream_.kept())
            noted.load(stream_); // pieces that were waited for are free now
    });
    destroy_left();
}

// Those whose handlers belong to another context go first, and by post: afterwards a handler that is
// called here may destroy that context.
void batch::complete()
{
    bool goes_on = false;
    for (std::size_t i = 0; elsewhere_ != 0 && i != taken_; ++i)
        if (operations_[i]->other_port_)
        {
            --elsewhere_;
            complete(operations_[i]);
            goes_on |= operations_[i] != nullptr;
        }
    if (goes_on)
        put_back_elsewhere();
    for (std::size_t i = 0; i != taken_ && bytes_ < most_bytes; ++i)
        if (operations_[i])
            complete(operations_[i]);
}

void batch::complete(operation*& place)
{
    operation* const op = std::exchange(place, nullptr);
    last_use of_other(op->other_port_);
    const bool counts_work = op->counts_work_;
    owners_[finished_++] = op->owner_;
    counted_work_ += counts_work;
    const std::size_t n = op->finish_(op, &stream_);
    if (n != operation::goes_on)
    {
        bytes_ += n;
        return;
    }
    place = op;
    of_other.not_yet();
    --finished_;
    counted_work_ -= counts_work;
}

bool batch::rearm(const port& p, operation& op) noexcept
{
    batch* const b = current;
    if (!b || &b->port_ != &p || op.role_ == role::writes)
        return false;
    const std::size_t n = b->published_.load(std::memory_order_relaxed);
    if (n == most_operations)
        return false;
    b->started_[n] = &op;
    b->published_.store(n + 1, std::memory_order_release);
    return true;
}

void batch::collect(effects& noted) noexcept
{
    const std::size_t n = published_.load(std::memory_order_acquire);
    while (collected_ != n)
        port_.park(*started_[collected_++], noted);
}

void batch::take() noexcept
{
    taken_ = port_.ready_.look(operations_);
    for (std::size_t i = 0; i != taken_; ++i)
    {
        operation& op = *operations_[i];
        operation_list::erase(op);
        if (op.in_turns_)
        {
            op.place_ = place::turn;
            op.decided_ = true;
        }
        else
            port_.release(op);
        if (op.other_port_)
        {
            ++elsewhere_;
            op.other_port_->expect_post();
        }
    }
}

void batch::put_back(effects& noted) noexcept
{
    const auto each = [&](bool goes_on, auto function) {
        for (std::size_t i = taken_; i-- != 0;)
        {
            operation* const op = operations_[i];
            if (!op || goes_on != (op->in_turns_ && !op->decided_))
                continue;
            if (port_.dead() || (op->other_port_ && op->other_port_->dead()))
            {
                if (op->in_turns_)
                    port::release(*op);
                continue; // see destroy_left
            }
            operations_[i] = nullptr;
            const last_use of_other(op->other_port_);
            function(*op);
        }
    };
    each(false, [&](operation& op) {
        port_.elsewhere_ += op.other_port_ && !op.in_turns_;
        port_.ready_.push_front(op);
    });
    each(true, [&](operation& op) { port_.end_turn(op, noted); });
    if (!port_.ready_.empty())
        port_.schedule(noted);
}

// The end of their context waits until those that go on have been put back; so that is done before a handler
// is called here that may destroy it.
void batch::put_back_elsewhere()
{
    port_.strand_.run([this](effects& noted) {
        for (std::size_t i = 0; i != taken_; ++i)
        {
            operation* const op = operations_[i];
            if (!op || !op->other_port_ || op->other_port_->dead() || port_.dead())
                continue;
            operations_[i] = nullptr;
            const last_use of_other(op->other_port_);
            port_.end_turn(*op, noted);
        }
        port_.settle(noted);
    });
}

// Those whose context has ended meanwhile, which waits for this.
void batch::destroy_left()
{
    for (std::size_t i = 0; i != taken_; ++i)
        if (operation* const op = operations_[i])
        {
            const last_use of_other(op->other_port_);
            port_.destroy(*op);
        }
}

void port::post()
{
    posting_.execute([this] { batch(*this).complete(); });
}

} // namespace spool::detail
