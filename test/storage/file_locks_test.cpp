// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// File storages of several processes, and of one that has no descriptor left.

#include <spool/file_storage.hpp>

#include "support/errors.hpp"
#include "support/temporary_folder.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/system/system_error.hpp>
#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <fcntl.h>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace spool::test {

namespace {

namespace generic = boost::system::errc;

error_code refusal(const std::filesystem::path& name, file_mode mode, publication when)
{
    try
    {
        file_storage(name, mode, when);
        return {};
    }
    catch (const boost::system::system_error& e)
    {
        return e.code();
    }
}

void write(file_storage& to, std::uint64_t offset, std::string_view bytes, error_code& ec)
{
    to.write(offset, asio::buffer(bytes.data(), bytes.size()), ec);
}

// Another process that tries to lock a file, and holds it until it is told to go or the test is over. It
// only makes system calls, as the child of a program with threads must.
class other_process
{
public:
    explicit other_process(const std::filesystem::path& name)
    {
        const std::string path = name.string();
        int locked[2], ends[2];
        BOOST_TEST_REQUIRE((::pipe(locked) == 0 && ::pipe(ends) == 0));
        child_ = ::fork();
        if (child_ == 0)
        {
            const int file = ::open(path.c_str(), O_RDWR);
            char said = file != -1 && ::flock(file, LOCK_EX | LOCK_NB) == 0 ? 'y' : 'n';
            const bool is_said = ::write(locked[1], &said, 1) == 1;
            ::close(ends[1]);
            ::_exit(is_said && ::read(ends[0], &said, 1) == 0 ? 0 : 1);
        }
        ::close(locked[1]);
        ::close(ends[0]);
        end_ = ends[1];
        char said = 0;
        BOOST_TEST(::read(locked[0], &said, 1) == 1);
        ::close(locked[0]);
        has_lock_ = said == 'y';
    }

    ~other_process() { end(); }
    other_process(const other_process&) = delete;
    other_process& operator=(const other_process&) = delete;

    bool has_lock() const noexcept { return has_lock_; }

    void end()
    {
        if (end_ == -1)
            return;
        ::close(std::exchange(end_, -1));
        ::waitpid(child_, nullptr, 0);
    }

private:
    pid_t child_ = -1;
    int end_ = -1;
    bool has_lock_ = false;
};

// As few descriptors as are open, and `more`.
class few_descriptors
{
public:
    explicit few_descriptors(rlim_t more)
    {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        const int lowest = ::dup(0); // all below it are open
        ::close(lowest);
        const rlimit now{static_cast<rlim_t>(lowest) + more, before_.rlim_max};
        ::setrlimit(RLIMIT_NOFILE, &now);
    }
    ~few_descriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }
    few_descriptors(const few_descriptors&) = delete;
    few_descriptors& operator=(const few_descriptors&) = delete;

private:
    rlimit before_;
};

struct in_folder
{
    temporary_folder folder;
    std::filesystem::path name = folder / "file";

    std::filesystem::path written(publication when) const
    {
        return when == publication::in_place ? name : folder / "file.partial";
    }
};

constexpr publication both[] = {publication::on_finish, publication::in_place};

BOOST_FIXTURE_TEST_SUITE(file_locks, in_folder)

BOOST_AUTO_TEST_CASE(what_another_process_writes_is_not_written)
{
    for (const publication when : both)
    {
        error_code ec;
        file_storage first(name, file_mode::create, when);
        write(first, 0, "hello", ec);
        file_storage(std::move(first)); // and closed
        other_process other(written(when));
        BOOST_TEST(other.has_lock());
        BOOST_TEST(refusal(name, file_mode::resume, when) == generic::device_or_resource_busy);
        other.end();
        file_storage again(name, file_mode::resume, when);
        BOOST_TEST(again.size() == 5u);
        again.remove(ec);
    }
}

