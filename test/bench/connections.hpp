// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstddef>
#include <sys/types.h>
#include <vector>

namespace bench {

// Connected sockets. The clients are a process of their own, which throws away what it gets, so that what
// they take is not counted.
class connections
{
public:
    explicit connections(std::size_t clients);
    ~connections();
    connections(const connections&) = delete;
    connections& operator=(const connections&) = delete;

    boost::asio::io_context context_;
    std::vector<boost::asio::ip::tcp::socket> sockets_;

private:
    pid_t child_;
};

} // namespace bench
