// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "statistics.hpp"

// All of Boost.JSON, so that it need not be there as a compiled library.
#include <boost/json/src.hpp>

namespace live_log {

std::string statistics_of(const spool::stream& output)
{
    const spool::stream_statistics now = output.statistics();
    const boost::json::object all{
        {"open", output.is_open()},
        {"base", now.base},
        {"size", now.size},
        {"read", now.read},
        {"skipped", now.skipped},
        {"readers", now.readers},
        {"waiting_readers", now.waiting_readers},
        {"waiting_writers", now.waiting_writers},
        {"resident", now.resident},
        {"lent", now.lent},
        {"pinned", now.pinned},
        {"slowest", now.slowest},
        {"lag", now.lag()},
    };
    return boost::json::serialize(all);
}

} // namespace live_log
