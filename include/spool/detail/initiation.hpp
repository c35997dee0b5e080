// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

#include <spool/config.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/smart_ptr/intrusive_ptr.hpp>

#include <utility>

namespace spool::detail {

// What every initiation knows: the shared state of a handle, and whether the handle was open.
//
// Made by the handle's member it only borrows the state, which the handle keeps. That is all that a
// token which starts the operation at once needs. A lazy one stores the initiation, by copying or
// moving it, and the stored one owns a reference.
template <class State>
class initiation
{
public:
    using executor_type = asio::any_io_executor;

    initiation(State& state, bool open) noexcept : state_(&state), open_(open) {}
    initiation(const initiation& other) noexcept
        : state_(other.state_), kept_(other.state_), open_(other.open_)
    {
    }
    initiation(initiation&& other) noexcept
        : state_(other.state_), kept_(other.kept_ ? std::move(other.kept_) : other.state_),
          open_(other.open_)
    {
    }
    initiation& operator=(const initiation&) = delete;

    const executor_type& get_executor() const noexcept { return state_->executor(); }

protected:
    ~initiation() = default;

    State* state_;
    boost::intrusive_ptr<State> kept_;
    bool open_;
};

} // namespace spool::detail