BOOST_AUTO_TEST_CASE(a_file_is_locked_from_its_beginning_to_its_end)
{
    for (const publication when : both)
    {
        error_code ec;
        file_storage s(name, file_mode::create, when);
        BOOST_TEST(!other_process(written(when)).has_lock());
        write(s, 0, "hello", ec);
        s.sync(ec);
        BOOST_TEST(!other_process(written(when)).has_lock());
        s.finish(ec);
        BOOST_TEST(!other_process(name).has_lock()); // it is being read
        s.remove(ec);
        BOOST_TEST(!ec.failed());
    }
}

BOOST_AUTO_TEST_CASE(the_lock_of_a_storage_that_was_closed_is_gone)
{
    for (const publication when : both)
    {
        file_storage(name, file_mode::create, when);
        BOOST_TEST(other_process(written(when)).has_lock());
        std::filesystem::remove(written(when));
        std::filesystem::remove(folder / "file.unfinished");
    }
}

BOOST_AUTO_TEST_CASE(no_program_that_is_started_inherits_a_file)
{
    const file_storage s(name, file_mode::create);
    std::size_t ours = 0;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd"))
    {
        std::error_code gone;
        const auto file = std::filesystem::read_symlink(entry.path(), gone);
        if (gone || file.parent_path() != std::filesystem::canonical(folder.path()))
            continue;
        ++ours;
        const int flags = ::fcntl(std::stoi(entry.path().filename().string()), F_GETFD);
        BOOST_TEST((flags & FD_CLOEXEC) != 0, file);
    }
    BOOST_TEST(ours == 2u);
}

BOOST_AUTO_TEST_CASE(bytes_are_read_through_the_native_handle)
{
    file_storage s(name, file_mode::create);
    error_code ec;
    write(s, 0, "hello world", ec);
    char bytes[5];
    BOOST_TEST(::pread(s.native_handle(), bytes, 5, 6) == 5);
    BOOST_TEST(std::string(bytes, 5) == "world");
}

BOOST_AUTO_TEST_CASE(without_a_descriptor_nothing_is_begun_and_nothing_is_in_the_way)
{
    for (const publication when : both)
    {
        rlim_t n = 0;
        for (;; ++n)
        {
            const auto few = std::make_unique<few_descriptors>(n);
            const error_code ec = refusal(name, file_mode::create, when);
            if (!ec)
                break;
            BOOST_TEST(ec == generic::too_many_files_open);
        }
        BOOST_TEST((n >= 2u && n < 6u));
        error_code ec;
        file_storage(name, file_mode::resume, when).remove(ec);
    }
}

BOOST_AUTO_TEST_CASE(without_a_descriptor_a_file_is_not_published)
{
    for (const publication when : both)
    {
        error_code ec;
        {
            file_storage s(name, file_mode::create, when);
            write(s, 0, "hello", ec);
            const few_descriptors none(0);
            s.finish(ec);
            BOOST_TEST(ec == generic::too_many_files_open);
        }
        BOOST_TEST(refusal(name, file_mode::open, when) == errc::unfinished);
        file_storage s(name, file_mode::resume, when);
        BOOST_TEST(s.size() == 5u);
        s.finish(ec);
        BOOST_TEST(!ec.failed());
        s.remove(ec);
    }
}

BOOST_AUTO_TEST_CASE(what_is_synced_needs_no_descriptor_later)
{
    file_storage s(name, file_mode::create);
    error_code ec;
    write(s, 0, "hello", ec);
    s.sync(ec);
    BOOST_TEST(!ec.failed());
    const few_descriptors none(0);
    write(s, 5, " world", ec);
    s.sync(ec);
    BOOST_TEST(!ec.failed());
}

// After a failed sync nobody knows what is on the disk.
BOOST_AUTO_TEST_CASE(nothing_follows_a_sync_that_failed)
{
    file_storage s(name, file_mode::create);
    error_code ec;
    write(s, 0, "hello", ec);
    {
        const few_descriptors none(0);
        s.sync(ec);
    }
    BOOST_TEST(ec == generic::too_many_files_open);
    for (const auto member : {&file_storage::sync, &file_storage::finish, &file_storage::sync})
    {
        (s.*member)(ec = {});
        BOOST_TEST(ec == generic::too_many_files_open);
    }
    write(s, 5, "x", ec = {});
    BOOST_TEST(ec == generic::too_many_files_open);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::test
