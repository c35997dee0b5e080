// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "connections.hpp"

#include <cerrno>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace bench {

namespace {

// Reads everything that comes on any of the connections, and throws it away, until they end. Only
// calls that are allowed between fork and exit.
[[noreturn]] void receive(std::size_t clients, const sockaddr* to, socklen_t size)
{
    const int epoll = epoll_create1(0);
    for (std::size_t i = 0; i != clients; ++i)
    {
        const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
        epoll_event event{EPOLLIN, {.fd = fd}};
        if (connect(fd, to, size) != 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0)
            _exit(1);
    }
    for (std::size_t open = clients; open != 0;)
    {
        epoll_event ready[64];
        const int n = epoll_wait(epoll, ready, 64, -1);
        for (int i = 0; i < n; ++i)
            if (recv(ready[i].data.fd, nullptr, std::size_t{1} << 20, MSG_TRUNC) <= 0)
            {
                close(ready[i].data.fd);
                --open;
            }
    }
    _exit(0);
}

} // namespace

connections::connections(std::size_t clients)
{
    namespace asio = boost::asio;
    asio::ip::tcp::acceptor acceptor(context_, {asio::ip::address_v4::loopback(), 0});
    const auto local = acceptor.local_endpoint();
    child_ = fork();
    if (child_ < 0)
        throw std::system_error(errno, std::generic_category(), "fork");
    if (child_ == 0)
        receive(clients, local.data(), static_cast<socklen_t>(local.size()));
    for (std::size_t i = 0; i != clients; ++i)
    {
        sockets_.push_back(acceptor.accept());
        sockets_.back().native_non_blocking(true);
    }
}

connections::~connections()
{
    sockets_.clear();
    waitpid(child_, nullptr, 0);
}

} // namespace bench
