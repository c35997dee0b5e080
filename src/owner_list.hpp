// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

#include <spool/detail/operation.hpp>

#include <boost/intrusive/circular_list_algorithms.hpp>

namespace spool::detail {

struct owner_traits
{
    using node = owner_node;
    using node_ptr = owner_node*;
    using const_node_ptr = const owner_node*;

    static node_ptr get_next(const_node_ptr n) noexcept { return n->next_; }
    static void set_next(node_ptr n, node_ptr next) noexcept { n->next_ = next; }
    static node_ptr get_previous(const_node_ptr n) noexcept { return n->previous_; }
    static void set_previous(node_ptr n, node_ptr previous) noexcept { n->previous_ = previous; }
};

// A ring of owner_nodes.
using owner_algorithms = boost::intrusive::circular_list_algorithms<owner_traits>;

// Takes a node out of its ring. It is a ring of its own then, so this may be repeated: a batch that ends
// early gives back operations that have been released.
inline void leave_ring(owner_node& n) noexcept
{
    owner_algorithms::unlink(&n);
    owner_algorithms::init_header(&n);
}

} // namespace spool::detail
