// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "child.hpp"

#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <spawn.h>
#include <string>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace live_log {

namespace asio = boost::asio;

namespace {

[[noreturn]] void fail(int error)
{
    throw boost::system::system_error(error, boost::system::system_category());
}

class spawn_actions
{
public:
    explicit spawn_actions(int output)
    {
        posix_spawn_file_actions_init(&actions_);
        posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO);
        posix_spawn_file_actions_adddup2(&actions_, output, STDERR_FILENO);
        // The command must not hold our sockets open, and Asio does not mark them close-on-exec.
        posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
    }
    spawn_actions(const spawn_actions&) = delete;
    spawn_actions& operator=(const spawn_actions&) = delete;
    ~spawn_actions() { posix_spawn_file_actions_destroy(&actions_); }

    const posix_spawn_file_actions_t* get() const { return &actions_; }

private:
    posix_spawn_file_actions_t actions_;
};

pid_t spawn(const std::vector<std::string>& command, int output)
{
    std::vector<char*> arguments;
    for (const std::string& argument : command)
        arguments.push_back(const_cast<char*>(argument.c_str()));
    arguments.push_back(nullptr);

    const spawn_actions actions(output);
    pid_t pid = -1;
    if (const int error =
            posix_spawnp(&pid, arguments[0], actions.get(), nullptr, arguments.data(), environ))
        fail(error);
    return pid;
}

} // namespace

child::child(const asio::any_io_executor& executor, const std::vector<std::string>& command)
    : output_(executor), handle_(executor), pid_(-1)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        fail(errno);
    output_.assign(ends[0]);
    asio::posix::stream_descriptor write_end(executor, ends[1]);

    pid_ = spawn(command, write_end.native_handle());
    // The function of this name has no C linkage for C++ in the headers of Debian 12.
    const int handle = static_cast<int>(syscall(SYS_pidfd_open, pid_, 0));
    if (handle < 0)
    {
        const int error = errno;
        ::kill(pid_, SIGKILL);
        waitpid(pid_, nullptr, 0);
        fail(error);
    }
    handle_.assign(handle);
}

child::~child()
{
    kill();
}

asio::awaitable<void> child::wait_for_exit()
{
    while (!status_)
    {
        co_await handle_.async_wait(handle_.wait_read, asio::use_awaitable);
        reap(WNOHANG);
    }
}

void child::reap(int flags)
{
    int status = 0;
    pid_t reaped = -1;
    do
        reaped = waitpid(pid_, &status, flags);
    while (reaped < 0 && errno == EINTR);
    if (reaped == pid_)
        status_ = status;
}

void child::terminate()
{
    if (!status_)
        ::kill(pid_, SIGTERM);
}

void child::kill()
{
    if (status_)
        return;
    ::kill(pid_, SIGKILL);
    reap(0);
}

bool child::was_killed() const
{
    return WIFSIGNALED(*status_);
}

int child::exit_code() const
{
    return was_killed() ? 128 + WTERMSIG(*status_) : WEXITSTATUS(*status_);
}

std::string child::epitaph() const
{
    if (!was_killed())
        return "exited with code " + std::to_string(exit_code());
    const int signal = WTERMSIG(*status_);
    return "was killed by signal " + std::to_string(signal) + " (" + strsignal(signal) + ")";
}

} // namespace live_log
