// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// How often bytes are copied, where they stay, and how much memory a stream takes.

#include "support/counted_new.hpp"
#include "world.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <cstring>
#include <deque>
#include <fstream>
#include <vector>

namespace spool::test {

namespace {

using if_counted = boost::unit_test::enable_if<new_is_counted>;

constexpr std::size_t mebibyte = std::size_t{1} << 20;

BOOST_FIXTURE_TEST_SUITE(contract_copies, world)

// C73
BOOST_AUTO_TEST_CASE(what_was_committed_is_lent_from_where_it_was_written)
{
    const asio::mutable_buffer region = s->prepare(100);
    std::memcpy(region.data(), "hello", 5);
    outcome<view> waiting;
    r->async_read_view(100, check(waiting));
    s->commit(5);
    run();
    BOOST_TEST((waiting.value().begin()->data() == region.data() && waiting.value().size() == 5u));
    BOOST_TEST(r->read_view_at(1, 4).begin()->data() == static_cast<char*>(region.data()) + 1);
    asio::mutable_buffer next;
    s->async_prepare(10, [&](error_code, asio::mutable_buffer b) { next = b; });
    run();
    BOOST_TEST(next.data() == static_cast<char*>(region.data()) + 5);
    s->commit(0);
}

// C73
BOOST_AUTO_TEST_CASE(all_views_of_an_offset_are_the_same_bytes, *if_counted())
{
    append();
    const view first = r->read_view(5);
    const std::size_t before = counted_new().calls;
    const view second = r->read_view_at(0, 5);
    const view third = second;
    BOOST_TEST(counted_new().calls == before);
    BOOST_TEST((first.begin()->data() == second.begin()->data()));
    BOOST_TEST((first.begin()->data() == third.begin()->data()));
}

// C73
BOOST_AUTO_TEST_CASE(copies_go_straight_from_buffer_to_chunk_to_buffer, *if_counted())
{
    // A second copy would need a place, and none is made but the chunks.
    const std::string text(mebibyte, 'x');
    std::string copy(mebibyte, '\0');
    s->append(asio::buffer(text));
    s->append(asio::buffer(text)); // the chunk of what follows is there now
    const std::size_t before = counted_new().bytes;
    s->append(asio::buffer(text));
    BOOST_TEST(r->read_some(asio::buffer(copy)) == mebibyte);
    BOOST_TEST(counted_new().bytes == before);
    outcome<std::size_t> appended, waiting;
    r->async_read_at(3 * mebibyte, asio::buffer(copy), check(waiting));
    s->async_append(asio::buffer(text), check(appended));
    run();
    BOOST_TEST((appended.value() == mebibyte && waiting.value() == mebibyte));
    BOOST_TEST(counted_new().bytes - before < 2 * mebibyte + 8192); // a chunk, and the operations
}

// C74
BOOST_AUTO_TEST_CASE(bytes_stay_where_they_are_while_the_stream_grows)
{
    const std::string text(100'000, 'x');
    std::deque<view> early;
    for (int i = 0; i != 30; ++i)
    {
        append(text);
        early.push_back(r->read_view_at(s->size() - 1, 1));
    }
    for (int i = 0; i != 100; ++i)
        append(text);
    for (std::size_t i = 0; i != early.size(); ++i)
    {
        const view late = r->read_view_at((i + 1) * text.size() - 1, 1);
        BOOST_TEST(late.begin()->data() == early[i].begin()->data());
    }
}

// C74
BOOST_AUTO_TEST_CASE(growing_takes_memory_for_the_new_bytes_only, *if_counted())
{
    const std::string text(mebibyte, 'x');
    const std::size_t before = counted_new().bytes;
    for (int i = 0; i != 100; ++i)
        append(text);
    BOOST_TEST(counted_new().bytes - before < 103 * mebibyte);
}

// C74
BOOST_AUTO_TEST_CASE(a_stream_of_a_few_bytes_takes_a_few_kilobytes, *if_counted())
{
    const std::size_t before = counted_new().bytes;
    stream small(executor());
    reader its_reader = small.make_reader();
    small.append(bytes("hello"));
    BOOST_TEST(counted_new().bytes - before < 4096u);
    BOOST_TEST(its_reader.read_some(room()) == 5u);
}

// Whether the kernel was asked for large pages at this address; true where it does not tell.
bool large_pages_are_wanted(const void* address)
{
    const auto wanted = reinterpret_cast<std::uintptr_t>(address);
    std::ifstream maps("/proc/self/smaps");
    bool inside = false;
    for (std::string line; std::getline(maps, line);)
    {
        char* rest = nullptr;
        const std::uintptr_t begin = std::strtoull(line.c_str(), &rest, 16);
        if (*rest == '-')
            inside = begin <= wanted && wanted < std::strtoull(rest + 1, nullptr, 16);
        else if (inside && line.starts_with("VmFlags:"))
            return line.find(" hg") != std::string::npos;
    }
    return true;
}

// C74
BOOST_AUTO_TEST_CASE(a_large_stream_uses_large_pages)
{
    const std::string text(mebibyte, 'x');
    for (int i = 0; i != 8; ++i)
        append(text);
    const view lent = r->read_view_at(4 * mebibyte, 4 * mebibyte);
    BOOST_TEST(lent.end() - lent.begin() == 3);
    const void* const second = lent.begin()[1].data();
    BOOST_TEST(lent.begin()[1].size() == 2 * mebibyte);
    BOOST_TEST(reinterpret_cast<std::uintptr_t>(second) % (2 * mebibyte) == 0u);
    BOOST_TEST(large_pages_are_wanted(second));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::test
