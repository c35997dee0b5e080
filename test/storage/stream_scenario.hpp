// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// A stream in a file that is begun, written, read and ended as chance has it, of which memory holds little,
// on a disk that may fail; and what must be found of it afterwards.

#include <spool/file_storage.hpp>
#include <spool/stream.hpp>

#include "support/chance.hpp"
#include "support/deterministic_executor.hpp"
#include "support/memory_disk.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

namespace spool::test {

class stream_scenario
{
public:
    // Makes what is there before. The same seed does the same on a disk that does the same.
    stream_scenario(std::uint64_t seed, memory_disk& disk);

    // The one error, besides those of the user's own making, that anybody may be told.
    void expect_failure(const error_code& failure) noexcept { failure_ = failure; }

    // In this order; each throws `std::logic_error` if a promise is broken. The disk may fail during the
    // first.
    void play();
    void read_all_again();
    void end();
    // What was acknowledged is there, and nothing that was not written.
    void check(memory_disk& left, bool power_lost) const;

    // Whether anybody was told that something has failed.
    bool has_failed() const noexcept { return has_failed_; }

private:
    enum class ending : std::uint8_t
    {
        close,
        flush,
        drain,
        remove,
        abort,
        abandon,
    };

    void make_file(file_mode mode, const std::string& bytes, bool finished) const;
    void open();
    void run();
    void act();
    void append();
    void flush();
    void read();
    void read_at_once();
    void finish();
    void check_error(const error_code& ec);
    void check_read(const error_code& ec, std::uint64_t offset, const std::string& bytes);
    std::size_t some_size() { return 1 + chance_.below(chance_.below(8) == 0 ? 20'000 : 1500); }

    template <class Check>
    auto handler(Check check);

    std::string recovered(memory_disk& left) const;

    memory_disk& files_;
    chance chance_;
    deterministic_context disk_{chance_}, context_{chance_};
    const publication when_;
    const ending ending_;
    file_mode mode_{};
    std::string old_;         // what is replaced
    std::uint64_t whole_ = 0; // the size with all appends
    std::uint64_t size_ = 0;  // in the end
    std::uint64_t written_ = 0;
    std::uint64_t synced_ = 0;
    bool closed_ = false, finished_ = false;
    bool removing_ = false, removed_ = false;
    error_code failure_, cause_;
    bool has_failed_ = false;
    std::size_t pending_ = 0;
    std::optional<stream> stream_;
    std::deque<reader> readers_;
};

} // namespace spool::test
