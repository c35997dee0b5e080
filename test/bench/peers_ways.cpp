// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "peers.hpp"

namespace bench {

message make_message()
{
    return std::make_shared<const std::array<char, piece>>();
}

thread_readers::thread_readers(std::size_t n)
{
    for (std::size_t i = 0; i != n; ++i)
        threads_.emplace_back([this] { read(); });
}

thread_readers::~thread_readers()
{
    {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
    }
    written_.notify_all();
    for (std::thread& t : threads_)
        t.join();
}

void thread_readers::deliver()
{
    {
        const std::lock_guard lock(mutex_);
        latest_ = make_message();
        ++version_;
        due_ = threads_.size();
    }
    written_.notify_all();
    std::unique_lock lock(mutex_);
    read_.wait(lock, [&] { return due_ == 0; });
}

void thread_readers::read()
{
    std::array<char, piece> buffer;
    std::size_t seen = 0;
    std::unique_lock lock(mutex_);
    for (;;)
    {
        written_.wait(lock, [&] { return stopped_ || version_ != seen; });
        if (stopped_)
            return;
        seen = version_;
        buffer = *latest_;
        keep(buffer);
        if (--due_ == 0)
            read_.notify_one();
    }
}

channel_readers::member::member(asio::io_context& context, std::size_t& delivered)
    : channel_(context, 16), delivered_(&delivered)
{
}

void channel_readers::member::start()
{
    channel_.async_receive([this](error_code, const message& m) {
        buffer_ = *m;
        ++*delivered_;
        start();
    });
}

void channel_readers::member::send(const message& m)
{
    channel_.try_send(error_code(), m);
}

channel_readers::channel_readers(std::size_t n)
{
    for (std::size_t i = 0; i != n; ++i)
        members_.emplace_back(context_, delivered_).start();
}

void channel_readers::deliver()
{
    const std::size_t due = delivered_ + members_.size();
    const message m = make_message();
    for (member& r : members_)
        r.send(m);
    context_.poll();
    if (delivered_ != due)
        throw std::logic_error("a channel lost a message");
}

queue_readers::member::member(asio::io_context& context, std::size_t& delivered)
    : strand_(context.get_executor()), delivered_(&delivered)
{
}

void queue_readers::member::send(const message& m)
{
    asio::post(strand_, [this, m] {
        queue_.push_back(m);
        read();
    });
}

// Its reader has always come back for the next one, which is as quick as this way can be.
void queue_readers::member::read()
{
    buffer_ = *queue_.front();
    queue_.pop_front();
    ++*delivered_;
}

queue_readers::queue_readers(std::size_t n)
{
    for (std::size_t i = 0; i != n; ++i)
        members_.emplace_back(context_, delivered_);
}

void queue_readers::deliver()
{
    const std::size_t due = delivered_ + members_.size();
    const message m = make_message();
    for (member& r : members_)
        r.send(m);
    context_.restart();
    context_.poll();
    if (delivered_ != due)
        throw std::logic_error("a queue lost a message");
}

} // namespace bench
