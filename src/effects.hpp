// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

#include <spool/detail/operation.hpp>

namespace spool::detail {

// What a strand decided and what may only be done off it, because it runs user code or enters another
// strand: waking the execution contexts, telling other ports to look at the stream, destroying handlers
// whose context is gone, letting go of a handle's state, giving work to the executor of the storage.
//
// Whoever ran the strand may be the last to know the stream by then, so what is noted keeps it.
class effects
{
public:
    void wake(port& p) noexcept;
    void look(port& p) noexcept;
    void doom(operation& op) noexcept;
    void leave(handle_state& h) noexcept;
    void work(core& c) noexcept;
    void load(core& c) noexcept;

    void apply()
    {
        if (keep_)
            apply_noted();
    }

private:
    void apply_noted();

    core_ptr keep_;
    port* wakes_ = nullptr;           // linked by port::next_wake_
    port* looks_ = nullptr;           // linked by port::next_look_
    operation* doomed_ = nullptr;     // linked by task::next_
    handle_state* leaving_ = nullptr; // linked by handle_state::next_leaving_
    bool works_ = false;              // a job for the storage is to be posted
    bool loads_ = false;              // something is to be read back
};

} // namespace spool::detail
