// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include <spool/stream.hpp>
#include <spool/view.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <optional>
#include <string>

namespace {

namespace asio = boost::asio;
using spool::reader;
using spool::stream;
using spool::view;

static_assert(asio::is_const_buffer_sequence<view>::value);
static_assert(std::is_nothrow_move_constructible_v<view>);
static_assert(std::is_nothrow_move_assignable_v<view>);

std::string text(const view& v)
{
    std::string all(asio::buffer_size(v), '\0');
    asio::buffer_copy(asio::buffer(all), v);
    return all;
}

struct hello
{
    asio::io_context context;
    stream s{context};
    reader r = s.make_reader();
    hello() { s.append(asio::buffer("hello", 5)); }
};

BOOST_AUTO_TEST_SUITE(view_rules)

BOOST_AUTO_TEST_CASE(an_empty_view_has_no_bytes_and_no_buffers)
{
    const view v;
    BOOST_TEST(v.empty());
    BOOST_TEST(v.size() == 0u);
    BOOST_TEST((v.begin() == v.end()));
    BOOST_TEST(asio::buffer_size(v) == 0u);
}

// C37
BOOST_FIXTURE_TEST_CASE(a_view_is_as_large_as_its_buffers, hello)
{
    const view v = r.read_view(100);
    BOOST_TEST(v.size() == 5u);
    BOOST_TEST(asio::buffer_size(v) == 5u);
    BOOST_TEST(text(v) == "hello");
    BOOST_TEST(text(r.read_view_at(1, 3)) == "ell");
}

// C37
BOOST_FIXTURE_TEST_CASE(a_moved_from_view_is_empty, hello)
{
    view v = r.read_view(100);
    view w = std::move(v);
    BOOST_TEST(text(w) == "hello");
    BOOST_TEST((v.empty() && v.begin() == v.end()));
    v = std::move(w);
    BOOST_TEST(text(v) == "hello");
    BOOST_TEST(w.empty());
    w = v;
    BOOST_TEST((text(w) == "hello" && text(v) == "hello"));
}

// C37
BOOST_AUTO_TEST_CASE(a_view_outlives_reader_stream_and_context)
{
    std::optional<hello> all(std::in_place);
    const view v = all->r.read_view(100);
    const view copy = v;
    all.reset();
    BOOST_TEST(text(v) == "hello");
    BOOST_TEST(text(copy) == "hello");
}

// C37 C73
BOOST_FIXTURE_TEST_CASE(two_views_of_the_same_bytes_are_the_same_memory, hello)
{
    const view v = r.read_view_at(0, 5);
    const view w = r.read_view_at(0, 5);
    BOOST_TEST(v.begin()->data() == w.begin()->data());
}

// C37
BOOST_FIXTURE_TEST_CASE(a_large_view_covers_a_few_chunks_in_order, hello)
{
    const std::string more(1u << 20, 'x');
    s.append(asio::buffer(more));
    const view v = r.read_view(SIZE_MAX);
    BOOST_TEST(static_cast<std::size_t>(v.end() - v.begin()) == view::max_buffers);
    BOOST_TEST(text(v) == ("hello" + more).substr(0, v.size()));
    BOOST_TEST(r.offset() == v.size());
    BOOST_TEST(text(r.read_view(10)) == "xxxxxxxxxx");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
