// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// What a record and a sum find: bytes that are missing, torn, stale, exchanged or changed.

#include "file_records.hpp"
#include "support/chance.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <ostream>
#include <set>
#include <span>
#include <vector>

namespace spool::detail {

// What Boost.Test shows of a record.
inline std::ostream& boost_test_print_type(std::ostream& to, const file_record& r)
{
    return to << "kind " << static_cast<std::uint64_t>(r.what) << " to " << r.end << ", sum "
              << r.sum;
}

} // namespace spool::detail

namespace spool::test {

namespace {

using detail::byte_sum;
using detail::encoded_record;
using detail::file_record;
using detail::record_chain;

std::vector<std::byte> random_bytes(std::size_t n, chance& c)
{
    std::vector<std::byte> bytes(n);
    std::generate(bytes.begin(), bytes.end(), [&] { return static_cast<std::byte>(c.below(256)); });
    return bytes;
}

std::uint64_t sum_of(std::span<const std::byte> bytes)
{
    byte_sum sum;
    sum.add(bytes);
    return sum.value();
}

void flip(std::span<std::byte> bytes, std::size_t bit)
{
    bytes[bit / 8] ^= static_cast<std::byte>(1u << bit % 8);
}

bool is_next(record_chain chain, const encoded_record& bytes)
{
    file_record r;
    return chain.next(bytes, r);
}

constexpr file_record first{5, 6, file_record::kind::write};
constexpr file_record second{0x1122334455667788, 7, file_record::kind::sync};

BOOST_AUTO_TEST_SUITE(file_records)

BOOST_AUTO_TEST_CASE(a_chain_is_read_as_it_was_written)
{
    record_chain written, read;
    chance c(1);
    std::uint64_t end = 0;
    for (int i = 0; i != 1000; ++i)
    {
        const auto what = c.coin() ? file_record::kind::write : file_record::kind::sync;
        const file_record r{end += c.below(5000), c.next(), what};
        file_record found;
        BOOST_TEST(read.next(written.add(r), found));
        BOOST_TEST(found == r);
    }
    BOOST_TEST(read.last == written.last);
}

// So that a machine with another order of bytes reads it.
BOOST_AUTO_TEST_CASE(the_low_byte_comes_first)
{
    const encoded_record bytes = record_chain().add(second);
    BOOST_TEST((bytes[0] == std::byte{0x88} && bytes[7] == std::byte{0x11}));
    BOOST_TEST((bytes[8] == std::byte{7} && bytes[15] == std::byte{0}));
    BOOST_TEST((bytes[16] == std::byte{2} && bytes[23] == std::byte{0}));
}

BOOST_AUTO_TEST_CASE(a_flipped_bit_is_found)
{
    for (const file_record& r : {first, second, file_record{}})
        for (std::size_t bit = 0; bit != 8 * detail::record_size; ++bit)
        {
            encoded_record bytes = record_chain().add(r);
            flip(bytes, bit);
            BOOST_TEST(!is_next({}, bytes));
        }
}

BOOST_AUTO_TEST_CASE(a_record_counts_in_its_place_only)
{
    record_chain chain;
    const encoded_record a = chain.add(first);
    const record_chain behind_a = chain;
    const encoded_record b = chain.add(second);
    BOOST_TEST((is_next({}, a) && is_next(behind_a, b)));
    BOOST_TEST(!is_next({}, b));       // the first one is missing
    BOOST_TEST(!is_next(behind_a, a)); // it comes twice
    BOOST_TEST(!is_next(chain, b));
    record_chain other;
    other.add(second);
    BOOST_TEST(!is_next(other, other.last == behind_a.last ? a : b)); // of another file
}

BOOST_AUTO_TEST_CASE(what_was_torn_or_never_written_is_no_record)
{
    record_chain chain;
    const encoded_record a = chain.add(first);
    for (std::size_t n = 0; n != 32; ++n)
    {
        encoded_record torn{};
        std::copy_n(a.begin(), n, torn.begin());
        BOOST_TEST(!is_next({}, torn));
    }
    BOOST_TEST(!is_next(chain, {}));
}

BOOST_AUTO_TEST_CASE(a_record_of_an_unknown_kind_ends_the_chain)
{
    for (const std::uint64_t kind : {0u, 3u, 4u, 255u})
        BOOST_TEST(!is_next({}, record_chain().add({1, 2, static_cast<file_record::kind>(kind)})));
}

BOOST_AUTO_TEST_CASE(what_is_refused_changes_nothing)
{
    record_chain chain;
    file_record r = first;
    BOOST_TEST(!chain.next(encoded_record{}, r));
    BOOST_TEST(r == first);
    BOOST_TEST(chain.last == record_chain().last);
}

BOOST_AUTO_TEST_CASE(random_bytes_are_no_record)
{
    chance c(2);
    for (int i = 0; i != 100'000; ++i)
    {
        encoded_record bytes;
        std::ranges::copy(random_bytes(bytes.size(), c), bytes.begin());
        bytes[16] = std::byte{1};
        std::fill(bytes.begin() + 17, bytes.begin() + 24, std::byte{});
        BOOST_TEST(!is_next({}, bytes));
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(byte_sums)

BOOST_AUTO_TEST_CASE(a_sum_does_not_depend_on_how_the_bytes_come)
{
    chance c(3);
    const auto bytes = random_bytes(300, c);
    const std::span<const std::byte> all = bytes;
    for (std::size_t a = 0; a <= all.size(); ++a)
        for (const std::size_t n : {0u, 1u, 63u, 127u, 128u, 129u})
        {
            const std::size_t b = std::min(a + n, all.size());
            byte_sum sum;
            sum.add(all.first(a));
            sum.add(all.subspan(a, b - a));
            sum.add(all.subspan(b));
            BOOST_TEST(sum.value() == sum_of(all));
        }
}

BOOST_AUTO_TEST_CASE(zeros_count)
{
    const std::vector<std::byte> zeros(3000);
    std::set<std::uint64_t> sums;
    for (std::size_t n = 0; n <= zeros.size(); ++n)
        sums.insert(sum_of(std::span(zeros).first(n)));
    BOOST_TEST(sums.size() == zeros.size() + 1);
}

BOOST_AUTO_TEST_CASE(every_flipped_bit_makes_another_sum)
{
    chance c(4);
    for (auto bytes : {random_bytes(1030, c), std::vector<std::byte>(1030)})
    {
        std::set<std::uint64_t> sums{sum_of(bytes)};
        for (std::size_t bit = 0; bit != 8 * bytes.size(); ++bit)
        {
            flip(bytes, bit);
            sums.insert(sum_of(bytes));
            flip(bytes, bit);
        }
        BOOST_TEST(sums.size() == 8 * bytes.size() + 1);
    }
}

BOOST_AUTO_TEST_CASE(every_two_bits_of_a_row_of_words_make_another_sum)
{
    std::vector<std::byte> bytes(192);
    std::set<std::uint64_t> sums;
    for (std::size_t a = 0; a != 512; ++a)
        for (std::size_t b = a + 1; b != 8 * bytes.size(); ++b)
        {
            flip(bytes, a);
            flip(bytes, b);
            sums.insert(sum_of(bytes));
            flip(bytes, a);
            flip(bytes, b);
        }
    BOOST_TEST(sums.size() == 512u * (2 * 1536 - 513) / 2);
    BOOST_TEST(!sums.contains(sum_of(bytes)));
}

BOOST_AUTO_TEST_CASE(words_and_sectors_in_another_order_make_another_sum)
{
    chance c(5);
    const auto bytes = random_bytes(4096, c);
    for (const std::size_t size : {8u, 128u, 512u})
        for (std::size_t a = 0; a != bytes.size(); a += size)
            for (std::size_t b = a + size; b < bytes.size(); b += 5 * size)
            {
                auto exchanged = bytes;
                const auto from = exchanged.begin() + static_cast<std::ptrdiff_t>(a);
                const auto n = static_cast<std::ptrdiff_t>(size);
                std::swap_ranges(from, from + n, from + static_cast<std::ptrdiff_t>(b - a));
                BOOST_TEST(sum_of(exchanged) != sum_of(bytes));
            }
}

BOOST_AUTO_TEST_CASE(lost_sectors_make_another_sum)
{
    chance c(6);
    const auto bytes = random_bytes(8 * 512, c);
    std::set<std::uint64_t> sums;
    for (unsigned lost = 0; lost != 256; ++lost)
    {
        auto left = bytes;
        for (unsigned i = 0; i != 8; ++i)
            if (lost >> i & 1)
                std::fill_n(left.begin() + i * 512, 512, std::byte{});
        sums.insert(sum_of(left));
    }
    BOOST_TEST(sums.size() == 256u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::test
