// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// How often what has happened in all runs: it shows whether the script reaches everything.

#include <boost/system/error_code.hpp>

#include <cstddef>
#include <map>
#include <optional>
#include <ostream>
#include <string_view>
#include <utility>

namespace spool::test {

class tally
{
public:
    // How something ended: with an error or success; or, of a handler, that it was dropped.
    using ending = std::optional<boost::system::error_code>;

    void note(std::string_view what, ending how) { ++counts_[{what, how}]; }

    std::size_t count(std::string_view what, ending how) const
    {
        const auto i = counts_.find({what, how});
        return i == counts_.end() ? 0 : i->second;
    }

    friend std::ostream& operator<<(std::ostream& out, const tally& t)
    {
        for (const auto& [key, n] : t.counts_)
            out << key.first << ": " << (key.second ? key.second->message() : "dropped") << ' ' << n
                << '\n';
        return out;
    }

private:
    std::map<std::pair<std::string_view, ending>, std::size_t> counts_;
};

} // namespace spool::test
