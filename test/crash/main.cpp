// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// spool_crash CYCLES [SEED]: kills writers, again and again, and looks what they leave.
//
// A child (the same program with `--write FILE SEED`) resumes a stream in a file, appends to it, and
// reports through a pipe what was acknowledged. It is killed at a random moment, also while it recovers
// or finishes. What is found then must be the right bytes, and all that were acknowledged. Every other stream
// keeps its last bytes only, so it is killed while it discards, too; then no zeros may be found.

#include <spool/file_storage.hpp>
#include <spool/stream.hpp>

#include "support/chance.hpp"
#include "support/temporary_folder.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <poll.h>
#include <random>
#include <string>
#include <string_view>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>
#include <vector>

// GCC 12 takes Asio's operator new and delete of a coroutine for a mismatch.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

namespace {

namespace asio = boost::asio;
using spool::error_code;
using spool::file_mode;
using spool::file_storage;
using spool::level;
using spool::test::chance;

constexpr std::uint64_t large_enough = 8 << 20;
constexpr std::uint64_t whole = std::uint64_t(-1);
constexpr std::uint64_t window = 1 << 20;
constexpr std::string_view short_name = "short";

// The stream's bytes are the same in every process.
std::string bytes_at(std::uint64_t offset, std::size_t n)
{
    std::string bytes(n, '\0');
    for (char& byte : bytes)
        byte = static_cast<char>((offset++ * 2654435761u) >> 24);
    return bytes;
}

// A file of which no more than the last bytes are kept.
class short_file final : public spool::storage
{
public:
    explicit short_file(file_storage file) : file_(std::move(file)) {}

