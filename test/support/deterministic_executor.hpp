// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// An execution context on one thread that picks the next function to run by chance, and the chance
// comes from a seed: the same seed gives the same run. A dispatch from inside runs inline or is queued,
// by chance too; Asio allows both. Several contexts may share one source of chance; `run_one_of` then
// picks among all that is runnable. Use after the shutdown is reported with BOOST_ERROR.

#include "chance.hpp"
#include "counted_work.hpp"

#include <boost/asio/execution/blocking.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution/mapping.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <cstddef>
#include <exception>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace spool::test {

namespace asio = boost::asio;

class deterministic_context : public asio::execution_context
{
public:
    class executor_type;

    explicit deterministic_context(chance& c) : chance_(c) {}
    deterministic_context(const deterministic_context&) = delete;
    deterministic_context& operator=(const deterministic_context&) = delete;

    // As an io_context: services first, then what is queued is destroyed without being run.
    ~deterministic_context()
    {
        shutdown();
        ended_ = true;
        while (!queue_.empty())
            pick(queue_.size() - 1);
        destroy();
    }

    executor_type get_executor() noexcept;

    std::size_t runnable() const noexcept { return queue_.size(); }
    // How many executors that track outstanding work exist; functions that are queued do not count.
    std::size_t work() const noexcept { return work_; }
    bool is_idle() const noexcept { return queue_.empty() && work_ == 0; }
    bool is_inside() const noexcept { return depth_ != 0; }
    // How many functions were queued, ever.
    std::size_t posts() const noexcept { return posts_; }

    // Runs one function, picked by chance; false if there is none. What handlers throw leaves here.
    bool run_one()
    {
        if (queue_.empty())
            return false;
        pick(chance_.below(queue_.size()))->run(*this);
        if (thrown_)
            std::rethrow_exception(std::exchange(thrown_, nullptr));
        return true;
    }

    // Runs until nothing is runnable.
    std::size_t run()
    {
        std::size_t n = 0;
        while (run_one())
            ++n;
        return n;
    }

private:
    struct queued
    {
        virtual ~queued() = default;
        virtual void run(deterministic_context& context) = 0;
    };

    template <class Function>
    struct queued_function final : queued
    {
        explicit queued_function(Function&& f) : function_(std::move(f)) {}
        void run(deterministic_context& context) override { context.call(function_); }
        Function function_;
    };

    std::unique_ptr<queued> pick(std::size_t i)
    {
        std::swap(queue_[i], queue_.back());
        auto picked = std::move(queue_.back());
        queue_.pop_back();
        return picked;
    }

    template <class Function>
    void call(Function& function)
    {
        ++depth_;
        try
        {
            std::move(function)();
        }
        catch (...)
        {
            thrown_ = std::current_exception();
        }
        --depth_;
    }

    template <class Function>
    void execute(Function function, bool may_block)
    {
        if (ended_)
        {
            BOOST_ERROR("an executor was used after its context had shut down");
            return;
        }
        if (may_block && is_inside() && chance_.coin())
            return call(function);
        ++posts_;
        queue_.push_back(std::make_unique<queued_function<Function>>(std::move(function)));
    }

    chance& chance_;
    std::vector<std::unique_ptr<queued>> queue_;
    std::atomic<std::size_t> work_{0};
    std::size_t depth_ = 0;
    std::size_t posts_ = 0;
    std::exception_ptr thrown_;
    bool ended_ = false;
};

class deterministic_context::executor_type
{
    using blocking_t = asio::execution::blocking_t;
    using outstanding_work_t = asio::execution::outstanding_work_t;

public:
    explicit executor_type(deterministic_context& context) noexcept : context_(&context) {}

    bool operator==(const executor_type&) const = default;

    template <class Function>
    void execute(Function&& function) const
    {
        context_->execute(std::decay_t<Function>(std::forward<Function>(function)), may_block_);
    }

    deterministic_context& context() const noexcept { return *context_; }
    deterministic_context& query(asio::execution::context_t) const noexcept { return *context_; }

    static constexpr asio::execution::mapping_t query(asio::execution::mapping_t) noexcept
    {
        return asio::execution::mapping.thread;
    }

    blocking_t query(blocking_t) const noexcept
    {
        return may_block_ ? blocking_t(blocking_t::possibly) : blocking_t(blocking_t::never);
    }

    outstanding_work_t query(outstanding_work_t) const noexcept
    {
        return work_ ? outstanding_work_t(outstanding_work_t::tracked)
                     : outstanding_work_t(outstanding_work_t::untracked);
    }

    executor_type require(blocking_t::never_t) const noexcept { return with(false, work_); }
    executor_type require(blocking_t::possibly_t) const noexcept { return with(true, work_); }
    executor_type require(outstanding_work_t::tracked_t) const noexcept
    {
        return with(may_block_, counted_work(context_->work_));
    }
    executor_type require(outstanding_work_t::untracked_t) const noexcept
    {
        return with(may_block_, counted_work());
    }

private:
    executor_type with(bool may_block, const counted_work& work) const noexcept
    {
        executor_type copy(*this);
        copy.may_block_ = may_block;
        copy.work_ = work;
        return copy;
    }

    deterministic_context* context_;
    counted_work work_;
    bool may_block_ = true;
};

inline deterministic_context::executor_type deterministic_context::get_executor() noexcept
{
    return executor_type(*this);
}

// Runs one function of any of the contexts; false if there is none.
inline bool run_one_of(chance& c, std::span<deterministic_context* const> contexts)
{
    std::size_t runnable = 0;
    for (const deterministic_context* context : contexts)
        runnable += context->runnable();
    if (runnable == 0)
        return false;
    std::size_t picked = c.below(runnable);
    for (deterministic_context* context : contexts)
    {
        if (picked < context->runnable())
            return context->run_one();
        picked -= context->runnable();
    }
    return false;
}

} // namespace spool::test
