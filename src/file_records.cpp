// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "file_records.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace spool::detail {

namespace {

// Numbers are stored with the low byte first, wherever they are read.
std::uint64_t load(const std::byte* from) noexcept
{
    std::uint64_t n = 0;
    if constexpr (std::endian::native == std::endian::little)
        std::memcpy(&n, from, sizeof n);
    else
        for (int i = 7; i >= 0; --i)
            n = n << 8 | static_cast<std::uint64_t>(from[i]);
    return n;
}

void store(std::uint64_t n, std::byte* to) noexcept
{
    for (int i = 0; i != 8; ++i, n >>= 8)
        to[i] = static_cast<std::byte>(n);
}

// Any odd numbers with many ones and zeros would do; the first is the golden ratio's fraction.
constexpr std::uint64_t multiplier = 0x9e3779b97f4a7c15;
constexpr std::uint64_t other_multiplier = 0xd1b54a32d192ed03;

constexpr std::uint64_t mixed(std::uint64_t state, std::uint64_t word) noexcept
{
    return std::rotl((state ^ word) * multiplier, 29) * other_multiplier;
}

__extension__ using wide = unsigned __int128;

constexpr std::uint64_t folded_product(std::uint64_t a, std::uint64_t b) noexcept
{
    const wide product = static_cast<wide>(a) * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

std::uint64_t check_of(std::uint64_t last, const file_record& r) noexcept
{
    std::uint64_t n = mixed(last, r.end);
    n = mixed(n, r.sum);
    n = mixed(n, static_cast<std::uint64_t>(r.what));
    return n ^ n >> 31;
}

} // namespace

encoded_record record_chain::add(const file_record& r) noexcept
{
    encoded_record bytes;
    last = check_of(last, r);
    store(r.end, bytes.data());
    store(r.sum, bytes.data() + 8);
    store(static_cast<std::uint64_t>(r.what), bytes.data() + 16);
    store(last, bytes.data() + 24);
    return bytes;
}

bool record_chain::next(std::span<const std::byte, record_size> bytes, file_record& r) noexcept
{
    const file_record read{
        load(bytes.data()),
        load(bytes.data() + 8),
        static_cast<file_record::kind>(load(bytes.data() + 16))};
    const bool is_known =
        read.what == file_record::kind::write || read.what == file_record::kind::sync;
    const std::uint64_t check = check_of(last, read);
    if (!is_known || check != load(bytes.data() + 24))
        return false;
    last = check;
    r = read;
    return true;
}

// Not small numbers, of which a product has no high half.
constexpr byte_sum::lanes byte_sum::begin = [] {
    lanes all{};
    std::uint64_t n = 0;
    for (std::uint64_t& lane : all)
        lane = ++n * other_multiplier;
    return all;
}();

void byte_sum::mix(const std::byte* blocks, std::size_t n) noexcept
{
    lanes now = lanes_;
    for (; n != 0; --n, blocks += begun_.size())
        for (std::size_t i = 0; i != now.size(); ++i)
        {
            const std::uint64_t first = load(blocks + 16 * i);
            const std::uint64_t second = load(blocks + 16 * i + 8);
            now[i] = folded_product(first ^ now[i], second ^ multiplier);
        }
    lanes_ = now;
}

void byte_sum::add(std::span<const std::byte> bytes) noexcept
{
    const std::size_t begun = size_ % begun_.size();
    size_ += bytes.size();
    if (begun != 0)
    {
        const std::size_t n = std::min(bytes.size(), begun_.size() - begun);
        std::memcpy(begun_.data() + begun, bytes.data(), n);
        bytes = bytes.subspan(n);
        if (begun + n != begun_.size())
            return;
        mix(begun_.data(), 1);
    }
    mix(bytes.data(), bytes.size() / begun_.size());
    bytes = bytes.last(bytes.size() % begun_.size());
    if (!bytes.empty())
        std::memcpy(begun_.data(), bytes.data(), bytes.size());
}

std::uint64_t byte_sum::value() const noexcept
{
    byte_sum whole = *this;
    const std::size_t begun = size_ % begun_.size();
    if (begun != 0)
    {
        std::fill(
            whole.begun_.begin() + static_cast<std::ptrdiff_t>(begun),
            whole.begun_.end(),
            std::byte{});
        whole.mix(whole.begun_.data(), 1);
    }
    std::uint64_t n = size_;
    for (const std::uint64_t lane : whole.lanes_)
        n = mixed(n, lane);
    return n ^ n >> 31;
}

} // namespace spool::detail
