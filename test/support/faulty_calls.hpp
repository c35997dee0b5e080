// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// System calls of a file storage of which some fail, or do less than they could, as chance has it.

#include "chance.hpp"
#include "file_calls.hpp"

#include <boost/system/errc.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

namespace spool::test {

class faulty_calls final : public detail::file_calls
{
public:
    // One call of `odds` fails; 0: none.
    faulty_calls(detail::file_calls& to, chance& c, std::size_t odds)
        : to_(to), chance_(c), odds_(odds)
    {
    }

    std::string absolute(const std::string& path, error_code& ec) override
    {
        return to_.absolute(path, ec);
    }
    int open(const std::string& path, detail::opening how, error_code& ec) override
    {
        return fails(ec) ? -1 : to_.open(path, how, ec);
    }
    void close(int file) noexcept override { to_.close(file); }

    std::size_t
    write(int file, std::uint64_t offset, const void* from, std::size_t n, error_code& ec) override
    {
        return fails(ec) ? 0 : to_.write(file, offset, from, shortened(n), ec);
    }
    std::size_t
    read(int file, std::uint64_t offset, void* to, std::size_t n, error_code& ec) override
    {
        return fails(ec) ? 0 : to_.read(file, offset, to, shortened(n), ec);
    }

    void sync_data(int file, error_code& ec) override
    {
        if (!fails(ec))
            to_.sync_data(file, ec);
    }
    void sync(int file, error_code& ec) override
    {
        if (!fails(ec))
            to_.sync(file, ec);
    }
    void truncate(int file, std::uint64_t size, error_code& ec) override
    {
        if (!fails(ec))
            to_.truncate(file, size, ec);
    }
    void reserve(int file, std::uint64_t begin, std::uint64_t end, error_code& ec) override
    {
        if (!fails(ec))
            to_.reserve(file, begin, end, ec);
    }
    void discard(int file, std::uint64_t begin, std::uint64_t end, error_code& ec) override
    {
        if (!fails(ec))
            to_.discard(file, begin, end, ec);
    }
    void lock(int file, bool shared, error_code& ec) override
    {
        if (!fails(ec))
            to_.lock(file, shared, ec);
    }
    detail::file_status status(int file, error_code& ec) override
    {
        return fails(ec) ? detail::file_status() : to_.status(file, ec);
    }
    detail::file_status status(const std::string& path, error_code& ec) override
    {
        return fails(ec) ? detail::file_status() : to_.status(path, ec);
    }
    void rename(const std::string& from, const std::string& to, error_code& ec) override
    {
        if (!fails(ec))
            to_.rename(from, to, ec);
    }
    void rename_new(const std::string& from, const std::string& to, error_code& ec) override
    {
        if (!fails(ec))
            to_.rename_new(from, to, ec);
    }
    void link(const std::string& from, const std::string& to, error_code& ec) override
    {
        if (!fails(ec))
            to_.link(from, to, ec);
    }
    void remove(const std::string& path, error_code& ec) override
    {
        if (!fails(ec))
            to_.remove(path, ec);
    }

private:
    bool fails(error_code& ec)
    {
        using namespace boost::system::errc;
        if (odds_ == 0 || chance_.below(odds_) != 0)
            return false;
        constexpr errc_t all[] = {interrupted, interrupted, io_error, no_space_on_device};
        ec = make_error_code(all[chance_.below(std::size(all))]);
        return true;
    }

    std::size_t shortened(std::size_t n)
    {
        return odds_ == 0 || n == 0 || chance_.below(odds_) != 0 ? n : 1 + chance_.below(n);
    }

    detail::file_calls& to_;
    chance& chance_;
    std::size_t odds_;
};

} // namespace spool::test
