// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// Reads a stream with a callback.

#include <spool/spool.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>

#include <array>
#include <cstddef>
#include <cstdio>
#include <utility>

class printer
{
public:
    explicit printer(spool::reader from) : from_(std::move(from)) {}

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
    spool::reader from_;
    std::array<char, 256> bytes_{};
};

int main()
{
    boost::asio::io_context context;
    spool::stream stream(context);
    printer all(stream.make_reader());
    all.start();
    stream.write_some(boost::asio::buffer("text", 4));
    stream.close();
    context.run();
}
