// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

#include <spool/config.hpp>

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <boost/system/error_code.hpp>

#include <cstdint>

namespace spool::detail {

class core;
class port;
class handle_state;
class tethered_reader_state;
class cancel_hook;
class effects;
class under_way;

void intrusive_ptr_add_ref(handle_state* p) noexcept;
void intrusive_ptr_release(handle_state* p) noexcept;
void intrusive_ptr_add_ref(core* p) noexcept;
void intrusive_ptr_release(core* p) noexcept;
void intrusive_ptr_add_ref(under_way* p) noexcept;
void intrusive_ptr_release(under_way* p) noexcept;

using core_ptr = boost::intrusive_ptr<core>;

// Something that the storage does, as reading bytes back.
using under_way_ptr = boost::intrusive_ptr<under_way>;
bool is_done(const under_way& u) noexcept;
bool has_failed(const under_way& u) noexcept;

// What a strand runs: a short function of the library's own.
struct task
{
    task* next_ = nullptr;
    void (*run_)(task&, effects&) = nullptr;
};

// One place among the operations of the handle that started them.
struct owner_node
{
    owner_node* previous_ = nullptr;
    owner_node* next_ = nullptr;
};

// One place in a row of waiters, either in a tree (ordered by awaited offset) or in a list.
struct node
{
    node* parent_ = nullptr;
    node* left_ = nullptr;  // in a list: the previous one
    node* right_ = nullptr; // in a list: the next one
    std::uint8_t color_ = 0;
};

enum class role : std::uint8_t
{
    waits,  // for bytes to be there
    reads,  // it needs the bytes themselves
    ends,   // it waits for the final size, not for bytes
    writes, // it is a write_operation
};

enum class place : std::uint8_t
{
    none, // not parked: with its initiator, or taken for completion
    list,
    tree,
    turn, // taken for completion, but it may go on waiting after that
};

// A parked operation (a waiter): one object that holds the handler, in memory of the handler's
// allocator. Everything but `finish_` is touched on the strand of its port only. It counts with its
// owner from its start until it has finished, so the owner need not be referred to.
class operation : public task, public owner_node, public node
{
public:
    // Completes the operation; with no core, destroys it uninvoked. Returns the bytes it copied, or
    // that it goes on waiting.
    using finish_function = std::size_t (*)(operation*, core*);
    static constexpr std::size_t goes_on = std::size_t(-1);

    operation(const operation&) = delete;
    operation& operator=(const operation&) = delete;

    place place_ = place::none;
    role role_ = role::waits;
    bool decided_ = false;     // its outcome is fixed, other than by the size reaching awaited_
    bool aborted_ = false;     // what was decided is operation_aborted
    bool counts_work_ = false; // by its port, and not by itself
    bool in_turns_ = false;    // it may have to wait again when its turn has come: see batch.hpp
    bool cancelled_ = false;   // too late for the next turn
    finish_function finish_;
    handle_state* owner_ = nullptr;
    port* other_port_ = nullptr; // the context of the handler's executor, if it is not the owner's
    cancel_hook* hook_ = nullptr;
    std::uint64_t awaited_ = 0; // the end of the bytes it waits for
    under_way_ptr waits_for_;   // what it waits for, or has waited for, besides

protected:
    explicit operation(finish_function finish) noexcept : finish_(finish) {}
    ~operation() = default;
};

// What an operation in turns calls when it is about to complete.
void leave_turn(operation& op);

} // namespace spool::detail
