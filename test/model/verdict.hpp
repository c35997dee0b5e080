// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// What a handler may be called with. As long as an operation has not had its turn, every moment may be the
// one at which it looks at the stream: so each adds what would be found then.

#include <boost/system/error_code.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace spool::test {

using boost::system::error_code;

class verdict
{
public:
    bool empty() const noexcept { return all_.empty(); }
    void clear() noexcept { all_.clear(); }

    // An error, or success, with a number from `low` to `high`; or what takes `full`, but may be cut short.
    void add(const error_code& ec, std::uint64_t low, std::uint64_t high, std::uint64_t full)
    {
        if (result* const known = find(ec))
        {
            known->low = std::min(known->low, low);
            known->high = std::max(known->high, high);
            known->full = std::min(known->full, full);
        }
        else
            all_.push_back({ec, low, high, full});
    }

    void add(const error_code& ec, std::uint64_t low, std::uint64_t high)
    {
        add(ec, low, high, low);
    }
    void add(const error_code& ec, std::uint64_t n = 0) { add(ec, n, n); }

    void only(const error_code& ec, std::uint64_t n = 0)
    {
        clear();
        add(ec, n);
    }

    // It has happened so.
    void narrow(const error_code& ec, std::uint64_t n)
    {
        std::erase_if(all_, [&](const result& r) { return r.error != ec; });
        for (result& r : all_)
            r.low = r.high = n;
    }

    void remove(const error_code& ec)
    {
        std::erase_if(all_, [&](const result& r) { return r.error == ec; });
    }

    bool allows(const error_code& ec, std::uint64_t n) const
    {
        const result* const found = find(ec);
        return found && found->low <= n && n <= found->high;
    }

    // What comes with success, if it is not cut short.
    std::uint64_t full() const
    {
        const result* const found = find({});
        return found ? found->full : 0;
    }

    std::string text() const
    {
        std::string all;
        for (const result& r : all_)
            all += (all.empty() ? "" : ", or ") + r.error.message() + " and " +
                   std::to_string(r.low) + ".." + std::to_string(r.high);
        return all.empty() ? "nothing" : all;
    }

private:
    struct result
    {
        error_code error;
        std::uint64_t low;
        std::uint64_t high;
        std::uint64_t full;
    };

    const result* find(const error_code& ec) const
    {
        const auto at =
            std::find_if(all_.begin(), all_.end(), [&](const result& r) { return r.error == ec; });
        return at == all_.end() ? nullptr : &*at;
    }
    result* find(const error_code& ec)
    {
        return const_cast<result*>(std::as_const(*this).find(ec));
    }

    std::vector<result> all_;
};

} // namespace spool::test
