// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

#include <spool/detail/operation.hpp>

namespace spool::detail {

// What a strand decided and what may only be done off it, because it runs user code or enters another
// strand: waking the execution contexts, telling other ports to look at the stream, destroying handlers
// whose context is gone, letting go of a handle's state, giving work to the executor of the storage,
// setting the alarm, ending what a reader that was cut off has under way.
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
    void alarm(port& p) noexcept;
    void cut_off(tethered_reader_state& r) noexcept;

    void apply()
    {
        if (keep_)
            apply_noted();
    }

private:
    void apply_noted();

    core_ptr keep_;
    port* wakes_ = nullptr;                    // linked by port::next_wake_
    port* looks_ = nullptr;                    // linked by port::next_look_
    operation* doomed_ = nullptr;              // linked by task::next_
    handle_state* leaving_ = nullptr;          // linked as owner_nodes
    bool works_ = false;                       // a job for the storage is to be posted
    bool loads_ = false;                       // something is to be read back
    port* alarms_ = nullptr;                   // whose alarm is to be set or cancelled
    tethered_reader_state* cut_off_ = nullptr; // linked by next_cut_off_
};

} // namespace spool::detail
