// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// A file storage that is begun, written, synced, discarded from and finished as chance has it, until something
// fails; and what must be found of it afterwards.

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

// What is there of a file.
struct left_bytes
{
    std::uint64_t base = 0;
    std::string bytes; // from there on
    bool is_sound = true;

    bool operator==(const left_bytes&) const = default;
};

// Reads all that a storage has, which must have nothing below its base.
inline left_bytes all_of(file_storage& s)
{
    error_code ec;
    left_bytes left{s.base(), std::string(static_cast<std::size_t>(s.size() - s.base()), ' ')};
    if (!left.bytes.empty())
        left.bytes.resize(s.read(left.base, asio::buffer(left.bytes), ec));
    char below = 'x';
    for (const std::uint64_t at : {std::uint64_t{0}, left.base / 2, left.base - 1})
        if (left.base != 0)
            left.is_sound &= s.read(at, asio::buffer(&below, 1), ec) == 0 && ec == errc::lost;
    return left;
}

// What was appended, up to what must be there, and from where it may be gone.
struct expected_bytes
{
    std::string appended;
    std::size_t least = 0;
    std::uint64_t discarded = 0;

    bool holds(const left_bytes& left) const
    {
        const auto base = static_cast<std::size_t>(left.base);
        const std::size_t end = base + left.bytes.size();
        return left.is_sound && base <= discarded && end >= least && end <= appended.size() &&
               appended.compare(base, end - base, left.bytes) == 0;
    }
};

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
            old_ = {std::exchange(appended_, {}), written_, discarded_};
        if (before == 1)
            written_ = synced_ = discarded_ = 0;
        finished_ = finishing_ = false;
    }

    // Until it is done, or something fails; that error.
    error_code play(memory_disk& disk) { return write(disk, mode_, chance_.coin()); }

    // Opens what is left; throws what `file_storage` throws. What is there is checked by `is_right`.
    left_bytes recover(memory_disk& disk) const
    {
        file_storage s(
            "f", is_finished(disk, when_) ? file_mode::open : file_mode::resume, when_, disk);
        return all_of(s);
    }

    // What may be left when the process has died, or the power was lost.
    bool is_right(const memory_disk& disk, const left_bytes& left, bool power_lost) const
    {
        if (is_finished(disk, when_))
            return (finishing_ && holds(left, appended_.size())) ||
                   (!finished_ && old_ && old_->holds(left));
        return !finished_ && holds(left, power_lost ? synced_ : written_);
    }

private:
    bool holds(const left_bytes& left, std::size_t least) const
    {
        return expected_bytes{appended_, least, discarded_}.holds(left);
    }

    // After a write: a sync, a discard, or neither.
    void go_on(file_storage& s, error_code& ec)
    {
        const std::size_t what = chance_.below(3);
        if (what == 0)
            s.sync(ec);
        if (what == 0 && !ec)
            synced_ = written_;
        if (what == 1)
            discarded_ += chance_.below(written_ - static_cast<std::size_t>(discarded_) + 1);
        if (what == 1)
            s.discard(discarded_, ec);
    }

    error_code write(memory_disk& disk, file_mode mode, bool to_the_end)
    try
    {
        file_storage s("f", mode, when_, disk);
        error_code ec;
        for (std::size_t n = chance_.below(7); n != 0; --n)
        {
            const std::string bytes(
                1 + chance_.below(2000), static_cast<char>(1 + chance_.below(255)));
            const std::size_t offset = appended_.size();
            appended_ += bytes;
            s.write(offset, asio::buffer(bytes), ec);
            if (ec)
                return ec;
            written_ = appended_.size();
            go_on(s, ec);
            if (ec)
                return ec;
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
    std::optional<expected_bytes> old_; // the finished file that is being replaced
    std::string appended_;
    std::size_t written_ = 0;
    std::size_t synced_ = 0;
    std::uint64_t discarded_ = 0;
    bool finishing_ = false;
    bool finished_ = false;
};

} // namespace spool::test
