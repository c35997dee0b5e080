// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "under_way.hpp"

namespace spool::detail {

void intrusive_ptr_add_ref(under_way* p) noexcept
{
    p->references_.fetch_add(1, std::memory_order_relaxed);
}

void intrusive_ptr_release(under_way* p) noexcept
{
    if (p->references_.fetch_sub(1, std::memory_order_acq_rel) == 1)
        delete p;
}

bool is_done(const under_way& u) noexcept
{
    return u.is_done();
}

bool has_failed(const under_way& u) noexcept
{
    return u.has_failed();
}

} // namespace spool::detail
