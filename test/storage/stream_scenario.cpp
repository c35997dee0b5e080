// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "stream_scenario.hpp"

#include "file_scenario.hpp"
#include "world.hpp"

#include <array>
#include <memory>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace spool::test {

namespace {

// So little that reads go to the file, and writers wait.
constexpr std::size_t little = 8 << 10;

// Far more than any scenario runs.
constexpr std::size_t too_many = 100'000;

void expect(bool holds, const char* promise)
{
    if (!holds)
        throw std::logic_error(promise);
}

bool is_pattern(std::uint64_t offset, std::string_view bytes)
{
    return bytes == bytes_at(offset, bytes.size());
}

} // namespace

stream_scenario::stream_scenario(std::uint64_t seed, memory_disk& disk)
    : files_(disk), chance_(seed),
      when_(chance_.coin() ? publication::on_finish : publication::in_place),
      ending_(static_cast<ending>(chance_.below(6)))
{
    if (chance_.coin())
        disk.lack_rename_new();
    mode_ = static_cast<file_mode>(chance_.below(4));
    const std::size_t before = 10'000 + chance_.below(30'000);
    if (mode_ == file_mode::replace && chance_.coin())
        old_ = std::string(before, 'o');
    if (mode_ == file_mode::resume || mode_ == file_mode::open)
        whole_ = before;
    if (whole_ != 0)
        make_file(file_mode::create, bytes_at(0, before), mode_ == file_mode::open);
    else if (!old_.empty())
        make_file(file_mode::create, old_, true);
    size_ = written_ = whole_;
    closed_ = finished_ = mode_ == file_mode::open;
    synced_ = finished_ ? whole_ : 0;
}

void stream_scenario::make_file(file_mode mode, const std::string& bytes, bool finished) const
{
    file_storage s("f", mode, when_, files_);
    error_code ec;
    s.write(0, asio::buffer(bytes), ec);
    if (finished)
        s.finish(ec);
    expect(!ec, "a file is made on a disk that does not fail");
}

void stream_scenario::open()
{
    const options where{little, disk_.get_executor()};
    stream_.emplace(context_.get_executor(), file_storage("f", mode_, when_, files_), where);
    expect(stream_->size() == whole_, "what was there is there again");
    for (int i = 0; i != 3; ++i)
        readers_.push_back(stream_->make_reader());
}

void stream_scenario::play()
{
    try
    {
        open();
    }
    catch (const boost::system::system_error& e)
    {
        return check_error(e.code());
    }
    for (int i = 0; i != 40; ++i)
        act();
    finish();
    run();
    expect(pending_ == (ending_ == ending::drain), "every operation completes");
}

void stream_scenario::run()
{
    const std::array<deterministic_context*, 2> both{&disk_, &context_};
    std::size_t n = 0;
    while (run_one_of(chance_, both))
        expect(++n != too_many, "nothing is tried for ever");
}

void stream_scenario::act()
{
    switch (chance_.below(8))
    {
    case 0:
    case 1:
    case 2:
        return append();
    case 3:
        return flush();
    case 4:
        return read();
    case 5:
        return read_at_once();
    default:
        for (std::size_t n = chance_.below(8); n != 0; --n)
            chance_.coin() ? disk_.run_one() : context_.run_one();
    }
}

// The handler of one more operation: called once, and then `check` with what it was given.
template <class Check>
auto stream_scenario::handler(Check check)
{
    ++pending_;
    return [this, check, was_called = std::make_shared<bool>(false)](error_code ec, auto&&... is) {
        expect(!std::exchange(*was_called, true), "C51: a handler is called once");
        --pending_;
        check(ec, std::forward<decltype(is)>(is)...);
    };
}

void stream_scenario::check_error(const error_code& ec)
{
    expect(!ec || ec == failure_ || ec == cause_, "an error is the one that has happened");
    has_failed_ = has_failed_ || (ec && ec == failure_);
}

// Appends take their places in the order in which they are started.
void stream_scenario::append()
{
    if (closed_)
        return;
    const auto to = static_cast<level>(chance_.below(3));
    const auto bytes = std::make_shared<std::string>(bytes_at(whole_, some_size()));
    whole_ += bytes->size();
    const auto check = [this, to, bytes, end = whole_](const error_code& ec, std::size_t n) {
        check_error(ec);
        expect(n == (ec ? 0 : bytes->size()), "C20: an append is all or nothing");
        if (!ec && to != level::visible)
            written_ = std::max(written_, end);
        if (!ec && to == level::synced)
            synced_ = std::max(synced_, end);
    };
    stream_->async_append(asio::buffer(*bytes), to, handler(check));
}

void stream_scenario::flush()
{
    const auto to = static_cast<level>(chance_.below(3));
    const auto check = [this, to, end = stream_->size(), closed = closed_](const error_code& ec) {
        if (ec == asio::error::operation_aborted)
            return expect(cause_ == errc::abandoned, "nobody waits for a flush any more");
        check_error(ec);
        if (!ec && to != level::visible)
            written_ = std::max(written_, end);
        if (!ec && to == level::synced)
            synced_ = std::max(synced_, end);
        finished_ = finished_ || (!ec && to == level::synced && closed);
    };
    stream_->async_flush(to, handler(check));
}

