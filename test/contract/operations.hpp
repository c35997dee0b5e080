// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// Every asynchronous operation, described once: how it is started, what makes it wait, what it gives,
// and with which error it ends when something happens to it.

#include "world.hpp"

#include <cstdint>
#include <tuple>

namespace spool::test {

// What reads of bytes have in common.
struct any_read
{
    static void make_ready(world& w) { w.append(); }
    static void make_waiting(world&) {}
    static void satisfy(world& w) { w.append(); }

    static void move(world& w)
    {
        reader moved = std::move(*w.r);
        w.r.emplace(std::move(moved));
    }
    static void destroy_handle(world& w) { w.r.reset(); }
    static void before_end(world&) {}

    static constexpr bool is_of_reader = true;
    static error_code after_handle() { return asio::error::operation_aborted; }
    static error_code after_close() { return asio::error::eof; }
    static error_code after_abort() { return cause; }
};

template <class Value>
struct counted_read : any_read
{
    using values = std::tuple<Value>;
    static bool is_right(world&, const values& v) { return std::get<0>(v) == 5; }
    static bool is_nothing(const values& v) { return std::get<0>(v) == 0; }
};

template <class Value>
struct copying_read : counted_read<Value>
{
    static bool is_right(world& w, const std::tuple<Value>& v)
    {
        return std::get<0>(v) == 5 && w.read(5) == "hello";
    }
};

struct lending_read : any_read
{
    using values = std::tuple<view>;
    static bool is_right(world&, const values& v)
    {
        std::string text(std::get<0>(v).size(), '\0');
        asio::buffer_copy(asio::buffer(text), std::get<0>(v));
        return text == "hello";
    }
    static bool is_nothing(const values& v) { return std::get<0>(v).empty(); }
};

struct read_some : copying_read<std::size_t>
{
    static constexpr auto name = "async_read_some";
    static auto start(world& w, auto&& token)
    {
        return w.r->async_read_some(w.room(), std::forward<decltype(token)>(token));
    }
};

struct read_some_at : copying_read<std::size_t>
{
    static constexpr auto name = "async_read_some_at";
    static auto start(world& w, auto&& token)
    {
        return w.r->async_read_some_at(0, w.room(), std::forward<decltype(token)>(token));
    }
};

struct read_at : copying_read<std::size_t>
{
    static constexpr auto name = "async_read_at";
    static auto start(world& w, auto&& token)
    {
        return w.r->async_read_at(0, w.room(5), std::forward<decltype(token)>(token));
    }
};

struct wait : counted_read<std::uint64_t>
{
    static constexpr auto name = "async_wait";
    static auto start(world& w, auto&& token)
    {
        return w.r->async_wait(5, std::forward<decltype(token)>(token));
    }
};

struct wait_at : counted_read<std::uint64_t>
{
    static constexpr auto name = "async_wait_at";
    static auto start(world& w, auto&& token)
    {
        return w.r->async_wait_at(0, 5, std::forward<decltype(token)>(token));
    }
};

struct read_view : lending_read
{
    static constexpr auto name = "async_read_view";
    static auto start(world& w, auto&& token)
    {
        return w.r->async_read_view(16, std::forward<decltype(token)>(token));
    }
};

struct read_view_at : lending_read
{
    static constexpr auto name = "async_read_view_at";
    static auto start(world& w, auto&& token)
    {
        return w.r->async_read_view_at(0, 16, std::forward<decltype(token)>(token));
    }
};

struct seek_end : any_read
{
    static constexpr auto name = "async_seek_end";
    using values = std::tuple<std::uint64_t>;

    static void make_ready(world& w) { satisfy(w); }
    static void satisfy(world& w) { w.s->set_final_size(7); }
    static void before_end(world& w) { w.append("hello!!"); }
    static bool is_right(world& w, const values& v)
    {
        return std::get<0>(v) == 5 && w.r->offset() == 5;
    }
    static bool is_nothing(const values& v) { return std::get<0>(v) == 0; }
    static error_code after_close() { return {}; }
    static auto start(world& w, auto&& token)
    {
        return w.r->async_seek_end(2, std::forward<decltype(token)>(token));
    }
};

// What writes have in common: they wait while a region is lent.
struct any_write
{
    static void make_ready(world&) {}
    static void make_waiting(world& w) { static_cast<void>(w.s->prepare(10)); }
    static void satisfy(world& w) { w.s->commit(0); }

