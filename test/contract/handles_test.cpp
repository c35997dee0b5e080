// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// The handles: moving, cloning, closing and outliving. What happens to operations is in the matrix.

#include "world.hpp"

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <memory>
#include <thread>
#include <type_traits>
#include <utility>

namespace spool::test {

namespace {

// C10 C11
static_assert(!std::is_copy_constructible_v<stream> && !std::is_copy_assignable_v<stream>);
static_assert(std::is_nothrow_move_constructible_v<stream>);
static_assert(std::is_nothrow_move_assignable_v<stream>);
static_assert(!std::is_copy_constructible_v<reader> && !std::is_copy_assignable_v<reader>);
static_assert(std::is_nothrow_move_constructible_v<reader>);
static_assert(std::is_nothrow_move_assignable_v<reader>);

BOOST_FIXTURE_TEST_SUITE(contract_handles, world)

// C10 C20
BOOST_AUTO_TEST_CASE(several_threads_may_append_at_once)
{
    const auto write = [this](char c) {
        const std::string text(100, c);
        for (int i = 0; i != 200; ++i)
            s->append(asio::buffer(text));
    };
    std::thread other(write, 'a');
    write('b');
    other.join();
    BOOST_TEST(s->size() == 40'000u);
    std::string all(100, '\0');
    for (int i = 0; i != 400; ++i)
    {
        BOOST_TEST(r->read_some(asio::buffer(all)) == 100u);
        BOOST_TEST((all == std::string(100, 'a') || all == std::string(100, 'b')));
    }
}

// C11
BOOST_AUTO_TEST_CASE(a_clone_starts_where_its_original_stands_and_goes_its_own_way)
{
    append();
    r->seek(2);
    reader other = r->clone();
    BOOST_TEST(other.offset() == 2u);
    BOOST_TEST(other.read_some(room()) == 3u);
    BOOST_TEST(r->offset() == 2u);
    r->close();
    BOOST_TEST(other.is_open());
    BOOST_TEST((other.get_executor() == r->get_executor()));
}

// C11
BOOST_AUTO_TEST_CASE(distinct_readers_are_independent)
{
    reader other = r->clone();
    outcome<std::size_t> first, second;
    std::array<char, 8> more;
    r->async_read_some(room(), check(first));
    other.async_read_some(asio::buffer(more), check(second));
    quietly([&] { other.close(); });
    run();
    BOOST_TEST(first.is_pending());
    BOOST_TEST(second.error == asio::error::operation_aborted);
    append();
    run();
    BOOST_TEST(first.value() == 5u);
}

// C12
BOOST_AUTO_TEST_CASE(assigning_to_a_reader_closes_it_and_takes_over_the_other)
{
    reader other = r->clone();
    outcome<std::size_t> mine, others;
    std::array<char, 8> more;
    r->async_read_some(room(), check(mine));
    other.async_read_some(asio::buffer(more), check(others));
    quietly([&] { *r = std::move(other); });
    run();
    BOOST_TEST(mine.error == asio::error::operation_aborted);
    BOOST_TEST(others.is_pending());
    append();
    run();
    BOOST_TEST(others.value() == 5u);
    BOOST_TEST(r->offset() == 5u);
    BOOST_TEST(!other.is_open());
}

// C12
BOOST_AUTO_TEST_CASE(closing_a_reader_completes_all_of_its_operations)
{
    std::array<outcome<std::uint64_t>, 5> waits;
    for (auto& wait : waits)
        r->async_wait(1, check(wait));
    outcome<std::size_t> read;
    r->async_read_some(room(), check(read));
    quietly([&] { r->close(); });
    run();
    BOOST_TEST(read.error == asio::error::operation_aborted);
    for (const auto& wait : waits)
        BOOST_TEST(wait.error == asio::error::operation_aborted);
    r->close();
    BOOST_TEST(!r->is_open());
    BOOST_TEST(read_error() == asio::error::bad_descriptor);
}

// C13
BOOST_AUTO_TEST_CASE(handles_outlive_their_context)
{
    append();
    outcome<std::size_t> read, late_read, late_append;
    r->async_read_some_at(5, room(), check(read));
    destroy_context();
    BOOST_TEST((read.calls == 0 && read.dropped));
    append();
    BOOST_TEST(r->read_some(room()) == 10u);
    r->async_read_some(room(), check(late_read));
    s->async_append(bytes("x"), check(late_append));
    BOOST_TEST((late_read.calls == 0 && late_read.dropped));
    BOOST_TEST((late_append.calls == 0 && late_append.dropped));
    r->cancel();
    s->close();
    BOOST_TEST(read_error() == asio::error::eof);
    BOOST_TEST(!r->get_executor());
}

// C13
BOOST_AUTO_TEST_CASE(without_its_context_a_handle_makes_readers_for_other_contexts_only)
{
    append();
    destroy_context();
    error_code ec;
    static_cast<void>(s->make_reader(0, ec));
    BOOST_TEST(ec == asio::error::bad_descriptor);
    static_cast<void>(r->clone(ec));
    BOOST_TEST(ec == asio::error::bad_descriptor);
    asio::io_context other;
    reader made = s->make_reader(other.get_executor());
    std::size_t got = 0;
    made.async_read_some(room(), [&](error_code, std::size_t n) { got = n; });
    other.run();
    BOOST_TEST(got == 5u);
}

// C13 C58
BOOST_FIXTURE_TEST_CASE(
    a_handler_may_end_a_context_that_it_has_just_started_a_read_for, plain_world)
{
    auto other = std::make_unique<asio::io_context>();
    auto owned = std::make_shared<int>();
    const std::weak_ptr<int> left = owned;
    r->async_read_some(room(), [&](error_code, std::size_t) {
        r->async_read_some(
            room(), asio::bind_executor(*other, [o = std::move(owned)](error_code, std::size_t) {
                BOOST_ERROR("invoked");
            }));
        BOOST_TEST(!left.expired());
        other.reset();
        BOOST_TEST(left.expired());
    });
    append();
    run();
}

// C13
BOOST_AUTO_TEST_CASE(a_handler_may_own_the_last_reference_to_what_it_waits_on)
{
    auto owned = std::make_shared<reader>(s->make_reader());
    auto owner = std::make_shared<stream>(executor());
    const std::weak_ptr<reader> reader_left = owned;
    const std::weak_ptr<stream> stream_left = owner;
    owned->async_read_some(room(), [owned](error_code, std::size_t) { BOOST_ERROR("invoked"); });
    owner->async_drain([owner](error_code) { BOOST_ERROR("invoked"); });
    owned.reset();
    owner.reset();
    BOOST_TEST(!reader_left.expired());
    destroy_context();
    BOOST_TEST(reader_left.expired());
    BOOST_TEST(stream_left.expired());
}

// C13
BOOST_AUTO_TEST_CASE(a_stream_outlives_the_context_of_one_of_its_readers)
{
    auto other = std::make_unique<asio::io_context>();
    reader far = s->make_reader(other->get_executor());
    outcome<std::size_t> near;
    r->async_read_some(room(), check(near));
    far.async_read_some(
        asio::buffer(into), [](error_code, std::size_t) { BOOST_ERROR("invoked"); });
    append("a");
    other.reset();
    append("b");
    run();
    BOOST_TEST(near.value() == 2u);
    far.close();
}

// C13 C25
BOOST_AUTO_TEST_CASE(a_region_lent_to_an_operation_that_died_with_its_context_is_given_back)
{
    asio::io_context other;
    reader far = s->make_reader(other.get_executor());
    s->async_prepare(10, [](error_code, asio::mutable_buffer) { BOOST_ERROR("invoked"); });
    destroy_context();
    error_code ec;
    BOOST_TEST(s->append(bytes("x"), ec) == 1u);
    BOOST_TEST(!ec);
}

// C14
BOOST_AUTO_TEST_CASE(a_moved_from_reader_behaves_as_a_closed_one)
{
    append();
    reader moved = std::move(*r);
    BOOST_TEST(!r->is_open());
    BOOST_TEST((r->offset() == 0u && r->size() == 0u && r->base() == 0u && r->lag() == 0u));
    BOOST_TEST(!r->final_size().has_value());
    BOOST_TEST(read_error() == asio::error::bad_descriptor);
    error_code ec;
    BOOST_TEST(r->read_view(1, ec).empty());
    BOOST_TEST(ec == asio::error::bad_descriptor);
    static_cast<void>(r->clone(ec));
    BOOST_TEST(ec == asio::error::bad_descriptor);
    r->cancel();
    r->close();
    r->seek(3);
    BOOST_TEST(moved.offset() == 0u);
}

// C14
BOOST_AUTO_TEST_CASE(operations_of_a_moved_from_reader_complete_with_bad_descriptor)
{
    reader moved = std::move(*r);
    outcome<std::size_t> some, some_at, at;
    outcome<std::uint64_t> wait, wait_at, end;
    outcome<view> lent, lent_at;
    r->async_read_some(room(), check(some));
    r->async_read_some_at(0, room(), check(some_at));
    r->async_read_at(0, room(), check(at));
    r->async_wait(1, check(wait));
    r->async_wait_at(0, 1, check(wait_at));
    r->async_seek_end(0, check(end));
    r->async_read_view(1, check(lent));
    r->async_read_view_at(0, 1, check(lent_at));
    run();
    for (const auto* o : {&some, &some_at, &at})
        BOOST_TEST((o->error == asio::error::bad_descriptor && o->value() == 0));
    for (const auto* o : {&wait, &wait_at, &end})
        BOOST_TEST((o->error == asio::error::bad_descriptor && o->value() == 0));
    for (const auto* o : {&lent, &lent_at})
        BOOST_TEST((o->error == asio::error::bad_descriptor && o->value().empty()));
}

// C14
BOOST_AUTO_TEST_CASE(operations_of_a_moved_from_stream_complete_with_bad_descriptor)
{
    stream moved = std::move(*s);
    outcome<std::size_t> append, write;
    outcome<asio::mutable_buffer> region;
    outcome<> drain, remove;
    s->async_append(bytes("x"), check(append));
    s->async_write_some(bytes("x"), check(write));
    s->async_prepare(1, check(region));
    s->async_drain(check(drain));
    s->async_remove(check(remove));
    run();
    for (const error_code& ec :
         {append.error, write.error, region.error, drain.error, remove.error})
        BOOST_TEST(ec == asio::error::bad_descriptor);
    error_code ec;
    s->append(bytes("x"), ec);
    BOOST_TEST(ec == asio::error::bad_descriptor);
    s->close(ec);
    BOOST_TEST(ec == asio::error::bad_descriptor);
    s->abort(cause);
    BOOST_TEST((!s->is_open() && s->size() == 0u && moved.is_open()));
}

// C12 C14
BOOST_AUTO_TEST_CASE(an_operation_made_before_its_reader_was_closed_is_refused_after)
{
    append();
    auto read = r->async_read_some(room());
    r->close();
    outcome<std::size_t> result;
    quietly([&] { std::move(read)(check(result)); });
    run();
    BOOST_TEST(result.error == asio::error::bad_descriptor);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::test
