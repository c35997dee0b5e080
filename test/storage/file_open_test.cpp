// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// A file that is opened away from the executors that run handlers, and a storage without a file.

#include <spool/file_storage.hpp>
#include <spool/spool.hpp>

#include "file_calls.hpp"
#include "support/errors.hpp"
#include "support/io_fixture.hpp"
#include "support/temporary_folder.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/system/system_error.hpp>
#include <boost/test/unit_test.hpp>

#include <exception>
#include <functional>
#include <future>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

// GCC 12 takes Asio's operator new and delete of a coroutine for a mismatch.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

namespace spool::test {

namespace {

namespace generic = boost::system::errc;

constexpr std::initializer_list<asio::cancellation_type> all_types{
    asio::cancellation_type::terminal,
    asio::cancellation_type::partial,
    asio::cancellation_type::total};

// System calls that may only be made on the executor for blocking calls (C61).
class watched_calls final : public detail::file_calls
{
public:
    explicit watched_calls(const executor_record& where) : where_(where) {}

    int open(const std::string& path, detail::opening how, error_code& ec) override
    {
        BOOST_TEST(where_.is_inside(), "C61: a file was opened where handlers run");
        if (const auto f = std::exchange(on_open, nullptr))
            f();
        const int file = file_calls::open(path, how, ec);
        opened += !ec;
        return file;
    }
    void close(int file) noexcept override
    {
        BOOST_TEST(where_.is_inside(), "C61: a file was closed where handlers run");
        --opened;
        file_calls::close(file);
    }

    std::size_t opened = 0;
    std::function<void()> on_open; // at the first one

private:
    const executor_record& where_;
};

struct open_world : io_fixture
{
    temporary_folder folder;
    const std::filesystem::path name = folder / "file";
    asio::io_context disk{1};
    executor_record disk_record;
    const asio::any_io_executor blocking = tracking_executor(disk_record, disk.get_executor());
    watched_calls calls{disk_record};
    asio::cancellation_signal signal;
    outcome<file_storage> opened;

    ~open_world()
    {
        close();
        work();
        BOOST_TEST(calls.opened == 0u, "a file was left open");
    }

    template <class Token>
    auto open(file_mode mode, Token&& token, publication when = publication::on_finish)
    {
        return quietly([&] {
            return detail::start_opening<file_storage>(
                executor(), {name, mode, when, blocking, &calls}, token);
        });
    }

    void open(file_mode mode, publication when = publication::on_finish)
    {
        open(mode, check(opened, signal.slot()), when);
    }

    file_storage& file() { return std::get<0>(opened.values.value()); }

    // Lets go of what was opened, as a stream does it.
    void close()
    {
        if (opened.values)
            asio::post(blocking, [file = std::move(this->file())]() mutable {
                file_storage(std::move(file));
            });
    }

    void work()
    {
        disk.restart();
        disk.poll();
    }

    bool is_empty() const { return std::filesystem::is_empty(folder.path()); }

    // Whether nothing but a finished file with these bytes is there.
    bool is_only(std::string_view bytes) const
    {
        const auto n = std::filesystem::directory_iterator(folder.path());
        return std::distance(begin(n), end(n)) == 1 &&
               std::filesystem::file_size(name) == bytes.size();
    }

