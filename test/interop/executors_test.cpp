// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// Handles and handlers on every kind of executor, also one that a user wrote.

#include <spool/spool.hpp>

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/execution/blocking.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/system_executor.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/asio/write.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <string_view>
#include <tuple>
#include <utility>

namespace spool::test {

namespace {

// A queue that is run by hand, and the least that an executor of it can be.
class queue : public asio::execution_context
{
public:
    class executor_type
    {
    public:
        explicit executor_type(queue& context) noexcept : context_(&context) {}

        bool operator==(const executor_type&) const = default;

        queue& query(asio::execution::context_t) const noexcept { return *context_; }
        static constexpr asio::execution::blocking_t::never_t
        query(asio::execution::blocking_t) noexcept
        {
            return {};
        }

        template <class Function>
        void execute(Function function) const
        {
            const auto kept = std::make_shared<Function>(std::move(function));
            context_->functions_.push_back([kept] { std::move (*kept)(); });
        }

    private:
        queue* context_;
    };

    ~queue()
    {
        shutdown();
        functions_.clear();
        destroy();
    }

    executor_type get_executor() noexcept { return executor_type(*this); }
    bool is_running() const noexcept { return running_; }

    void run()
    {
        running_ = true;
        for (; !functions_.empty(); functions_.pop_front())
            functions_.front()();
        running_ = false;
    }

private:
    std::deque<std::function<void()>> functions_;
    bool running_ = false;
};

// Where handles live: an executor, or a context; how it is run; whether the caller is in it.
struct in_io_context
{
    asio::io_context context{1};

    asio::io_context& home() { return context; }
    void run()
    {
        context.restart();
        context.run();
    }
    bool is_inside() { return context.get_executor().running_in_this_thread(); }
};

struct on_io_executor : in_io_context
{
    asio::io_context::executor_type home() { return context.get_executor(); }
};

struct on_any_executor : in_io_context
{
    asio::any_io_executor home() { return context.get_executor(); }
};

struct on_strand : in_io_context
{
    asio::strand<asio::io_context::executor_type> strand{context.get_executor()};

    auto home() { return strand; }
    bool is_inside() { return strand.running_in_this_thread(); }
};

struct in_thread_pool
{
    asio::thread_pool pool{2};

    asio::thread_pool& home() { return pool; }
    void run() {}
    bool is_inside() { return pool.get_executor().running_in_this_thread(); }
};

struct on_pool_strand : in_thread_pool
{
    asio::strand<asio::thread_pool::executor_type> strand{pool.get_executor()};

    auto home() { return strand; }
    bool is_inside() { return strand.running_in_this_thread(); }
};

struct on_users_executor
{
    queue context;

    queue::executor_type home() { return context.get_executor(); }
    void run() { context.run(); }
    bool is_inside() { return context.is_running(); }
};

struct on_strand_of_users_executor : on_users_executor
{
    asio::strand<queue::executor_type> strand{context.get_executor()};

    auto home() { return strand; }
    bool is_inside() { return strand.running_in_this_thread(); }
};

using places = std::tuple<
    in_io_context,
    on_io_executor,
    on_any_executor,
    on_strand,
    in_thread_pool,
    on_pool_strand,
    on_users_executor,
    on_strand_of_users_executor>;

const asio::const_buffer hello("hello", 5);
const asio::const_buffer mark("!", 1);

BOOST_AUTO_TEST_SUITE(interop_executors)

// C50 C52
BOOST_AUTO_TEST_CASE_TEMPLATE(handles_live_anywhere, Place, places)
{
    std::promise<bool> waited, ready;
    std::array<char, 6> into{};
    Place place;
    stream s(place.home());
    reader r = s.make_reader();
    const auto then = [&](error_code ec, std::size_t n) {
        ready.set_value(!ec && n == 6 && place.is_inside());
    };
    asio::async_read(r, asio::buffer(into), [&](error_code ec, std::size_t n) {
        waited.set_value(!ec && n == 6 && place.is_inside());
        r.async_read_some_at(0, asio::buffer(into), then);
    });
    asio::async_write(s, std::array{hello, mark}, [](error_code, std::size_t) {});
    place.run();
    BOOST_TEST(waited.get_future().get());
    BOOST_TEST(ready.get_future().get());
    BOOST_TEST((std::string_view(into.data(), 6) == "hello!"));
}

// C50 C52 C54
BOOST_AUTO_TEST_CASE_TEMPLATE(handlers_run_anywhere, Place, places)
{
    std::promise<bool> waited, ready;
    std::array<char, 5> into{};
    asio::io_context context(1);
    Place place;
    stream s(context);
    reader r = s.make_reader(asio::make_strand(context));
    const asio::any_io_executor there = stream(place.home()).get_executor(); // also of a context
    const auto report_to = [&](std::promise<bool>& done) {
        return asio::bind_executor(there, [&](error_code ec, std::size_t n) {
            done.set_value(!ec && n == 5 && place.is_inside());
        });
    };
    r.async_read_some_at(0, asio::buffer(into), report_to(waited));
    s.append(hello);
    context.run();
    place.run();
    BOOST_TEST(waited.get_future().get());
    r.async_read_some(asio::buffer(into), report_to(ready));
    context.restart();
    context.run();
    place.run();
    BOOST_TEST(ready.get_future().get());
}

// C50
BOOST_AUTO_TEST_CASE(handlers_run_on_the_system_executor)
{
    std::promise<std::size_t> read, appended;
    std::array<char, 5> into{};
    asio::io_context context(1);
    stream s(context);
    reader r = s.make_reader();
    const auto report_to = [](std::promise<std::size_t>& done) {
        return asio::bind_executor(asio::system_executor(), [&](error_code ec, std::size_t n) {
            done.set_value(ec ? 0 : n);
        });
    };
    r.async_read_some(asio::buffer(into), report_to(read));
    s.async_append(hello, report_to(appended));
    context.run();
    BOOST_TEST(read.get_future().get() == 5u);
    BOOST_TEST(appended.get_future().get() == 5u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::test
