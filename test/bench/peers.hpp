// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// What people write where they have no stream that many can read: three ways to bring the same 64 bytes
// to many readers, each of which copies them. All of them count what was delivered.

#include "audience.hpp"

#include <boost/asio/experimental/concurrent_channel.hpp>

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>

namespace bench {

using message = std::shared_ptr<const std::array<char, piece>>;

message make_message();

// A thread for each reader, which waits on one condition variable for all.
class thread_readers
{
public:
    explicit thread_readers(std::size_t n);
    ~thread_readers();

    void deliver();

private:
    void read();

    std::mutex mutex_;
    std::condition_variable written_;
    std::condition_variable read_;
    message latest_;
    std::size_t version_ = 0;
    std::size_t due_ = 0;
    bool stopped_ = false;
    std::vector<std::thread> threads_;
};

// A channel for each reader, into which the writer sends.
class channel_readers
{
public:
    explicit channel_readers(std::size_t n);

    void deliver();

private:
    class member
    {
    public:
        member(asio::io_context& context, std::size_t& delivered);
        void start();
        void send(const message& m);

    private:
        asio::experimental::concurrent_channel<void(error_code, message)> channel_;
        std::array<char, piece> buffer_;
        std::size_t* delivered_;
    };

    asio::io_context context_;
    std::deque<member> members_;
    std::size_t delivered_ = 0;
};

// A queue of shared buffers for each reader, on a strand: the writer posts to it.
class queue_readers
{
public:
    explicit queue_readers(std::size_t n);

    void deliver();

private:
    class member
    {
    public:
        member(asio::io_context& context, std::size_t& delivered);
        void send(const message& m);

    private:
        void read();

        asio::strand<asio::io_context::executor_type> strand_;
        std::deque<message> queue_;
        std::array<char, piece> buffer_;
        std::size_t* delivered_;
    };

    asio::io_context context_;
    std::deque<member> members_;
    std::size_t delivered_ = 0;
};

} // namespace bench