    void write(std::string_view bytes, publication when, bool finished) const
    {
        error_code ec;
        file_storage s(name, file_mode::create, when);
        s.write(0, asio::buffer(bytes), ec);
        if (finished)
            s.finish(ec);
        BOOST_TEST(!ec.failed());
    }
};

BOOST_AUTO_TEST_SUITE(file_open)

// C51 C52 C53 C61
BOOST_FIXTURE_TEST_CASE(a_file_is_opened_elsewhere_and_given_to_the_handler, open_world)
{
    open(file_mode::create);
    run();
    BOOST_TEST((opened.is_pending() && is_empty()));
    work();
    BOOST_TEST((opened.is_pending() && !is_empty()));
    run();
    BOOST_TEST((opened.calls == 1u && !opened.error && file().native_handle() != -1));
}

// C54
BOOST_FIXTURE_TEST_CASE(an_opening_counts_as_work_on_both_executors, open_world)
{
    io_fixture far;
    open(file_mode::create, far.check(opened));
    BOOST_TEST((!is_out_of_work() && !far.is_out_of_work()));
    work();
    run();
    BOOST_TEST(opened.is_pending());
    far.run();
    BOOST_TEST((opened.calls == 1u && is_out_of_work() && far.is_out_of_work()));
}

BOOST_FIXTURE_TEST_CASE(
    a_file_that_cannot_be_opened_gives_the_error_and_a_closed_storage, open_world)
{
    open(file_mode::open);
    work();
    run();
    BOOST_TEST(opened.error == generic::no_such_file_or_directory);
    BOOST_TEST(file().native_handle() == -1);
}

// C55
BOOST_FIXTURE_TEST_CASE(an_opening_that_is_cancelled_before_it_began_opens_nothing, open_world)
{
    for (const auto type : all_types)
    {
        outcome<file_storage> cancelled;
        open(file_mode::create, check(cancelled, signal.slot()));
        quietly([&] { signal.emit(type); });
        run();
        BOOST_TEST(cancelled.error == asio::error::operation_aborted);
        calls.on_open = [] { BOOST_ERROR("it was opened"); };
        work();
        BOOST_TEST(is_empty());
    }
}

// C55 C61
BOOST_FIXTURE_TEST_CASE(a_file_whose_opening_is_cancelled_is_closed_and_deleted_again, open_world)
{
    for (const publication when : {publication::on_finish, publication::in_place})
        for (const file_mode mode : {file_mode::create, file_mode::replace, file_mode::resume})
        {
            outcome<file_storage> cancelled;
            calls.on_open = [this] { signal.emit(asio::cancellation_type::total); };
            open(mode, check(cancelled, signal.slot()), when);
            work();
            run();
            BOOST_TEST(cancelled.error == asio::error::operation_aborted);
            BOOST_TEST((!is_empty() && calls.opened == 2u));
            work();
            BOOST_TEST((is_empty() && calls.opened == 0u));
        }
}

// C55
BOOST_FIXTURE_TEST_CASE(a_cancellation_after_the_file_is_open_has_no_effect, open_world)
{
    open(file_mode::create);
    work();
    quietly([&] { signal.emit(asio::cancellation_type::total); });
    run();
    BOOST_TEST((!opened.error && file().native_handle() != -1));
}

BOOST_FIXTURE_TEST_CASE(what_was_there_outlives_a_cancelled_opening, open_world)
{
    const auto cancel = [this](file_mode mode, publication when) {
        outcome<file_storage> cancelled;
        calls.on_open = [this] { signal.emit(asio::cancellation_type::total); };
        open(mode, check(cancelled, signal.slot()), when);
        work();
        run();
        work();
        BOOST_TEST(cancelled.error == asio::error::operation_aborted);
    };
    for (const publication when : {publication::on_finish, publication::in_place})
    {
        write("hello", when, false);
        cancel(file_mode::resume, when);
        file_storage s(name, file_mode::resume, when);
        BOOST_TEST(s.size() == 5u);
        error_code ec;
        s.finish(ec);
        cancel(file_mode::open, when);
        cancel(file_mode::replace, publication::on_finish);
        BOOST_TEST(is_only("hello"));
        std::filesystem::remove(name);
    }
}

// C13 C61
BOOST_AUTO_TEST_CASE(a_context_that_ends_first_drops_the_handler_and_the_file_is_closed_elsewhere)
{
    for (const int worked : {0, 1})
    {
        open_world w;
        w.open(file_mode::create);
        if (worked != 0)
            w.work();
        w.destroy_context();
        BOOST_TEST((w.opened.dropped && w.opened.calls == 0u));
        BOOST_TEST(w.opened.memory.live == 0u);
        w.work();
        BOOST_TEST((w.is_empty() && w.calls.opened == 0u));
    }
}

// C13
BOOST_AUTO_TEST_CASE(a_context_that_ends_while_a_file_is_opened_drops_the_handler)
{
    open_world w;
    w.calls.on_open = [&w] { w.destroy_context(); };
    w.open(file_mode::create);
    w.work();
    BOOST_TEST((w.opened.dropped && w.opened.calls == 0u));
    w.work();
    BOOST_TEST((w.is_empty() && w.calls.opened == 0u));
}

// C13
BOOST_AUTO_TEST_CASE(the_context_of_the_handler_may_end_first)
{
    for (const bool worked : {false, true})
    {
        open_world w;
        io_fixture far;
        w.open(file_mode::create, far.check(w.opened));
        if (worked)
            w.work();
        far.destroy_context();
        BOOST_TEST((w.opened.dropped && w.opened.calls == 0u));
        w.run();
        w.work();
        BOOST_TEST(w.is_empty());
    }
}

// C50
BOOST_FIXTURE_TEST_CASE(a_deferred_opening_begins_when_it_is_started, open_world)
{
    auto made = file_storage::async_open(
        executor(), name, file_mode::create, publication::on_finish, blocking);
    work();
    BOOST_TEST((is_empty() && record.work == 0u));
    quietly([&] { std::move(made)(check(opened)); });
    work();
    run();
    BOOST_TEST((!opened.error && !is_empty()));
    std::move(file()).remove(opened.error);
    opened.values.reset();
}

// C50
BOOST_FIXTURE_TEST_CASE(a_future_gets_the_file, open_world)
{
    auto future = file_storage::async_open(
        *context, name, file_mode::create, publication::in_place, blocking, asio::use_future);
    work();
    run();
    BOOST_TEST(future.get().native_handle() != -1);
    auto refused = file_storage::async_open(
        *context, name, file_mode::create, publication::in_place, blocking, asio::use_future);
    work();
    run();
    BOOST_CHECK_THROW(refused.get(), boost::system::system_error);
}

// C50 C61
BOOST_AUTO_TEST_CASE(a_coroutine_opens_a_file_for_its_stream)
{
    temporary_folder folder;
    asio::io_context context;
    error_code refused;
    std::uint64_t size = 0;
    const auto write_and_read = [&]() -> asio::awaitable<void> {
        {
            stream s(
                context,
                co_await file_storage::async_open(context, folder / "f", file_mode::create));
            co_await s.async_append(asio::buffer("hello", 5), level::written);
            s.close();
            co_await s.async_flush(level::synced);
        }
        file_storage kept = co_await file_storage::async_open(
            co_await asio::this_coro::executor,
            folder / "f",
            file_mode::open,
            publication::in_place);
        size = kept.size();
        std::tie(refused, kept) = co_await file_storage::async_open(
            context, folder / "g", file_mode::open, asio::as_tuple(asio::use_awaitable));
    };
    std::exception_ptr thrown;
    asio::co_spawn(context, write_and_read, [&](std::exception_ptr e) { thrown = e; });
    context.run();
    BOOST_TEST((!thrown && size == 5u));
    BOOST_TEST(refused == generic::no_such_file_or_directory);
}

BOOST_FIXTURE_TEST_CASE(a_constructor_reports_its_error_instead, open_world)
{
    error_code ec = cause;
    file_storage s(name, file_mode::create, publication::in_place, ec);
    BOOST_TEST((!ec && s.native_handle() != -1));
    const file_storage refused(name, file_mode::create, ec);
    BOOST_TEST((ec == generic::file_exists && refused.native_handle() == -1));
}

BOOST_FIXTURE_TEST_CASE(a_storage_without_a_file_says_so, open_world)
{
    file_storage moved_from(name, file_mode::create);
    const file_storage taken(std::move(moved_from));
    file_storage made;
    for (file_storage* const s : {&made, &moved_from})
    {
        BOOST_TEST((s->size() == 0u && !s->finished() && s->native_handle() == -1));
        const auto gives = [&](auto call) {
            error_code ec;
            call(ec);
            BOOST_TEST(ec == asio::error::bad_descriptor);
        };
        char byte = 0;
        gives([&](error_code& ec) { s->write(0, asio::buffer(&byte, 1), ec); });
        gives([&](error_code& ec) { BOOST_TEST(s->read(0, asio::buffer(&byte, 1), ec) == 0u); });
        gives([&](error_code& ec) { s->sync(ec); });
        gives([&](error_code& ec) { s->finish(ec); });
        gives([&](error_code& ec) { s->remove(ec); });
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::test
