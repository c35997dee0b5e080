// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "effects.hpp"

#include "core.hpp"

#include <utility>

namespace spool::detail {

void effects::wake(port& p) noexcept
{
    keep_ = &p.owner();
    p.expect_post();
    p.next_wake_ = std::exchange(wakes_, &p);
}

// Whoever notes it first does it for all: what they have stored is seen by the look.
void effects::look(port& p) noexcept
{
    if (p.look_noted_.exchange(true, std::memory_order_acq_rel))
        return;
    keep_ = &p.owner();
    p.next_look_ = std::exchange(looks_, &p);
}

void effects::doom(operation& op) noexcept
{
    keep_ = op.owner_->core_;
    op.task::next_ = std::exchange(doomed_, &op);
}

void effects::leave(handle_state& h) noexcept
{
    keep_ = h.core_;
    h.next_ = std::exchange(leaving_, &h);
}

void effects::work(core& c) noexcept
{
    keep_ = &c;
    works_ = true;
}

void effects::load(core& c) noexcept
{
    keep_ = &c;
    loads_ = true;
}

void effects::alarm(port& p) noexcept
{
    keep_ = &p.owner();
    p.expect_post();
    alarms_ = &p;
}

void effects::cut_off(tethered_reader_state& r) noexcept
{
    keep_ = r.core_;
    intrusive_ptr_add_ref(&r);
    r.next_cut_off_ = std::exchange(cut_off_, &r);
}

void effects::apply_noted()
{
    while (port* const p = looks_)
    {
        looks_ = p->next_look_;
        p->post_look(*this);
    }
    if (std::exchange(works_, false))
        keep_->kept()->post_job();
    if (std::exchange(loads_, false))
        keep_->kept()->load_more();
    while (port* const p = wakes_)
    {
        wakes_ = p->next_wake_;
        p->post();
        p->posted();
    }
    if (port* const p = std::exchange(alarms_, nullptr))
    {
        keep_->settle_alarm();
        p->posted();
    }
    while (tethered_reader_state* const r = cut_off_)
    {
        cut_off_ = r->next_cut_off_;
        r->port_->cancel(*r);
        intrusive_ptr_release(r);
    }
    while (operation* const op = doomed_)
    {
        doomed_ = static_cast<operation*>(op->task::next_);
        op->owner_->port_->destroy(*op);
    }
    while (handle_state* const h = leaving_)
    {
        leaving_ = static_cast<handle_state*>(h->next_);
        if (!h->writes_)
            keep_->dismiss_reader(static_cast<reader_state&>(*h));
        h->core_.reset();
        intrusive_ptr_release(h);
    }
}

} // namespace spool::detail