    static void move(world& w)
    {
        stream moved = std::move(*w.s);
        w.s.emplace(std::move(moved));
    }
    static void destroy_handle(world& w) { w.s.reset(); }
    static void before_end(world&) {}

    static constexpr bool is_of_reader = false;
    static error_code after_handle() { return errc::abandoned; }
    static error_code after_close() { return errc::closed; }
    static error_code after_abort() { return cause; }
};

struct any_append : any_write
{
    using values = std::tuple<std::size_t>;
    static bool is_right(world& w, const values& v)
    {
        return std::get<0>(v) == 5 && w.r->read_some(w.room()) == 5 && w.read(5) == "hello";
    }
    static bool is_nothing(const values& v) { return std::get<0>(v) == 0; }
};

struct append : any_append
{
    static constexpr auto name = "async_append";
    static auto start(world& w, auto&& token)
    {
        return w.s->async_append(bytes("hello"), std::forward<decltype(token)>(token));
    }
};

struct write_some : any_append
{
    static constexpr auto name = "async_write_some";
    static auto start(world& w, auto&& token)
    {
        return w.s->async_write_some(bytes("hello"), std::forward<decltype(token)>(token));
    }
};

struct prepare : any_write
{
    static constexpr auto name = "async_prepare";
    using values = std::tuple<asio::mutable_buffer>;
    static bool is_right(world& w, const values& v)
    {
        asio::buffer_copy(std::get<0>(v), bytes("hello"));
        w.s->commit(5);
        return w.r->read_some(w.room()) == 5 && w.read(5) == "hello";
    }
    static bool is_nothing(const values& v) { return std::get<0>(v).size() == 0; }
    static auto start(world& w, auto&& token)
    {
        return w.s->async_prepare(10, std::forward<decltype(token)>(token));
    }
};

// Draining and removing: they wait for the reader to close and the stream to end.
struct any_ending : any_write
{
    using values = std::tuple<>;
    static void make_ready(world& w) { satisfy(w); }
    static void make_waiting(world&) {}
    static void satisfy(world& w)
    {
        w.r.reset();
        w.s->close();
    }
    static void before_end(world& w) { w.r.reset(); }
    static bool is_right(world&, const values&) { return true; }
    static bool is_nothing(const values&) { return true; }
    static error_code after_handle() { return asio::error::operation_aborted; }
    static error_code after_close() { return {}; }
    static error_code after_abort() { return {}; }
};

struct drain : any_ending
{
    static constexpr auto name = "async_drain";
    static auto start(world& w, auto&& token)
    {
        return w.s->async_drain(std::forward<decltype(token)>(token));
    }
};

struct remove : any_ending
{
    static constexpr auto name = "async_remove";
    static auto start(world& w, auto&& token)
    {
        return w.s->async_remove(std::forward<decltype(token)>(token));
    }
};

using all_operations = std::tuple<
    read_some,
    read_some_at,
    read_at,
    wait,
    wait_at,
    read_view,
    read_view_at,
    seek_end,
    append,
    write_some,
    prepare,
    drain,
    remove>;

// The same as values, for what need not be compiled once for each operation.
struct operation_kind
{
    const char* name;
    bool is_of_reader;
    void (*make_ready)(world&);
    void (*make_waiting)(world&);
    void (*satisfy)(world&);
    void (*move)(world&);
    void (*destroy_handle)(world&);
    void (*before_end)(world&);
    error_code (*after_handle)();
    error_code (*after_close)();
    error_code (*after_abort)();
};

template <class Operation>
inline constexpr operation_kind kind_of{
    Operation::name,
    Operation::is_of_reader,
    &Operation::make_ready,
    &Operation::make_waiting,
    &Operation::satisfy,
    &Operation::move,
    &Operation::destroy_handle,
    &Operation::before_end,
    &Operation::after_handle,
    &Operation::after_close,
    &Operation::after_abort};

} // namespace spool::test
