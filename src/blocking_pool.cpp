// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "blocking_pool.hpp"

#include <boost/asio/thread_pool.hpp>

namespace spool::detail {

namespace {

// Enough that slow files do not hold up the others; more would only wait for the same disk.
constexpr std::size_t threads = 4;

class pool
{
public:
    ~pool() { threads_.join(); } // its own destructor would drop what waits

    boost::asio::any_io_executor executor() noexcept { return threads_.get_executor(); }

private:
    boost::asio::thread_pool threads_{threads};
};

} // namespace

boost::asio::any_io_executor blocking_pool()
{
    static pool instance;
    return instance.executor();
}

} // namespace spool::detail