    std::uint64_t size() const noexcept override { return file_.size(); }
    bool finished() const noexcept override { return file_.finished(); }
    void write(std::uint64_t offset, asio::const_buffer bytes, error_code& ec) override
    {
        file_.write(offset, bytes, ec);
        if (!ec && offset + bytes.size() > window)
            file_.discard(offset + bytes.size() - window, ec);
    }
    std::size_t read(std::uint64_t offset, asio::mutable_buffer bytes, error_code& ec) override
    {
        return file_.read(offset, bytes, ec);
    }
    void sync(error_code& ec) override { file_.sync(ec); }
    void finish(error_code& ec) override { file_.finish(ec); }
    void remove(error_code& ec) override { file_.remove(ec); }

private:
    file_storage file_;
};

// What a child says: up to where its bytes are safe; that it has finished.
struct report
{
    std::uint64_t written;
    bool finished;
};

void say(const report& r)
{
    if (::write(STDOUT_FILENO, &r, sizeof r) != sizeof r)
        std::_Exit(2);
}

asio::awaitable<void> write_some(spool::stream& s, std::uint64_t seed)
{
    chance c(seed);
    while (s.size() < large_enough)
    {
        const std::size_t n = 1 + c.below(c.below(8) == 0 ? 300'000 : 3000);
        const std::string bytes = bytes_at(s.size(), n);
        const std::uint64_t end = s.size() + n;
        const auto reached = static_cast<level>(c.below(3));
        co_await s.async_append(asio::buffer(bytes), reached, asio::use_awaitable);
        if (reached != level::visible)
            say({end, false});
    }
    s.close();
    co_await s.async_flush(level::synced, asio::use_awaitable);
    say({s.size(), true});
}

int write(const std::string& name, std::uint64_t seed)
{
    asio::io_context context;
    file_storage file(name, file_mode::resume);
    spool::stream s = name.ends_with(short_name)
                          ? spool::stream(context, short_file(std::move(file)))
                          : spool::stream(context, std::move(file));
    asio::co_spawn(context, write_some(s, seed), asio::detached);
    context.run();
    return 0;
}

// Starts a child, kills it some time later, and returns the last that it said.
report let_write(const std::string& program, const std::string& name, chance& c)
{
    int ends[2];
    if (::pipe(ends) != 0)
        throw std::system_error(errno, std::system_category());
    const std::string seed = std::to_string(c.next());
    const pid_t child = ::fork();
    if (child == 0)
    {
        ::dup2(ends[1], STDOUT_FILENO);
        ::close(ends[0]);
        ::close(ends[1]);
        ::execl(program.c_str(), program.c_str(), "--write", name.c_str(), seed.c_str(), nullptr);
        std::_Exit(3);
    }
    ::close(ends[1]);
    // It lives until it has said so much, or nothing for so long.
    std::size_t patience = c.below(60);
    pollfd readable{ends[0], POLLIN, 0};
    report last{0, false}, next{};
    while (patience-- != 0 && ::poll(&readable, 1, static_cast<int>(c.below(300))) == 1 &&
           ::read(ends[0], &next, sizeof next) == sizeof next)
        last = next;
    ::kill(child, SIGKILL);
    while (::read(ends[0], &next, sizeof next) == sizeof next)
        last = next;
    ::close(ends[0]);
    ::waitpid(child, nullptr, 0);
    return last;
}

struct found
{
    std::uint64_t base;
    std::uint64_t size; // or `whole`
};

// What is left, if it is right.
found look(const std::string& name, const report& said)
{
    const bool is_whole = std::filesystem::exists(name);
    if (said.finished && !is_whole)
        throw std::runtime_error("a finished file is not there");
    file_storage left(name, is_whole ? file_mode::open : file_mode::resume);
    const std::uint64_t base = left.base(), size = left.size();
    std::string bytes(static_cast<std::size_t>(size - base), ' ');
    error_code ec;
    const std::size_t n = bytes.empty() ? 0 : left.read(base, asio::buffer(bytes), ec);
    if (ec || n != bytes.size() || bytes != bytes_at(base, n))
        throw std::runtime_error("wrong bytes");
    if (size < said.written || (is_whole && size < large_enough))
        throw std::runtime_error("acknowledged bytes are lost");
    if (base != 0 && (!name.ends_with(short_name) || size < window || base > size - window))
        throw std::runtime_error("bytes are lost that were not discarded");
    return {base, is_whole ? whole : size};
}

int run(const std::string& program, std::size_t cycles, std::uint64_t seed)
{
    std::cout << "SPOOL_SEED=" << seed << std::endl;
    chance c(seed);
    const spool::test::temporary_folder folder;
    std::size_t finished = 0;
    std::size_t discarded = 0;
    std::uint64_t acknowledged = 0;
    std::uint64_t kept = 0; // what was there the last time
    for (std::size_t cycle = 0; cycle != cycles; ++cycle)
    {
        const std::string name = folder / (finished % 2 == 0 ? std::string(short_name) : "log");
        report said = let_write(program, name, c);
        said.written = std::max(said.written, kept);
        acknowledged += said.written;
        const found left = look(name, said);
        discarded += left.base != 0;
        kept = left.size;
        if (kept != whole)
            continue;
        ++finished;
        kept = 0;
        std::filesystem::remove(name);
    }
    std::cout << cycles << " writers killed, " << finished
              << " files finished, bytes discarded from " << discarded << " that were left, "
              << acknowledged / cycles << " bytes acknowledged on average\n";
    return (finished != 0 && discarded != 0) || cycles < 100 ? 0 : 1;
}

} // namespace

int main(int count, char** arguments)
try
{
    const std::vector<std::string> given(arguments, arguments + count);
    if (count == 4 && given[1] == "--write")
        return write(given[2], std::stoull(given[3]));
    if (count < 2 || count > 3)
        throw std::invalid_argument("usage: spool_crash CYCLES [SEED]");
    return run(
        "/proc/self/exe",
        std::stoul(given[1]),
        count == 3 ? std::stoull(given[2]) : std::random_device()());
}
catch (const std::exception& e)
{
    std::cerr << e.what() << '\n';
    return 1;
}
