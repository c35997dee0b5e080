// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// spool_crash CYCLES [SEED]: kills writers, again and again, and looks what they leave.
//
// A child (the same program with `--write FILE SEED`) resumes a stream in a file, appends to it, and
// reports through a pipe what was acknowledged. It is killed at a random moment, also while it recovers
// or finishes. What is found then must be the right bytes, and all that were acknowledged.

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
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

// GCC 12 takes Asio's operator new and delete of a coroutine for a mismatch.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"

namespace {

namespace asio = boost::asio;
using spool::file_mode;
using spool::file_storage;
using spool::level;
using spool::test::chance;

constexpr std::uint64_t large_enough = 8 << 20;
constexpr std::uint64_t whole = std::uint64_t(-1);

// The stream's bytes are the same in every process.
std::string bytes_at(std::uint64_t offset, std::size_t n)
{
    std::string bytes(n, '\0');
    for (char& byte : bytes)
        byte = static_cast<char>((offset++ * 2654435761u) >> 24);
    return bytes;
}

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
    spool::stream s(context, file_storage(name, file_mode::resume));
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

// The size of what is left, if it is right, or that it is `whole`.
std::uint64_t look(const std::string& name, const report& said)
{
    const bool is_whole = std::filesystem::exists(name);
    if (said.finished && !is_whole)
        throw std::runtime_error("a finished file is not there");
    file_storage left(name, is_whole ? file_mode::open : file_mode::resume);
    std::string bytes(static_cast<std::size_t>(left.size()), ' ');
    spool::error_code ec;
    const std::size_t n = bytes.empty() ? 0 : left.read(0, asio::buffer(bytes), ec);
    if (ec || n != bytes.size() || bytes != bytes_at(0, n))
        throw std::runtime_error("wrong bytes");
    if (n < said.written || (is_whole && n < large_enough))
        throw std::runtime_error("acknowledged bytes are lost");
    return is_whole ? whole : n;
}

int run(const std::string& program, std::size_t cycles, std::uint64_t seed)
{
    std::cout << "SPOOL_SEED=" << seed << std::endl;
    chance c(seed);
    const spool::test::temporary_folder folder;
    const std::string name = folder / "log";
    std::size_t finished = 0;
    std::uint64_t acknowledged = 0;
    std::uint64_t kept = 0; // what was there the last time
    for (std::size_t cycle = 0; cycle != cycles; ++cycle)
    {
        report said = let_write(program, name, c);
        said.written = std::max(said.written, kept);
        acknowledged += said.written;
        kept = look(name, said);
        if (kept != whole)
            continue;
        ++finished;
        kept = 0;
        std::filesystem::remove(name);
    }
    std::cout << cycles << " writers killed, " << finished << " files finished, "
              << acknowledged / cycles << " bytes acknowledged on average\n";
    return finished != 0 || cycles < 100 ? 0 : 1;
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
