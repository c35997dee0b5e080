// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// Holds the strand of a stream, as a thread does that is stuck on it. No public call can do that, so this
// reaches for two private members: an explicit instantiation may name them.

#include <spool/stream.hpp>

#include "core.hpp"

#include <boost/smart_ptr/intrusive_ptr.hpp>

namespace spool::test {

using writer_ptr = boost::intrusive_ptr<detail::writer_state>;

struct private_members
{
    friend writer_ptr stream::*state_member(private_members);
    friend detail::strand detail::core::*strand_member(private_members);
};

template <writer_ptr stream::*State, detail::strand detail::core::*Strand>
struct reach_private_members
{
    friend writer_ptr stream::*state_member(private_members) { return State; }
    friend detail::strand detail::core::*strand_member(private_members) { return Strand; }
};

template struct reach_private_members<&stream::state_, &detail::core::strand_>;

// Calls the function on the strand of the stream; nobody else gets there until it returns.
template <class Function>
void while_holding_strand(stream& s, Function function)
{
    detail::core& shared = *(s.*state_member(private_members()))->stream();
    (shared.*strand_member(private_members())).run([&](detail::effects&) { function(); });
}

} // namespace spool::test
