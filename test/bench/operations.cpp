// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "operations.hpp"

#include <spool/transfer.hpp>

#include "audience.hpp"
#include "heap.hpp"

#include <cstdint>
#include <memory>

namespace bench {

namespace {

constexpr auto ignore = [](auto&&...) {};

// Takes whatever is written, and has nothing to be read.
class sink
{
public:
    using executor_type = asio::any_io_executor;

    explicit sink(asio::io_context& context) : executor_(context.get_executor()) {}

    const executor_type& get_executor() const noexcept { return executor_; }

    template <class ConstBufferSequence, class Token>
    auto async_write_some(const ConstBufferSequence& buffers, Token&& token)
    {
        return finish({}, asio::buffer_size(buffers), token);
    }

    template <class MutableBufferSequence, class Token>
    auto async_read_some(const MutableBufferSequence&, Token&& token)
    {
        return finish(asio::error::eof, 0, token);
    }

private:
    template <class Token>
    auto finish(error_code ec, std::size_t n, Token& token)
    {
        return asio::async_initiate<Token, void(error_code, std::size_t)>(
            [this](auto handler, error_code result, std::size_t bytes) {
                asio::post(executor_, asio::append(std::move(handler), result, bytes));
            },
            token,
            ec,
            n);
    }

    executor_type executor_;
};

// Everything that operations are called on. The stream is large: no append of a few bytes needs a new
// chunk, which is memory of the stream and not of an operation.
class world
{
public:
    world() : stream_(context_), whole_(context_)
    {
        const std::vector<char> some(std::size_t{4} << 20);
        stream_.append(asio::buffer(some));
        whole_.append(asio::buffer(some));
        whole_.close();
    }

    std::vector<allocation> count();

private:
    void add(const std::string& name, std::function<void()> once)
    {
        constexpr int times = 100;
        for (int i = 0; i != times; ++i)
            once();
        const std::uint64_t before = used_heap().calls;
        for (int i = 0; i != times; ++i)
            once();
        const double calls = static_cast<double>(used_heap().calls - before) / times;
        counted_.push_back({name, calls});
    }

    // An operation of the reader that finds its bytes, and one that waits for them.
    template <class Start>
    void add_read(const std::string& name, Start start)
    {
        add(name + ", visible", [=, this] {
            reader_.seek(0);
            start(0);
            context_.poll();
        });
        add(name + ", waiting", [=, this] {
            reader_.seek(stream_.size());
            start(stream_.size());
            context_.poll();
            stream_.append(bytes());
            context_.poll();
        });
    }

    auto cancellable() { return asio::bind_cancellation_slot(signal_.slot(), ignore); }

    void count_appends();
    void count_writes();
    void count_reads();
    void count_waiting_reads();
    void count_endings();
    void count_transfers();

    asio::io_context context_;
    spool::stream stream_;
    spool::stream whole_;
    spool::reader reader_ = stream_.make_reader();
    asio::cancellation_signal signal_;
    std::array<char, piece> buffer_;
    std::vector<allocation> counted_;
};

void world::count_appends()
{
    add("append", [&] { stream_.append(bytes()); });
    add("write_some", [&] { stream_.write_some(bytes()); });
    add("async_append", [&] {
        stream_.async_append(bytes(), ignore);
        context_.poll();
    });
    add("async_append, waiting", [&] {
        static_cast<void>(stream_.prepare(1));
        stream_.async_append(bytes(), ignore);
        stream_.commit(0);
        context_.poll();
    });
    add("async_write_some", [&] {
        stream_.async_write_some(bytes(), ignore);
        context_.poll();
    });
}

void world::count_writes()
{
    add("prepare and commit", [&] {
        static_cast<void>(stream_.prepare(1));
        stream_.commit(1);
    });
    add("async_prepare and commit", [&] {
        stream_.async_prepare(1, ignore);
        context_.poll();
        stream_.commit(1);
    });
    add("async_prepare, waiting", [&] {
        static_cast<void>(stream_.prepare(1));
        stream_.async_prepare(1, ignore);
        stream_.commit(0);
        context_.poll();
        stream_.commit(0);
    });
}

void world::count_reads()
{
    const auto buffer = asio::buffer(buffer_);
    add("read_some", [&] {
        reader_.seek(0);
        reader_.read_some(buffer);
    });
    add("read_some_at", [&] { reader_.read_some_at(0, buffer); });
    add("read_view", [&] {
        reader_.seek(0);
        reader_.read_view(piece);
    });
    add("read_view_at", [&] { reader_.read_view_at(0, piece); });
}

void world::count_waiting_reads()
{
    const auto buffer = asio::buffer(buffer_);
    using offset = std::uint64_t;
    add_read("async_read_some", [=, this](offset) { reader_.async_read_some(buffer, ignore); });
    add_read("async_read_some_at", [=, this](offset at) {
        reader_.async_read_some_at(at, buffer, ignore);
    });
    add_read("async_read_at", [=, this](offset at) { reader_.async_read_at(at, buffer, ignore); });
    add_read("async_read_view", [=, this](offset) { reader_.async_read_view(piece, ignore); });
    add_read("async_read_view_at", [=, this](offset at) {
        reader_.async_read_view_at(at, piece, ignore);
    });
    add_read("async_wait", [=, this](offset) { reader_.async_wait(1, ignore); });
    add_read("async_wait_at", [=, this](offset at) { reader_.async_wait_at(at, piece, ignore); });
    add_read("async_read_some with a cancellation slot", [=, this](offset) {
        reader_.async_read_some(buffer, cancellable());
    });
}

void world::count_endings()
{
    const auto buffer = asio::buffer(buffer_);
    reader_.seek(stream_.size());
    add("reader::cancel", [&] {
        reader_.async_read_some(buffer, ignore);
        reader_.cancel();
        context_.poll();
    });
    add("a cancellation signal", [&] {
        reader_.async_read_some(buffer, cancellable());
        signal_.emit(asio::cancellation_type::terminal);
        context_.poll();
    });
    add("async_seek_end, waiting", [&] {
        reader_.async_seek_end(0, ignore);
        reader_.cancel();
        context_.poll();
    });
    spool::reader whole = whole_.make_reader();
    add("async_seek_end", [&] {
        whole.async_seek_end(0, ignore);
        context_.poll();
    });
    add("async_drain, waiting", [&] {
        whole_.async_drain(cancellable());
        signal_.emit(asio::cancellation_type::terminal);
        context_.poll();
    });
}

void world::count_transfers()
{
    sink nothing(context_);
    spool::reader whole = whole_.make_reader();
    add("async_copy to a stream of writes", [&] {
        whole.seek(0);
        spool::async_copy(whole, nothing, ignore);
        context_.poll();
    });
    add("async_copy from a stream of reads", [&] {
        spool::async_copy(nothing, stream_, ignore);
        context_.poll();
    });
}

std::vector<allocation> world::count()
{
    count_appends();
    count_writes();
    count_reads();
    count_waiting_reads();
    count_transfers();
    count_endings();
    return std::move(counted_);
}

template <class Audience>
allocation count_deliveries(const std::string& name)
{
    Audience readers(1'000);
    readers.round(20'000);
    const std::uint64_t before = used_heap().calls;
    const sample s = readers.round(20'000);
    return {name, static_cast<double>(used_heap().calls - before) / s.operations};
}

} // namespace

std::vector<allocation> count_allocations()
{
    std::vector<allocation> all = world().count();
    all.push_back(count_deliveries<callback_audience>("delivery to 1,000 callbacks"));
    all.push_back(count_deliveries<coroutine_audience>("delivery to 1,000 coroutines"));
    return all;
}

} // namespace bench
