// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// The waiting operations of one execution context, by awaited offset.
//
// Almost all of them wait for the very next byte. These stand in a plain list, so that an append takes
// all of them off, however many, in constant time; the others stand in a tree. The nodes live in the
// operations, so parking allocates nothing.

#include <spool/detail/operation.hpp>

#include "state.hpp"

#include <boost/intrusive/circular_list_algorithms.hpp>
#include <boost/intrusive/rbtree_algorithms.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace spool::detail {

struct list_traits
{
    using node = detail::node;
    using node_ptr = node*;
    using const_node_ptr = const node*;

    static node_ptr get_next(const_node_ptr n) noexcept { return n->right_; }
    static void set_next(node_ptr n, node_ptr next) noexcept { n->right_ = next; }
    static node_ptr get_previous(const_node_ptr n) noexcept { return n->left_; }
    static void set_previous(node_ptr n, node_ptr previous) noexcept { n->left_ = previous; }
};

struct tree_traits
{
    using node = detail::node;
    using node_ptr = node*;
    using const_node_ptr = const node*;
    using color = std::uint8_t;

    static node_ptr get_parent(const_node_ptr n) noexcept { return n->parent_; }
    static void set_parent(node_ptr n, node_ptr parent) noexcept { n->parent_ = parent; }
    static node_ptr get_left(const_node_ptr n) noexcept { return n->left_; }
    static void set_left(node_ptr n, node_ptr left) noexcept { n->left_ = left; }
    static node_ptr get_right(const_node_ptr n) noexcept { return n->right_; }
    static void set_right(node_ptr n, node_ptr right) noexcept { n->right_ = right; }
    static color get_color(const_node_ptr n) noexcept { return n->color_; }
    static void set_color(node_ptr n, color c) noexcept { n->color_ = c; }
    static color black() noexcept { return 0; }
    static color red() noexcept { return 1; }
};

using list_algorithms = boost::intrusive::circular_list_algorithms<list_traits>;
using tree_algorithms = boost::intrusive::rbtree_algorithms<tree_traits>;

// A list of operations, first in, first out.
class operation_list
{
public:
    operation_list() noexcept { list_algorithms::init_header(&head_); }
    operation_list(const operation_list&) = delete;
    operation_list& operator=(const operation_list&) = delete;

    bool empty() const noexcept { return list_algorithms::unique(&head_); }
    operation& front() const noexcept { return static_cast<operation&>(*head_.right_); }

    void push_back(operation& op) noexcept
    {
        list_algorithms::link_before(&head_, &op);
        op.place_ = place::list;
    }

    void push_front(operation& op) noexcept
    {
        list_algorithms::link_after(&head_, &op);
        op.place_ = place::list;
    }

    static void erase(operation& op) noexcept
    {
        list_algorithms::unlink(&op);
        op.place_ = place::none;
    }

    operation& pop_front() noexcept
    {
        operation& op = front();
        erase(op);
        return op;
    }

    // Fills `to` with the first of them, which stay where they are. Loading the owners, too, is for the
    // cache: they are needed next.
    std::size_t look(std::span<operation*> to) const noexcept
    {
        std::size_t n = 0;
        for (node* at = head_.right_; n != to.size() && at != &head_; at = at->right_)
        {
            to[n] = static_cast<operation*>(at);
            __builtin_prefetch(to[n++]->owner_);
        }
        return n;
    }

    std::size_t count() const noexcept { return list_algorithms::count(&head_) - 1; }

    // Moves all of `other` to the end of this one.
    void append(operation_list& other) noexcept
    {
        if (!other.empty())
            list_algorithms::transfer(&head_, other.head_.right_, &other.head_);
    }

private:
    node head_;
};

class row
{
public:
    row() noexcept { tree_algorithms::init_header(&tree_); }
    row(const row&) = delete;
    row& operator=(const row&) = delete;

    // The size of the stream at which something was taken last.
    std::uint64_t size() const noexcept { return size_; }

    // To wait for more than `size`, which is the present one.
    void park(operation& op, std::uint64_t size) noexcept
    {
        size_ = size;
        if (op.awaited_ - size == 1)
            return next_byte_.push_back(op);
        tree_algorithms::init(&op);
        tree_algorithms::insert_equal_upper_bound(
            &tree_, &op, [](const node* a, const node* b) { return awaited(a) < awaited(b); });
        op.place_ = place::tree;
    }

    // Takes one operation out that has been parked and not been taken.
    void erase(operation& op) noexcept
    {
        if (op.place_ == place::list)
            return operation_list::erase(op);
        tree_algorithms::erase(&tree_, &op);
        op.place_ = place::none;
    }

    // Moves what `size` satisfies to the end of `reached`.
    void take_reached(std::uint64_t size, operation_list& reached) noexcept
    {
        if (std::exchange(size_, size) != size)
            reached.append(next_byte_);
        while (!tree_empty() && awaited(tree_algorithms::begin_node(&tree_)) <= size)
            move_from_tree(tree_algorithms::begin_node(&tree_), reached);
    }

    // Moves those that wait for the final size. They wait for more than any, so they are the last.
    void take_end_waiters(operation_list& taken) noexcept
    {
        for (node* after = &tree_; after != tree_algorithms::begin_node(&tree_);)
        {
            node* const n = tree_algorithms::prev_node(after);
            if (awaited(n) != max_offset)
                return;
            if (static_cast<operation*>(n)->role_ == role::ends)
                move_from_tree(n, taken);
            else
                after = n;
        }
    }

    // The smallest size that satisfies one of them.
    std::uint64_t least_awaited() const noexcept
    {
        if (!next_byte_.empty())
            return size_ + 1;
        return tree_empty() ? max_offset : awaited(tree_algorithms::begin_node(&tree_));
    }

private:
    static std::uint64_t awaited(const node* n) noexcept
    {
        return static_cast<const operation*>(n)->awaited_;
    }

    bool tree_empty() const noexcept { return tree_algorithms::unique(&tree_); }

    void move_from_tree(node* n, operation_list& to) noexcept
    {
        auto& op = *static_cast<operation*>(n);
        tree_algorithms::erase(&tree_, n);
        to.push_back(op);
    }

    std::uint64_t size_ = 0;
    operation_list next_byte_; // those that wait for the byte at `size_`
    node tree_;
};

} // namespace spool::detail
