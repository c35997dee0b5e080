// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "stall_watch.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/system/error_code.hpp>

#include <utility>

namespace spool::detail {

namespace {

class steady_alarm final : public alarm
{
public:
    explicit steady_alarm(const boost::asio::any_io_executor& executor) : timer_(executor) {}

    void set(std::chrono::nanoseconds after, std::function<void()> ring) override
    {
        timer_.expires_after(
            std::chrono::duration_cast<std::chrono::steady_clock::duration>(after));
        timer_.async_wait([ring = std::move(ring)](const boost::system::error_code& ec) {
            if (!ec)
                ring();
        });
    }

    void cancel() override { timer_.cancel(); }

private:
    boost::asio::steady_timer timer_;
};

} // namespace

stall_watch::stall_watch(
    const boost::asio::any_io_executor& executor,
    std::chrono::nanoseconds limit,
    std::shared_ptr<alarm> given)
    : limit_(limit), alarm_(given ? std::move(given) : std::make_shared<steady_alarm>(executor))
{
}

bool stall_watch::want(bool set) noexcept
{
    if (!set)
        wanted_ = 0;
    else if (wanted_ == 0)
        wanted_ = ++latest_;
    return wanted_ != set_ && alarm_ && !std::exchange(changes_, true);
}

stall_watch::step stall_watch::next() noexcept
{
    changes_ = wanted_ != set_ && alarm_;
    if (!changes_)
        return {};
    set_ = wanted_;
    return {alarm_, set_};
}

bool stall_watch::rings(std::uint64_t number) noexcept
{
    if (number != wanted_)
        return false;
    wanted_ = set_ = 0;
    return true;
}

void stall_watch::take(const step& s, std::function<void()> ring) const
{
    if (s.number == 0)
        s.of->cancel();
    else
        s.of->set(limit_, std::move(ring));
}

} // namespace spool::detail
