// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

/// @file
/// Finds out whether a storage keeps its promises: for the tests of who writes one.

#include <spool/storage.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace spool {

namespace detail {

// The tests of one kind of storage.
template <class Make>
class storage_test
{
public:
    explicit storage_test(Make& make) : make_(make) {}

    void run()
    {
        test_new();
        test_resumed();
        test_finished();
        test_readers();
        test_discarded();
        test_removed();
    }

private:
    static constexpr std::size_t large = 300'000;

    static void expect(bool holds, const char* promise)
    {
        if (!holds)
            throw std::logic_error(std::string("a storage breaks its promise: ") + promise);
    }

    static std::string bytes_at(std::uint64_t offset, std::size_t n)
    {
        std::string bytes(n, '\0');
        for (char& byte : bytes)
            byte = static_cast<char>((offset++ * 2654435761u) >> 24);
        return bytes;
    }

    static void write(storage& to, std::uint64_t offset, std::size_t n)
    {
        const std::string bytes = bytes_at(offset, n);
        error_code ec;
        to.write(offset, asio::buffer(bytes), ec);
        expect(!ec, "write succeeds");
    }

    static void read(storage& from, std::uint64_t offset, std::size_t n)
    {
        std::string bytes(n, ' ');
        for (std::size_t done = 0; done != n;)
        {
            error_code ec;
            const std::size_t got = from.read(offset + done, asio::buffer(bytes) + done, ec);
            expect(!ec && got != 0, "read gives at least one of the bytes that were written");
            expect(got <= n - done, "read gives no more than there is room for");
            done += got;
        }
        expect(bytes == bytes_at(offset, n), "read gives the bytes that were written");
    }

    static void discard(storage& from, std::uint64_t end)
    {
        error_code ec;
        from.discard(end, ec);
        expect(!ec, "discard succeeds");
    }

    // Of what was opened again.
    static void read_kept(storage& from, std::uint64_t discarded, std::uint64_t size)
    {
        const std::uint64_t base = from.base();
        expect(from.size() == size, "what was written is there again");
        expect(base <= discarded, "no byte is missing that was not discarded");
        read(from, base, static_cast<std::size_t>(size - base));
    }

    template <class Member>
    static void call(storage& s, Member member, const char* promise)
    {
        error_code ec;
        (s.*member)(ec);
        expect(!ec, promise);
    }

    void test_new()
    {
        const auto s = make_(false);
        expect(s->size() == 0 && !s->finished(), "a new storage is empty and unfinished");
        expect(s->base() == 0, "nothing was discarded from a new storage");
        std::uint64_t end = 0;
        for (const std::size_t n : {std::size_t{1}, std::size_t{4095}, std::size_t{2}, large})
        {
            write(*s, end, n);
            end += n;
            read(*s, 0, static_cast<std::size_t>(end));
            read(*s, end - 1, 1);
            expect(s->size() == 0, "size stays what it was at the beginning");
        }
        for (const std::size_t there : {std::size_t{0}, std::size_t{4}})
        {
            error_code ec;
            std::string beyond(10, ' ');
            const std::size_t n = s->read(end - there, asio::buffer(beyond), ec);
            expect(n <= there, "nothing is read behind the end");
        }
        call(*s, &storage::sync, "sync succeeds");
        read(*s, 0, static_cast<std::size_t>(end));
    }

    // Twice, because only the second time bytes of two lives are there.
    void test_resumed()
    {
        {
            const auto s = make_(false);
            write(*s, 0, large);
            call(*s, &storage::sync, "sync succeeds");
        }
        for (const std::size_t there : {large, large + 1000})
        {
            const auto s = make_(true);
            expect(s->size() == there && !s->finished(), "what was written is there again");
            read(*s, 0, there);
            write(*s, there, 1000);
            read(*s, 0, there + 1000);
        }
    }

    void test_finished()
    {
        {
            const auto s = make_(false);
            write(*s, 0, large);
            call(*s, &storage::finish, "finish succeeds");
            read(*s, 0, large);
        }
        const auto s = make_(true);
        expect(s->size() == large && s->finished(), "a finished storage says so and has its size");
        read(*s, 0, large);
    }

    void test_readers()
    {
        const auto s = make_(false);
        write(*s, 0, large);
        std::atomic<std::size_t> failed{0};
        const auto guarded = [&failed](auto action) {
            return [&failed, action] {
                try
                {
                    action();
                }
                catch (...)
                {
                    ++failed;
                }
            };
        };
        std::vector<std::thread> readers;
        for (std::size_t i = 0; i != 4; ++i)
            readers.emplace_back(guarded([&s, i] {
                for (std::size_t at = large / 2 + i; at < large - 2000; at += 497)
                    read(*s, at, 2000);
            }));
        guarded([&s] {
            for (std::size_t at = large; at != 2 * large; at += 1000)
            {
                write(*s, at, 1000);
                discard(*s, (at - large) / 2);
            }
        })();
        for (std::thread& t : readers)
            t.join();
        expect(
            failed == 0,
            "read may be called by several threads, and while something is written or discarded");
        read(*s, large / 2, 2 * large - large / 2);
    }

    // Written in pieces; all but the last one is discarded, but that is still read.
    static void write_and_discard(storage& s, std::uint64_t begin, std::size_t pieces)
    {
        for (std::uint64_t at = begin; at != begin + pieces * large; at += large)
        {
            write(s, at, large);
            discard(s, at);
            discard(s, at);
            read(s, at, large);
        }
    }

    void test_discarded()
    {
        constexpr std::size_t pieces = 8;
        constexpr std::uint64_t half = pieces * large, all = 2 * half;
        {
            const auto s = make_(false);
            write_and_discard(*s, 0, pieces);
            expect(s->base() == 0, "base stays what it was at the beginning");
        }
        {
            const auto s = make_(true);
            read_kept(*s, half - large, half);
            write_and_discard(*s, half, pieces);
            call(*s, &storage::finish, "finish succeeds");
            read(*s, all - large, large);
        }
        {
            const auto s = make_(true);
            expect(s->finished(), "a finished storage says so");
            read_kept(*s, all - large, all);
        }
        write_and_discard(*make_(false), 0, 1);
        const auto s = make_(true);
        expect(s->base() == 0, "nothing was discarded from what was begun anew");
        read(*s, 0, large);
    }

    void test_removed()
    {
        for (const bool finished : {false, true})
        {
            {
                const auto s = make_(false);
                write(*s, 0, large);
                if (finished)
                    call(*s, &storage::finish, "finish succeeds");
                call(*s, &storage::remove, "remove succeeds");
            }
            const auto s = make_(true);
            expect(s->size() == 0 && !s->finished(), "nothing is left of what was removed");
        }
    }

    Make& make_;
};

} // namespace detail

/// Tests a storage; returns if it keeps its promises.
/// @param make Makes a storage, as a `std::unique_ptr` to it: `make(false)` begins anew, whatever was
/// there; `make(true)` opens what was left by the one before, which has been destroyed, and begins
/// anew if that was nothing.
/// @throws std::logic_error with the first promise that is broken.
template <class Make>
void test_storage(Make make)
{
    detail::storage_test<Make>(make).run();
}

} // namespace spool
