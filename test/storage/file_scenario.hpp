// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// A file storage that is begun, written, synced and finished as chance has it, until something fails; and
// what must be found of it afterwards.

#include <spool/file_storage.hpp>

#include "support/chance.hpp"
#include "support/errors.hpp"
#include "support/memory_disk.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/system/system_error.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace spool::test {

// Whether the file "f" is finished, old or new, and none that is not is there.
inline bool is_finished(const memory_disk& disk, publication when)
{
    if (when == publication::in_place)
        return disk.has("f") && !disk.has("f.unfinished");
    return disk.has("f") && (!disk.has("f.partial") || disk.is_same("f", "f.partial"));
}

class file_scenario
{
public:
    file_scenario(std::uint64_t seed, memory_disk& disk)
        : chance_(seed), when_(chance_.coin() ? publication::on_finish : publication::in_place)
    {
        if (chance_.coin())
            disk.lack_rename_new();
        const std::size_t before = chance_.below(3); // nothing, a finished file, an unfinished one
        if (before != 0)
            write(disk, file_mode::create, before == 1);
        mode_ = before == 0   ? file_mode::create
                : before == 1 ? file_mode::replace
                              : file_mode::resume;
        if (before == 1)
            old_ = std::exchange(appended_, {});
        if (before == 1)
            written_ = synced_ = 0;
        finished_ = finishing_ = false;
    }

    // Until it is done, or something fails; that error.
    error_code play(memory_disk& disk) { return write(disk, mode_, chance_.coin()); }

    // Opens what is left; throws what `file_storage` throws. What is there is checked by `is_right`.
    std::string recover(memory_disk& disk) const
    {
        error_code ec;
        file_storage s(
            "f", is_finished(disk, when_) ? file_mode::open : file_mode::resume, when_, disk);
        std::string bytes(static_cast<std::size_t>(s.size()), ' ');
        if (!bytes.empty())
            bytes.resize(s.read(0, asio::buffer(bytes), ec));
        return bytes;
    }

    // What may be left when the process has died, or the power was lost.
    bool is_right(const memory_disk& disk, const std::string& left, bool power_lost) const
    {
        if (is_finished(disk, when_))
            return (finishing_ && left == appended_) || (!finished_ && old_ && left == *old_);
        const std::size_t kept = power_lost ? synced_ : written_;
        return !finished_ && left.size() >= kept && appended_.compare(0, left.size(), left) == 0;
    }

private:
    error_code write(memory_disk& disk, file_mode mode, bool to_the_end)
    try
    {
        file_storage s("f", mode, when_, disk);
        error_code ec;
        for (std::size_t n = chance_.below(6); n != 0; --n)
        {
            const std::string bytes(1 + chance_.below(2000), static_cast<char>(chance_.below(256)));
            const std::size_t offset = appended_.size();
            appended_ += bytes;
            s.write(offset, asio::buffer(bytes), ec);
            if (ec)
                return ec;
            written_ = appended_.size();
            if (chance_.below(3) == 0)
                s.sync(ec);
            else
                continue;
            if (ec)
                return ec;
            synced_ = written_;
        }
        finishing_ = to_the_end;
        if (to_the_end)
            s.finish(ec);
        finished_ = to_the_end && !ec;
        return ec;
    }
    catch (const boost::system::system_error& e)
    {
        return e.code();
    }

    chance chance_;
    publication when_;
    file_mode mode_;
    std::optional<std::string> old_; // the finished file that is being replaced
    std::string appended_;
    std::size_t written_ = 0;
    std::size_t synced_ = 0;
    bool finishing_ = false;
    bool finished_ = false;
};

} // namespace spool::test
