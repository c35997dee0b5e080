// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// Readers that begin with a whole line.

#include <spool/line.hpp>

#include "world.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

namespace spool::test {

namespace {

struct lines : bounded_world
{
    // Where a reader at `offset` is moved to.
    std::uint64_t seek(std::uint64_t offset)
    {
        reader r = s->make_reader(offset);
        outcome<std::uint64_t> sought;
        quietly([&] { async_seek_line(r, check(sought)); });
        run();
        BOOST_TEST(!sought.error, sought.error.message());
        BOOST_TEST(r.offset() == sought.value());
        return sought.value();
    }

    void append(const std::string& text) { s->append(asio::buffer(text)); }
};

BOOST_FIXTURE_TEST_SUITE(retention_line, lines)

BOOST_AUTO_TEST_CASE(a_reader_moves_behind_the_line_feed_before_it)
{
    const std::string text = "one\ntwo\n\nfour";
    open(retain_all);
    append(text);
    for (std::size_t at = 0; at <= text.size(); ++at)
    {
        const std::size_t feed = at == 0 ? text.npos : text.rfind('\n', at - 1);
        BOOST_TEST(seek(at) == (feed == text.npos ? 0 : feed + 1), "from " << at);
    }
}

// In views of 256 bytes, and in pieces.
BOOST_AUTO_TEST_CASE(lines_may_be_long)
{
    open(retain_last(512));
    s->set_retention(retain_all);
    append("first\n");
    const std::string many(1000, 'x');
    for (int i = 0; i != 20; ++i)
        append(many);
    BOOST_TEST(seek(s->size()) == 6u);
    append("\nlast");
    BOOST_TEST(seek(s->size()) == s->size() - 4);
    BOOST_TEST(seek(s->size() - 5) == 6u);
}

BOOST_AUTO_TEST_CASE(without_a_line_feed_it_is_what_is_still_held)
{
    open(retain_last(limit));
    for (int i = 0; i != 5; ++i)
        append(std::string(500, 'x'));
    BOOST_TEST(s->base() != 0u);
    BOOST_TEST(seek(s->size()) == s->base());
    BOOST_TEST(seek(s->base()) == s->base());
}

// C39: the bytes go while they are looked at.
BOOST_AUTO_TEST_CASE(a_line_that_goes_meanwhile_begins_behind_what_went)
{
    open(retain_last(limit));
    append("a\nb");
    reader r = s->make_reader(from_end);
    outcome<std::uint64_t> sought;
    async_seek_line(r, check(sought));
    for (int i = 0; i != 5; ++i)
        append(std::string(500, 'x'));
    run();
    BOOST_TEST((!sought.error && (sought.value() == 2u || sought.value() == s->base())));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_found_is_an_error_and_moves_nothing)
{
    open(retain_all);
    append("text\n");
    reader r = s->make_reader(7);
    outcome<std::uint64_t> beyond, closed;
    async_seek_line(r, check(beyond));
    run();
    BOOST_TEST((beyond.error == asio::error::invalid_argument && r.offset() == 7u));
    r.close();
    async_seek_line(r, check(closed));
    run();
    BOOST_TEST(closed.error == asio::error::bad_descriptor);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::test
