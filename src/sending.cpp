// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "sending.hpp"

#include <spool/error.hpp>

#include "core.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>

#if defined(__linux__)
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <sys/sendfile.h>
#include <unistd.h>
#endif

namespace spool::detail {

send_result result_of(const under_way& u) noexcept
{
    return static_cast<const sending&>(u).result();
}

#if defined(__linux__)

namespace {

// Keeps the signal of a closed peer from the process while this lives: sendfile cannot be told to.
class no_broken_pipe
{
public:
    no_broken_pipe() noexcept
    {
        ::sigemptyset(&broken_pipe_);
        ::sigaddset(&broken_pipe_, SIGPIPE);
        sigset_t pending;
        ::sigpending(&pending);
        was_pending_ = ::sigismember(&pending, SIGPIPE) == 1;
        ::pthread_sigmask(SIG_BLOCK, &broken_pipe_, &before_);
    }

    ~no_broken_pipe()
    {
        const timespec at_once{};
        if (!was_pending_)
            while (::sigtimedwait(&broken_pipe_, nullptr, &at_once) == -1 && errno == EINTR)
            {
            }
        ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    }

    no_broken_pipe(const no_broken_pipe&) = delete;
    no_broken_pipe& operator=(const no_broken_pipe&) = delete;

private:
    sigset_t broken_pipe_, before_;
    bool was_pending_;
};

} // namespace

sending::sending(core_ptr stream, int socket, std::uint64_t offset, std::size_t n)
    : under_way(must_end), stream_(std::move(stream)), socket_(::fcntl(socket, F_DUPFD_CLOEXEC, 0)),
      offset_(offset), size_(n), may_begin_(stream_->kept()->begin_sending(offset))
{
    if (socket_ == -1)
        result_.error.assign(errno, boost::system::system_category());
}

sending::~sending()
{
    if (socket_ != -1)
        ::close(socket_);
    if (may_begin_)
        stream_->kept()->end_sending(offset_);
}

void sending::run() noexcept
{
    const no_broken_pipe guard;
    const int file = stream_->kept()->kept().native_handle();
    while (!result_.error && result_.size != size_)
    {
        off_t at = static_cast<off_t>(offset_ + result_.size);
        const ssize_t n = ::sendfile(socket_, file, &at, size_ - result_.size);
        if (n > 0)
            result_.size += static_cast<std::size_t>(n);
        else if (n == 0)
            result_.error = errc::lost;
        else if (errno != EINTR)
            result_.error.assign(errno, boost::system::system_category());
    }
    end(false);
    stream_->wake_loads();
}

bool can_send(const core& stream) noexcept
{
    return stream.kept() && stream.kept()->kept().native_handle() != -1;
}

under_way_ptr start_sending(core& stream, std::uint64_t offset, std::size_t max, int socket)
{
    storage_port* const kept = stream.kept();
    const std::uint64_t begin = stream.letting_go()->begin();
    if (offset >= begin)
        return {};
    const std::size_t n = at_most(max, begin - offset);
    boost::intrusive_ptr<sending> s(new sending(core_ptr(&stream), socket, offset, n));
    if (!s->may_begin())
        return {};
    kept->execute([s] { s->run(); });
    return s;
}

#else

bool can_send(const core&) noexcept
{
    return false;
}

under_way_ptr start_sending(core&, std::uint64_t, std::size_t, int)
{
    return {};
}

#endif

} // namespace spool::detail
