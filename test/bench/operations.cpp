// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "operations.hpp"

#include <spool/transfer.hpp>

#include "audience.hpp"
#include "heap.hpp"

#include <cstdint>
#include <memory>

namespace bench {

namespace {

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
    // A handler: the next call is made when the one before has completed.
    struct proceed
    {
        world* all_;

        template <class... Results>
        void operator()(Results&&...) const
        {
            all_->proceed_now();
        }
    };

    // Counts the second half of a row of calls, each of which ends with a call of `proceed`. They are
    // made on the context, because Asio recycles memory only there.
    void add(std::string name, std::function<void()> once)
    {
        constexpr std::size_t times = 100;
        once_ = std::move(once);
        left_ = 2 * times;
        half_ = times;
        asio::post(context_, proceed{this});
        context_.restart();
        context_.run();
        const auto calls = static_cast<double>(used_heap().calls - calls_before_);
        counted_.push_back({std::move(name), calls / times});
    }

    void proceed_now()
    {
        if (left_ == half_)
            calls_before_ = used_heap().calls;
        if (left_ == 0)
            return;
        --left_;
        once_();
    }

    void add_synchronous(std::string name, std::function<void()> once)
    {
        add(std::move(name), [=, this] {
            once();
            asio::post(context_, proceed{this});
        });
    }

    // An operation of the reader that finds its bytes, and one that waits for them.
    template <class Start>
    void add_read(const std::string& name, Start start)
    {
        add(name + ", visible", [=, this] {
            reader_.seek(0);
            start(0, proceed{this});
        });
        add(name + ", waiting", [=, this] {
            reader_.seek(stream_.size());
            start(stream_.size(), proceed{this});
            stream_.append(bytes());
        });
    }

    void count_writes();
    void count_waiting_writes();
    void count_reads();
    void count_waiting_reads();
    void count_endings();
    void count_transfers();

    auto cancellable() { return asio::bind_cancellation_slot(signal_.slot(), proceed{this}); }

    asio::io_context context_;
    spool::stream stream_;
    spool::stream whole_;
    spool::reader reader_ = stream_.make_reader();
    asio::cancellation_signal signal_;
    std::array<char, piece> buffer_;
    std::function<void()> once_;
    std::size_t left_ = 0;
    std::size_t half_ = 0;
    std::uint64_t calls_before_ = 0;
    std::vector<allocation> counted_;
};

void world::count_writes()
{
    add_synchronous("append", [&] { stream_.append(bytes()); });
    add_synchronous("write_some", [&] { stream_.write_some(bytes()); });
    add_synchronous("prepare and commit", [&] {
        static_cast<void>(stream_.prepare(1));
        stream_.commit(1);
    });
    add("async_append", [&] { stream_.async_append(bytes(), proceed{this}); });
    add("async_write_some", [&] { stream_.async_write_some(bytes(), proceed{this}); });
    add("async_prepare", [&] {
        stream_.async_prepare(1, [next = proceed{this}](error_code, asio::mutable_buffer) {
            next.all_->stream_.commit(1);
            next();
        });
    });
}

void world::count_waiting_writes()
{
    add("async_append, waiting", [&] {
        static_cast<void>(stream_.prepare(1));
        stream_.async_append(bytes(), proceed{this});
        stream_.commit(0);
    });
    add("async_prepare, waiting", [&] {
        static_cast<void>(stream_.prepare(1));
        stream_.async_prepare(1, [next = proceed{this}](error_code, asio::mutable_buffer) {
            next.all_->stream_.commit(1);
            next();
        });
        stream_.commit(0);
    });
}

void world::count_reads()
{
    const auto buffer = asio::buffer(buffer_);
    add_synchronous("read_some", [=, this] {
        reader_.seek(0);
        reader_.read_some(buffer);
    });
    add_synchronous("read_some_at", [=, this] { reader_.read_some_at(0, buffer); });
    add_synchronous("read_view", [&] {
        reader_.seek(0);
        reader_.read_view(piece);
    });
    add_synchronous("read_view_at", [&] { reader_.read_view_at(0, piece); });
}

void world::count_waiting_reads()
{
    const auto buffer = asio::buffer(buffer_);
    using offset = std::uint64_t;
    add_read(
        "async_read_some", [=, this](offset, auto next) { reader_.async_read_some(buffer, next); });
    add_read("async_read_some with a cancellation slot", [=, this](offset, auto) {
        reader_.async_read_some(buffer, cancellable());
    });
    add_read("async_read_some_at", [=, this](offset at, auto next) {
        reader_.async_read_some_at(at, buffer, next);
    });
    add_read("async_read_at", [=, this](offset at, auto next) {
        reader_.async_read_at(at, buffer, next);
    });
    add_read(
        "async_read_view", [=, this](offset, auto next) { reader_.async_read_view(piece, next); });
    add_read("async_read_view_at", [=, this](offset at, auto next) {
        reader_.async_read_view_at(at, piece, next);
    });
    add_read("async_wait", [=, this](offset, auto next) { reader_.async_wait(1, next); });
    add_read("async_wait_at", [=, this](offset at, auto next) {
        reader_.async_wait_at(at, piece, next);
    });
}

void world::count_endings()
{
    const auto buffer = asio::buffer(buffer_);
    reader_.seek(stream_.size());
    add("reader::cancel", [=, this] {
        reader_.async_read_some(buffer, proceed{this});
        reader_.cancel();
    });
    add("a cancellation signal", [=, this] {
        reader_.async_read_some(buffer, cancellable());
        signal_.emit(asio::cancellation_type::terminal);
    });
    add("async_seek_end, waiting", [&] {
        reader_.async_seek_end(0, proceed{this});
        reader_.cancel();
    });
    spool::reader whole = whole_.make_reader();
    add("async_seek_end, known", [&] { whole.async_seek_end(0, proceed{this}); });
    add("async_drain, waiting", [&] {
        whole_.async_drain(cancellable());
        signal_.emit(asio::cancellation_type::terminal);
    });
}

void world::count_transfers()
{
    sink nothing(context_);
    spool::reader whole = whole_.make_reader();
    add("async_copy out of a stream", [&] {
        whole.seek(0);
        spool::async_copy(whole, nothing, proceed{this});
    });
    add("async_copy into a stream", [&] { spool::async_copy(nothing, stream_, proceed{this}); });
}

std::vector<allocation> world::count()
{
    count_writes();
    count_waiting_writes();
    count_reads();
    count_waiting_reads();
    count_transfers();
    count_endings();
    return std::move(counted_);
}

// The calls that a delivery more takes.
template <class Audience>
allocation count_deliveries(std::string name)
{
    asio::io_context context;
    Audience readers(context, 1'000);
    const auto calls_of = [&](std::size_t deliveries) {
        const std::uint64_t before = used_heap().calls;
        readers.deliver(deliveries);
        return static_cast<double>(used_heap().calls - before);
    };
    constexpr std::size_t some = 20'000;
    const double calls = calls_of(some);
    return {std::move(name), (calls_of(2 * some) - calls) / static_cast<double>(some)};
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