void stream_scenario::check_read(
    const error_code& ec, std::uint64_t offset, const std::string& bytes)
{
    expect(is_pattern(offset, bytes), "the bytes are right");
    if (ec == asio::error::eof)
        return expect(closed_, "C2: a failed stream has no clean end");
    check_error(ec);
}

void stream_scenario::read()
{
    reader& r = readers_[chance_.below(readers_.size())];
    const std::uint64_t at = chance_.below(static_cast<std::size_t>(whole_) + 1000);
    const auto room = std::make_shared<std::string>(some_size(), ' ');
    const auto check = [this, at, room](const error_code& ec, std::size_t n) {
        check_read(ec, at, room->substr(0, n));
    };
    const auto check_view = [this, at](const error_code& ec, const view& v) {
        std::string bytes(v.size(), ' ');
        asio::buffer_copy(asio::buffer(bytes), v);
        check_read(ec, at, bytes);
    };
    const std::size_t what = chance_.below(3);
    if (what == 0)
        r.async_read_some_at(at, asio::buffer(*room), handler(check));
    else if (what == 1)
        r.async_read_at(at, asio::buffer(*room), handler(check));
    else
        r.async_read_view_at(at, room->size(), handler(check_view));
}

void stream_scenario::read_at_once()
{
    reader& r = readers_[chance_.below(readers_.size())];
    r.seek(chance_.below(static_cast<std::size_t>(whole_) + 1));
    const std::uint64_t at = r.offset();
    std::string room(some_size(), ' ');
    error_code ec;
    room.resize(r.read_some(asio::buffer(room), ec));
    expect(r.offset() == at + room.size() && room.empty() == ec.failed(), "C31");
    check_read(ec == asio::error::would_block ? error_code() : ec, at, room);
}

void stream_scenario::finish()
{
    error_code ec;
    if (ending_ == ending::abort)
        stream_->abort(cause_ = asio::error::timed_out);
    else if (ending_ == ending::abandon)
    {
        cause_ = errc::abandoned;
        stream_.reset();
    }
    else
    {
        run(); // the appends that wait
        stream_->close(ec);
        check_error(ec);
        closed_ = !ec;
    }
    size_ = readers_[0].size();
    const auto check = [this](const error_code& e) { check_error(e); };
    if (ending_ == ending::flush)
        flush();
    else if (ending_ == ending::drain)
        stream_->async_drain(handler(check));
    else if (ending_ == ending::remove)
    {
        run(); // the reads
        removing_ = true;
        readers_.clear();
        stream_->async_remove(handler([this](const error_code& e) {
            check_error(e);
            removed_ = !e;
        }));
    }
}

// C5 C6. One failure may be left over: that of bytes which a read that does not wait has asked for.
void stream_scenario::read_all_again()
{
    if (readers_.empty())
        return;
    std::string all(static_cast<std::size_t>(size_), ' ');
    error_code ec = asio::error::would_block;
    for (int i = 0; i != 2 && ec; ++i)
    {
        readers_[0].async_read_at(
            0, asio::buffer(all), handler([&](const error_code& e, std::size_t) {
                check_error(ec = e);
            }));
        run();
    }
    expect(!ec && is_pattern(0, all), "what was readable stays so");
    char byte;
    readers_[0].seek(size_);
    readers_[0].read_some(asio::buffer(&byte, 1), ec);
    expect(ec && (ec == asio::error::eof) == closed_, "C2: how the stream has ended");
    check_read(ec, size_, "");
}

void stream_scenario::end()
{
    readers_.clear();
    run();
    expect(pending_ == 0, "a drain completes when the last reader is closed");
    stream_.reset();
    run();
    expect(disk_.is_idle() && context_.is_idle(), "C54: no work is left");
}

std::string stream_scenario::recovered(memory_disk& left) const
{
    const file_mode mode = is_finished(left, when_) ? file_mode::open : file_mode::resume;
    file_storage s("f", mode, when_, left);
    std::string bytes(static_cast<std::size_t>(s.size()), ' ');
    error_code ec;
    bytes.resize(bytes.empty() ? 0 : s.read(0, asio::buffer(bytes), ec));
    expect(!ec, "what is left can be read");
    return bytes;
}

void stream_scenario::check(memory_disk& left, bool power_lost) const
{
    if (removed_) // what it was to replace, but has not, is not its own
        return expect(
            !left.has("f.partial") && (!left.has("f") || (!finished_ && left.content("f") == old_)),
            "what is removed is gone");
    const bool is_whole = is_finished(left, when_);
    const std::string bytes = recovered(left);
    const std::uint64_t least = removing_ ? 0 : power_lost ? synced_ : written_;
    const bool is_ours = is_pattern(0, bytes);
    if (is_whole && least == 0 && !finished_ && bytes == old_)
        return;
    expect(is_ours, "only what was written is left");
    expect(bytes.size() >= least, "what was acknowledged is left");
    expect(is_whole || !finished_ || removing_, "what was finished stays so");
    expect(!is_whole || (closed_ && bytes.size() == size_), "a finished file is the whole");
}

} // namespace spool::test
