// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// A file of a file storage, and what stands beside it.
//
//   NAME             the finished file; also while it is written, if that is done in place
//   NAME.partial     the unfinished file otherwise
//   NAME.unfinished  while NAME is written in place: made before it, and gone when it is finished
//   NAME.records     while it is written: which bytes of it are right (file_records.hpp), and which of
//                    them are still there (file_base.hpp)
//
// The order of what is made durable: a mark that a file is unfinished before the file, and its removal
// after that of the file; the bytes before their name. The record file of a finished file says nothing,
// and goes last.
//
// Whoever writes holds a lock on the record file, from before it changes anything until it has finished,
// and one on the file itself, which keeps those away who open it. A name may come to mean another file
// between its opening and the lock, so what was locked is compared with what has the name then; and what
// was seen before a lock is looked at again.

#include <spool/file_storage.hpp>

#include "file_base.hpp"
#include "file_calls.hpp"
#include "file_records.hpp"
#include "open_file.hpp"

#include <boost/asio/buffer.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>

namespace spool::detail {

class kept_file
{
public:
    // The name is an absolute path.
    kept_file(std::string name, file_mode mode, publication when, file_calls& calls);

    // Begins; once.
    void open(error_code& ec);
    // What was opened is not wanted: deletes it, if it is new.
    void give_up();

    std::uint64_t size() const noexcept { return size_; }
    std::uint64_t base() const noexcept { return first_; }
    bool finished() const noexcept { return mode_ == file_mode::open; }
    int native_handle() const noexcept { return data_.descriptor(); }

    void write(std::uint64_t offset, asio::const_buffer bytes, error_code& ec);
    std::size_t read(std::uint64_t offset, asio::mutable_buffer bytes, error_code& ec);
    void sync(error_code& ec);
    void discard(std::uint64_t end, error_code& ec);
    void finish(error_code& ec);
    void remove(error_code& ec);

private:
    enum class beginning : std::uint8_t
    {
        anew,    // nothing of the name is there
        again,   // something is, and is replaced
        resumed, // an unfinished file is there
    };

    void open_finished(error_code& ec);
    beginning look(error_code& ec);
    bool open_records(error_code& ec);
    void begin(beginning how, bool had_records, error_code& ec);
    void recover(error_code& ec);
    void publish(error_code& ec);
    void open_locked(open_file& file, const std::string& path, opening how, error_code& ec);
    std::optional<file_status> status(const std::string& path, error_code& ec);
    void remove_if_there(const std::string& path, error_code& ec);
    void remove_own(const open_file& file, const std::string& path, error_code& ec);
    void set_mark(error_code& ec);
    void add_record(const file_record& r, error_code& ec);
    void open_folder(open_file& folder, error_code& ec);
    void sync_folder(error_code& ec);
    void sync_names(error_code& ec);

    void take_ahead(std::uint64_t begin, std::uint64_t end);
    void give_back_the_rest();
    void give_back(bool all, error_code& ec);
    void save_anchor(std::uint64_t base, error_code& ec);
    void find_anchor(error_code& ec);
    void make_hole(open_file& file, std::uint64_t begin, std::uint64_t end, error_code& ec);
    std::optional<kept_range> range_of(std::uint64_t size, error_code& ec);
    void open_range(error_code& ec);
    void set_marks(error_code& ec);

    file_calls& calls_;
    const file_mode mode_;
    const bool in_place_;
    const std::string name_;
    const std::string partial_;
    const std::string written_; // the name while it is written
    const std::string mark_;    // of an unfinished file in place
    const std::string records_name_;
    open_file data_;
    open_file records_;
    std::uint64_t size_ = 0;  // when it was opened
    std::uint64_t first_ = 0; // and the base then
    bool is_new_ = false;
    record_chain chain_;
    std::uint64_t end_of_records_ = first_record; // of the record file
    std::uint64_t end_ = 0;                       // of the bytes that have records

    // Other threads read meanwhile.
    std::atomic<std::uint64_t> base_{0}; // what lies below it has given its space back, or may have
    std::atomic<std::uint64_t> last_{
        std::numeric_limits<std::uint64_t>::max()}; // behind it is a mark
    std::uint64_t forgotten_ = 0;                   // nobody needs what lies below it
    std::uint64_t taken_ = 0;   // the end of the space that was taken ahead, or 0
    bool makes_holes_ = true;   // until the file system refuses
    std::uint64_t block_ = 0;   // of them, once it is known
    std::size_t next_slot_ = 0; // for an anchor
    bool replaces_ = false;     // a finished file of the name, which it may
    bool is_named_ = false;     // durably: the folder was synced since it was made
    bool is_published_ = false;
    bool has_both_names_ = false;
    error_code refused_; // why there is no other write or sync: one has failed, or it is finished
};

} // namespace spool::detail
