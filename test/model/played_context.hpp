// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// The execution contexts of a run, played one function at a time.

#include "support/chance.hpp"
#include "support/deterministic_executor.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/io_context.hpp>

namespace spool::test {

class played_context
{
public:
    virtual ~played_context() = default;

    virtual asio::any_io_executor executor() = 0;
    virtual bool run_one() = 0; // false if nothing is runnable
    virtual bool is_inside() = 0;
    virtual bool has_work() = 0; // asked when nothing is runnable
};

// Of a user's own: the next function is picked by chance, and every operation counts its own work.
class chance_context final : public played_context
{
public:
    explicit chance_context(chance& c) : context_(c) {}

    asio::any_io_executor executor() override { return context_.get_executor(); }
    bool run_one() override { return context_.run_one(); }
    bool is_inside() override { return context_.is_inside(); }
    bool has_work() override { return context_.work() != 0; }

private:
    deterministic_context context_;
};

// Asio's own: first in, first out, and the library counts the work of all operations at once.
class asio_context final : public played_context
{
public:
    asio::any_io_executor executor() override { return context_.get_executor(); }
    bool is_inside() override { return context_.get_executor().running_in_this_thread(); }
    bool has_work() override { return !context_.stopped(); }

    bool run_one() override
    {
        if (context_.stopped())
            context_.restart();
        return context_.poll_one() != 0;
    }

private:
    asio::io_context context_{1};
};

} // namespace spool::test
