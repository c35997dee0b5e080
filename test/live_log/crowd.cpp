// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// crowd PORT COUNT FILE: as many clients of live_log at once, in one process. Says "all are served" when
// each has got its first byte, and succeeds if in the end each has got what is in FILE.

#include <boost/asio.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <exception>
#include <fstream>
#include <iostream>
#include <iterator>
#include <limits>
#include <string>

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::use_awaitable;
using asio::ip::tcp;

namespace {

struct crowd
{
    tcp::endpoint server;
    int count;
    const char* file;
    int served = 0;
    int content = 0;
};

std::string read_file(const char* name)
{
    std::ifstream file(name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

asio::awaitable<void> be_client(crowd& all)
{
    tcp::socket socket(co_await asio::this_coro::executor);
    co_await socket.async_connect(all.server, use_awaitable);
    const http::request<http::empty_body> request = [] {
        http::request<http::empty_body> r(http::verb::get, "/", 11);
        r.set(http::field::host, "localhost");
        return r;
    }();
    co_await http::async_write(socket, request, use_awaitable);

    boost::beast::flat_buffer buffer;
    http::response_parser<http::string_body> response;
    response.body_limit(std::numeric_limits<std::uint64_t>::max());
    while (response.get().body().empty())
        co_await http::async_read_some(socket, buffer, response, use_awaitable);
    if (++all.served == all.count)
        std::cout << "all are served" << std::endl;
    co_await http::async_read(socket, buffer, response, use_awaitable);
    all.content += response.get().body() == read_file(all.file) ? 1 : 0;
}

} // namespace

int main(int argc, char** argv)
{
    if (argc != 4)
        return 2;
    asio::io_context context(1);
    const auto port = static_cast<asio::ip::port_type>(std::stoi(argv[1]));
    const tcp::endpoint server(asio::ip::address_v4::loopback(), port);
    crowd all{server, std::stoi(argv[2]), argv[3]};
    for (int i = 0; i != all.count; ++i)
        asio::co_spawn(context, be_client(all), [](std::exception_ptr e) {
            if (e)
                std::rethrow_exception(e);
        });
    context.run();
    std::cout << all.content << " of " << all.count << " got everything\n";
    return all.content == all.count ? 0 : 1;
}
