// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "say.hpp"

#include <iostream>

namespace live_log {

void say(const std::string& line)
{
    std::cerr << "live_log: " + line + "\n";
}

std::string what(std::exception_ptr e)
{
    try
    {
        std::rethrow_exception(e);
    }
    catch (const std::exception& error)
    {
        return error.what();
    }
    catch (...)
    {
        return "unknown error";
    }
}

} // namespace live_log
