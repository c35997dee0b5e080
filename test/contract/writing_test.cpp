// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// Appending, and lending a region.

#include "world.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <cstring>
#include <vector>

namespace spool::test {

namespace {

struct writing : world
{
    std::string all(reader& from)
    {
        std::string text;
        error_code ec;
        while (const std::size_t n = from.read_some(room(), ec))
            text += read(n);
        return text;
    }
};

BOOST_FIXTURE_TEST_SUITE(contract_writing, writing)

// C20
BOOST_AUTO_TEST_CASE(an_append_takes_all_buffers_in_their_order)
{
    std::vector<std::string> words;
    std::string expected;
    std::vector<asio::const_buffer> buffers;
    for (int i = 0; i != 40; ++i)
        expected += words.emplace_back(std::to_string(i) + (i % 7 ? "," : ""));
    for (const std::string& word : words)
        buffers.insert(buffers.end(), {asio::buffer(word), asio::const_buffer()});
    BOOST_TEST(s->append(buffers) == expected.size());
    outcome<std::size_t> appended;
    quietly([&] { s->async_append(buffers, check(appended)); });
    run();
    BOOST_TEST(appended.value() == expected.size());
    BOOST_TEST(all(*r) == expected + expected);
}

// C20
BOOST_AUTO_TEST_CASE(appends_that_wait_go_on_in_the_order_in_which_they_came)
{
    std::array<outcome<std::size_t>, 5> appends;
    static_cast<void>(s->prepare(3));
    for (std::size_t i = 0; i != appends.size(); ++i)
        s->async_append(bytes(std::string_view("abcde").substr(i, 1)), check(appends[i]));
    BOOST_TEST(s->size() == 0u);
    quietly([&] { s->commit(0); });
    BOOST_TEST(all(*r) == "abcde");
    run();
    for (const auto& a : appends)
        BOOST_TEST(a.value() == 1u);
}

// C20
BOOST_AUTO_TEST_CASE(appends_of_several_chunks_stay_whole)
{
    const std::string text(300'000, 'x');
    outcome<std::size_t> appended;
    s->async_append(std::array{bytes("<"), bytes(text), bytes(">")}, check(appended));
    run();
    BOOST_TEST(appended.value() == 300'002u);
    BOOST_TEST(
        r->read_some_at(0, room(1)) + r->read_some_at(300'001, asio::buffer(into) + 1) == 2u);
    BOOST_TEST(read(2) == "<>");
}

// C21
BOOST_AUTO_TEST_CASE(write_some_takes_all_of_it)
{
    BOOST_TEST(s->write_some(bytes("hello")) == 5u);
    outcome<std::size_t> written;
    s->async_write_some(bytes("world"), check(written));
    run();
    BOOST_TEST(written.value() == 5u);
    BOOST_TEST(all(*r) == "helloworld");
}

// C22
BOOST_AUTO_TEST_CASE(an_append_that_must_not_wait_says_so)
{
    static_cast<void>(s->prepare(3));
    error_code ec;
    BOOST_TEST(s->append(bytes("x"), ec) == 0u);
    BOOST_TEST(ec == asio::error::would_block);
    BOOST_TEST(s->write_some(bytes("x"), ec) == 0u);
    BOOST_TEST(ec == asio::error::would_block);
    BOOST_CHECK_THROW(s->append(bytes("x")), boost::system::system_error);
    s->commit(0);
    BOOST_TEST(s->append(bytes("x"), ec) == 1u);
    BOOST_TEST(!ec);
}

// C22
BOOST_AUTO_TEST_CASE(an_append_that_must_not_wait_does_not_pass_those_that_wait)
{
    const asio::mutable_buffer region = s->prepare(3);
    outcome<asio::mutable_buffer> next;
    s->async_prepare(3, check(next));
    std::memcpy(region.data(), "abc", 3);
    s->commit(3);
    error_code ec;
    s->append(bytes("x"), ec);
    BOOST_TEST(ec == asio::error::would_block);
    run();
    BOOST_TEST(next.value().size() == 3u);
}

// C23
BOOST_AUTO_TEST_CASE(writing_nothing_succeeds_in_every_state_and_wakes_nobody)
{
    void (*const acts[])(world&) = {
        [](world&) {},
        [](world& w) { static_cast<void>(w.s->prepare(3)); },
        [](world& w) { w.s->close(); },
        [](world& w) { w.s->abort(cause); },
        [](world& w) { w.s->abort(cause, discard); }};
    for (const auto& act : acts)
    {
        world w;
        outcome<std::uint64_t> waiting;
        w.r->async_wait(1, w.check(waiting));
        act(w);
        w.run();
        const std::size_t posts = w.record.posts;
        error_code ec = cause;
        BOOST_TEST(w.s->append(std::array<asio::const_buffer, 2>{}, ec) == 0u);
        BOOST_TEST(!ec);
        BOOST_TEST(w.s->prepare(0, ec).size() == 0u);
        BOOST_TEST(!ec);
        BOOST_TEST(w.record.posts == posts);
        outcome<std::size_t> nothing;
        w.s->async_append(asio::const_buffer(), w.check(nothing));
        w.run();
        BOOST_TEST((!nothing.error && nothing.value() == 0u));
        w.r.reset();
        w.run();
    }
}

// C24
BOOST_AUTO_TEST_CASE(a_write_after_the_end_gets_the_end)
{
    const auto write_errors = [](world& w, error_code expected) {
        error_code ec;
        BOOST_TEST(w.s->append(bytes("x"), ec) == 0u);
        BOOST_TEST(ec == expected);
        BOOST_TEST(w.s->prepare(1, ec).size() == 0u);
        BOOST_TEST(ec == expected);
        outcome<std::size_t> appended;
        w.s->async_append(bytes("x"), w.check(appended));
        w.run();
        BOOST_TEST((appended.error == expected && appended.value() == 0u));
    };
    world closed, failed, discarded;
    closed.s->close();
    write_errors(closed, errc::closed);
    failed.s->abort(cause);
    write_errors(failed, cause);
    discarded.s->abort(cause, discard);
    write_errors(discarded, cause);
}

// C25
BOOST_AUTO_TEST_CASE(what_is_committed_of_a_region_becomes_readable_in_place)
{
    append("<");
    asio::mutable_buffer region = s->prepare(100);
    BOOST_TEST((region.size() >= 1u && region.size() <= 100u));
    std::memcpy(region.data(), "hello world", 11);
    BOOST_TEST(s->size() == 1u);
    quietly([&] { s->commit(5); });
    BOOST_TEST(s->size() == 6u);
    append(">");
    BOOST_TEST(all(*r) == "<hello>");
}

// C25
BOOST_AUTO_TEST_CASE(a_region_at_the_end_of_a_chunk_is_small_but_not_empty)
{
    const std::string text(2047, 'x');
    s->append(asio::buffer(text));
    BOOST_TEST(s->prepare(100).size() == 1u);
    s->commit(1);
    BOOST_TEST(s->prepare(100).size() == 100u);
    s->commit(0);
    BOOST_TEST(s->size() == 2048u);
}

// C25
BOOST_AUTO_TEST_CASE(one_region_is_lent_at_a_time)
{
    static_cast<void>(s->prepare(10));
    error_code ec;
    BOOST_TEST(s->prepare(10, ec).size() == 0u);
    BOOST_TEST(ec == asio::error::would_block);
    BOOST_CHECK_THROW(static_cast<void>(s->prepare(1)), boost::system::system_error);
    std::array<outcome<asio::mutable_buffer>, 2> waiting;
    s->async_prepare(10, check(waiting[0]));
    s->async_prepare(10, check(waiting[1]));
    s->commit(0);
    run();
    BOOST_TEST(waiting[0].value().size() == 10u);
    BOOST_TEST(waiting[1].is_pending());
    s->commit(0);
    run();
    BOOST_TEST(waiting[1].value().size() == 10u);
}

// C25
BOOST_AUTO_TEST_CASE(no_more_can_be_committed_than_is_lent)
{
    error_code ec;
    s->commit(1, ec);
    BOOST_TEST(ec == asio::error::invalid_argument);
    s->commit(0, ec);
    BOOST_TEST(!ec);
    static_cast<void>(s->prepare(4));
    s->commit(5, ec);
    BOOST_TEST(ec == asio::error::invalid_argument);
    BOOST_CHECK_THROW(s->commit(5), boost::system::system_error);
    s->commit(4, ec);
    BOOST_TEST(!ec);
    BOOST_TEST(s->size() == 4u);
}

// C25
BOOST_AUTO_TEST_CASE(a_region_stays_writable_when_the_stream_ends)
{
    const asio::mutable_buffer region = s->prepare(4);
    outcome<std::size_t> waiting;
    s->async_append(bytes("x"), check(waiting));
    quietly([&] { s->close(); });
    run();
    BOOST_TEST(waiting.error == errc::closed);
    std::memset(region.data(), 'y', region.size());
    error_code ec;
    s->commit(4, ec);
    BOOST_TEST(ec == errc::closed);
    s->commit(0, ec);
    BOOST_TEST(!ec);
    BOOST_TEST(all(*r).empty());
}

// C26
BOOST_AUTO_TEST_CASE(by_default_a_write_is_over_when_readers_can_see_its_bytes)
{
    std::size_t calls = 0;
    const auto look = [&](error_code ec, std::size_t n) {
        BOOST_TEST((!ec && n == 5u));
        BOOST_TEST(r->read_some(room(n)) == n);
        ++calls;
    };
    s->async_append(bytes("hello"), look);
    static_cast<void>(s->prepare(3));
    s->async_append(bytes("world"), look); // this one waits
    s->async_write_some(bytes("again"), look);
    run();
    BOOST_TEST((calls == 1u && s->size() == 5u));
    s->commit(0);
    BOOST_TEST(s->size() == 15u);
    run();
    BOOST_TEST(calls == 3u);
    BOOST_TEST(r->offset() == 15u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::test
