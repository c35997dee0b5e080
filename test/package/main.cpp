// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// Writes a stream and reads it: exits 0 when what was read is what was written.

#include <spool/spool.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <string_view>

int main()
{
    boost::asio::io_context context;
    spool::stream out(context);
    spool::reader in = out.make_reader();
    out.append(boost::asio::buffer("hello", 5));
    out.close();

    char bytes[16];
    bool same = false;
    in.async_read_some(boost::asio::buffer(bytes), [&](spool::error_code ec, std::size_t n) {
        same = !ec && std::string_view(bytes, n) == "hello";
    });
    context.run();
    return same ? 0 : 1;
}
