// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "file_base.hpp"

#include <cstring>
#include <string_view>

namespace spool::detail {

namespace {

// So that neither is taken for the other, or for a record: "spool an", "spool me".
constexpr record_chain anchors{0x73706f6f6c20616e};
constexpr record_chain marks{0x73706f6f6c206d65};

constexpr std::string_view front = "spool: forgotten bytes were here";
static_assert(front.size() == mark_size);

bool decode(std::span<const std::byte, anchor_size> bytes, file_anchor& a) noexcept
{
    record_chain chain = anchors;
    file_record bytes_kept, records_kept;
    if (!chain.next(bytes.first<record_size>(), bytes_kept) ||
        !chain.next(bytes.last<record_size>(), records_kept))
        return false;
    a = {bytes_kept.sum, bytes_kept.end, records_kept.end, {records_kept.sum}};
    return true;
}

} // namespace

encoded_anchor encode(const file_anchor& a) noexcept
{
    encoded_anchor bytes;
    record_chain chain = anchors;
    std::ranges::copy(chain.add({a.end, a.base, file_record::kind::sync}), bytes.begin());
    std::ranges::copy(
        chain.add({a.records, a.chain.last, file_record::kind::sync}), bytes.begin() + record_size);
    return bytes;
}

// A slot that is not empty and says nothing is torn, or damaged. Torn can be one.
found_anchor find_anchor(std::span<const std::byte, first_record> slots) noexcept
{
    found_anchor found;
    std::size_t bad = 0;
    bool is_there = false;
    for (std::size_t slot = 0; slot != 2; ++slot)
    {
        const auto bytes = slots.subspan(slot * slot_size).first<anchor_size>();
        file_anchor a;
        if (!decode(bytes, a))
            bad += std::ranges::any_of(bytes, [](std::byte b) { return b != std::byte{}; });
        else if (!is_there || a.base > found.anchor.base)
        {
            found.anchor = a;
            found.next_slot = 1 - slot;
            is_there = true;
        }
    }
    found.is_damaged = bad == 2;
    return found;
}

file_mark front_mark() noexcept
{
    file_mark bytes;
    std::memcpy(bytes.data(), front.data(), front.size());
    return bytes;
}

file_mark end_mark(const kept_range& kept) noexcept
{
    return record_chain(marks).add({kept.end, kept.base, file_record::kind::sync});
}

std::optional<kept_range>
range_of(std::uint64_t size, const file_mark& first, const file_mark& last) noexcept
{
    const bool is_marked = size >= mark_size && first == front_mark();
    file_record r;
    const bool has_end = size >= mark_size && record_chain(marks).next(last, r) &&
                         r.end == size - mark_size && r.sum <= r.end;
    if (!has_end)
        return is_marked ? std::nullopt : std::optional(kept_range{0, size});
    return r.sum == 0 || is_marked ? std::optional(kept_range{r.sum, r.end}) : std::nullopt;
}

} // namespace spool::detail
