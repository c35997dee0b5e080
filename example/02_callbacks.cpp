// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// Reading with callbacks: each handler starts the next read.

#include <spool/spool.hpp>

#include <boost/asio.hpp>

#include <array>
#include <iostream>
#include <string_view>
#include <utility>

namespace asio = boost::asio;
using namespace std::literals;

class printer
{
public:
    printer(std::string_view name, spool::reader from) : name_(name), from_(std::move(from)) {}

    void start()
    {
        from_.async_read_some(
            asio::buffer(bytes_), [this](spool::error_code ec, std::size_t n) { done(ec, n); });
    }

private:
    void done(spool::error_code ec, std::size_t n)
    {
        if (ec)
        {
            std::cout << name_ << ": " << ec.message() << '\n';
            return;
        }
        std::cout << name_ << ": \"" << std::string_view(bytes_.data(), n) << "\"\n";
        start();
    }

    std::string_view name_;
    spool::reader from_;
    std::array<char, 4> bytes_{};
};

int main()
{
    asio::io_context context;
    spool::stream stream(context);

    // Each reader has its own position and its own pace.
    printer all("all", stream.make_reader());
    printer some("from 8 on", stream.make_reader(8));
    all.start(); // nothing is there yet: it waits

    stream.async_append(asio::buffer("one,two,six,ten."sv), [&](spool::error_code, std::size_t n) {
        std::cout << n << " bytes written\n";
        some.start();
        stream.close();
    });
    context.run();
}
