// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// How a storage is called.

#include <spool/error.hpp>

#include <boost/asio/error.hpp>
#include <boost/system/errc.hpp>
#include <boost/system/system_error.hpp>

#include <new>

namespace spool::detail {

// After so many jobs or pieces others have their turn.
inline constexpr int turns = 8;

// Calls the storage; what it throws is an error like those that it reports.
template <class Call>
void guarded(error_code& ec, Call call)
try
{
    call();
}
catch (const boost::system::system_error& e)
{
    ec = e.code();
}
catch (const std::bad_alloc&)
{
    ec = asio::error::no_memory;
}
catch (...)
{
    ec = boost::system::errc::make_error_code(boost::system::errc::io_error);
}

} // namespace spool::detail
