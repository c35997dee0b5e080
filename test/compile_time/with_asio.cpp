// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// Reads a pipe with a callback.

#include <boost/asio/buffer.hpp>
#include <boost/asio/connect_pipe.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/readable_pipe.hpp>
#include <boost/asio/writable_pipe.hpp>

#include <array>
#include <cstddef>
#include <cstdio>
#include <utility>

class printer
{
public:
    explicit printer(boost::asio::readable_pipe from) : from_(std::move(from)) {}

    void start()
    {
        from_.async_read_some(
            boost::asio::buffer(bytes_), [this](boost::system::error_code ec, std::size_t n) {
                std::fwrite(bytes_.data(), 1, n, stdout);
                if (!ec)
                    start();
            });
    }

private:
    boost::asio::readable_pipe from_;
    std::array<char, 256> bytes_{};
};

int main()
{
    boost::asio::io_context context;
    boost::asio::readable_pipe out(context);
    boost::asio::writable_pipe in(context);
    boost::asio::connect_pipe(out, in);
    printer all(std::move(out));
    all.start();
    in.write_some(boost::asio::buffer("text", 4));
    in.close();
    context.run();
}
