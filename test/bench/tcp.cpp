// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// A stream copied to many TCP clients.

#include <spool/transfer.hpp>

#include "audience.hpp"
#include "connections.hpp"
#include "pages.hpp"
#include "rooms.hpp"

#include <cstring>
#include <memory>
#include <string>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>
#include <vector>

namespace bench {

namespace {

constexpr std::size_t clients = 64;

sample copy_stream(connections& to, spool::stream& stream)
{
    std::vector<spool::reader> readers;
    for (std::size_t i = 0; i != clients; ++i)
        readers.push_back(stream.make_reader());
    std::uint64_t sent = 0;
    const sample s = timed(clients * stream.size(), [&] {
        for (std::size_t i = 0; i != clients; ++i)
            spool::async_copy(
                readers[i], to.sockets_[i], [&](error_code, std::uint64_t n) { sent += n; });
        to.context_.restart();
        to.context_.run();
    });
    if (sent != clients * stream.size())
        throw std::logic_error("a client did not get the stream");
    return s;
}

// What has not been sent yet of one buffer to one socket.
struct sending
{
    int socket;
    const char* data;
    std::size_t left;

    bool send_some()
    {
        const ssize_t n = send(socket, data, left, MSG_NOSIGNAL);
        if (n < 0 && errno != EAGAIN)
            throw std::system_error(errno, std::generic_category(), "send");
        data += std::max<ssize_t>(n, 0);
        left -= static_cast<std::size_t>(std::max<ssize_t>(n, 0));
        return left != 0;
    }
};

void send_plainly(std::vector<sending>& all)
{
    const int epoll = epoll_create1(0);
    std::size_t under_way = 0;
    for (sending& one : all)
        if (one.send_some())
        {
            epoll_event event{EPOLLOUT, {.ptr = &one}};
            epoll_ctl(epoll, EPOLL_CTL_ADD, one.socket, &event);
            ++under_way;
        }
    while (under_way != 0)
    {
        epoll_event ready[clients];
        const int n = epoll_wait(epoll, ready, clients, -1);
        for (int i = 0; i < n; ++i)
        {
            auto& one = *static_cast<sending*>(ready[i].data.ptr);
            if (one.send_some())
                continue;
            epoll_ctl(epoll, EPOLL_CTL_DEL, one.socket, nullptr);
            --under_way;
        }
    }
    close(epoll);
}

sample send_buffer(connections& to, const char* data, std::size_t size)
{
    std::vector<sending> all;
    for (auto& s : to.sockets_)
        all.push_back({s.native_handle(), data, size});
    return timed(clients * size, [&] { send_plainly(all); });
}

} // namespace

void tcp(const settings& s, report& to)
{
    const std::size_t size = s.sized(std::size_t{16} << 20, std::size_t{1} << 20);
    connections connected(clients);
    const pages buffer(size, pages::kind::huge);
    std::memset(buffer.data(), 's', size);
    spool::stream stream(connected.context_);
    stream.append(asio::buffer(buffer.data(), size));
    stream.close();

    comparison c;
    c.add("copy", [&] { return copy_stream(connected, stream); });
    c.add("send", [&] { return send_buffer(connected, buffer.data(), size); });
    const figures f = c.run(s.repetitions(21));
    to.add(
        {"17",
         "async_copy of " + std::to_string(size >> 20) + " MiB to 64 TCP clients",
         1 / f.at("copy"),
         "GB/s",
         reference{"plain send", 1 / f.at("send")},
         at_least(0.9),
         "per second of the sending process's CPU time"});
}

} // namespace bench
