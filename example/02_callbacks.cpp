// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// The same with plain callbacks: a class whose handlers call each other.

#include <spool/spool.hpp>

#include <boost/asio.hpp>

#include <array>
#include <iostream>
#include <string_view>
#include <utility>

namespace asio = boost::asio;

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
    std::array<char, 8> bytes_{};
};

int main()
{
    asio::io_context context;
    spool::stream stream(context);

    // Each reads from where it likes, at its own pace, in pieces of up to 8 bytes.
    printer first("from 0", stream.make_reader());
    printer second("from 6", stream.make_reader(6));
    first.start();
    context.run_one_for(std::chrono::seconds(0)); // nothing to read yet: it waits

    stream.async_append(asio::buffer("Hello,\nworld!", 13), [&](spool::error_code ec, std::size_t n) {
        std::cout << "written: " << n << " bytes, " << ec.message() << '\n';
        second.start();
        stream.close();
    });
    context.run();
}
