// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// The space of a file: taken ahead of what is written, and given back where nobody needs it.
//
// Writing into space that was taken ahead was a third faster on ext4, with pieces of 64 KiB. Without it the
// file is as good, so no error of that matters: if there is no space, the write itself finds out.
//
// None of the bytes whose space is given back is ever taken for a zero.
// The anchor is on the disk before there is a hole; and before the anchor, the bytes behind the hole, because
// it says that they need no proof. So no sum is ever asked for of bytes that have become a hole, and their
// records can go as well. A crash in between leaves some that could have gone: therefore each hole is made
// from the beginning on, which costs nothing where there is one.

#include "kept_file.hpp"

#include <boost/system/errc.hpp>

#include <algorithm>
#include <limits>
#include <vector>

namespace spool::detail {

namespace {

namespace generic = boost::system::errc;

bool is_not_supported(const error_code& ec)
{
    return ec == generic::operation_not_supported || ec == generic::function_not_supported;
}

} // namespace

void kept_file::take_ahead(std::uint64_t begin, std::uint64_t end)
{
    const std::uint64_t space = space_ahead(end - base_);
    if (end <= taken_ || space == 0)
        return;
    error_code ec;
    data_.reserve(begin, end + space, ec);
    taken_ = end + space;
    if (ec)
        taken_ = std::numeric_limits<std::uint64_t>::max(); // so there is no other attempt
}

// Of what was taken ahead.
void kept_file::give_back_the_rest()
{
    error_code ignored;
    const std::uint64_t size = taken_ == 0 ? 0 : data_.size(ignored);
    if (size != 0)
        data_.truncate(size, ignored);
}

void kept_file::discard(std::uint64_t end, error_code& ec)
{
    ec = {};
    if (is_published_ || mode_ == file_mode::open)
        return; // what the file says of itself is not written again
    ec = refused_;
    if (!ec && end > end_)
        ec = generic::make_error_code(generic::invalid_argument);
    if (ec)
        return;
    forgotten_ = std::max(forgotten_, end);
    give_back(false, ec);
    refused_ = ec;
}

// All that is forgotten, or if it is worth it.
void kept_file::give_back(bool all, error_code& ec)
{
    if (forgotten_ <= base_ || !makes_holes_)
        return;
    if (block_ == 0)
        block_ = data_.block(ec);
    if (ec)
        return;
    const std::uint64_t base = whole_blocks(forgotten_, block_);
    if (base <= std::max(base_.load(), first_hole(block_)) ||
        (!all && !is_worth_it(base_, base, end_, block_)))
        return;
    data_.sync_data(ec);
    if (!ec)
        sync_names(ec);
    if (!ec)
        save_anchor(base, ec);
    if (!ec)
        base_ = base; // before the hole, or somebody would read it
    if (!ec)
        make_hole(data_, first_hole(block_), base, ec);
    if (!ec)
        make_hole(records_, first_record, end_of_records_, ec);
}

void kept_file::save_anchor(std::uint64_t base, error_code& ec)
{
    const encoded_anchor bytes = encode({base, end_, end_of_records_, chain_});
    records_.write(next_slot_ * slot_size, asio::buffer(bytes), ec);
    if (!ec)
        records_.sync_data(ec);
    next_slot_ = 1 - next_slot_;
    if (!ec)
        records_.write(next_slot_ * slot_size, asio::buffer(bytes), ec);
}

// Of the whole blocks, if the file system can.
void kept_file::make_hole(open_file& file, std::uint64_t begin, std::uint64_t end, error_code& ec)
{
    begin = whole_blocks(begin + block_ - 1, block_);
    end = whole_blocks(end, block_);
    if (begin < end && makes_holes_)
        file.discard(begin, end, ec);
    if (!is_not_supported(ec))
        return;
    makes_holes_ = false;
    ec = {};
}

void kept_file::find_anchor(error_code& ec)
{
    std::vector<std::byte> slots(first_record);
    records_.read(0, asio::buffer(slots), ec);
    if (ec)
        return;
    const found_anchor found = detail::find_anchor(std::span(slots).first<first_record>());
    if (found.is_damaged)
        ec = errc::lost;
    end_ = found.anchor.end;
    end_of_records_ = found.anchor.records;
    chain_ = found.anchor.chain;
    first_ = base_ = found.anchor.base;
    next_slot_ = found.next_slot;
}

// What a finished file of that size keeps, by what it says of itself; nothing if it is damaged.
std::optional<kept_range> kept_file::range_of(std::uint64_t size, error_code& ec)
{
    file_mark first{}, last{};
    if (size >= mark_size)
        data_.read(0, asio::buffer(first), ec);
    if (size >= mark_size && !ec)
        data_.read(size - mark_size, asio::buffer(last), ec);
    return detail::range_of(size, first, last);
}

void kept_file::open_range(error_code& ec)
{
    const std::uint64_t size = data_.size(ec);
    const std::optional<kept_range> kept = ec ? std::nullopt : range_of(size, ec);
    if (!ec && !kept)
        ec = errc::lost;
    if (ec)
        return;
    first_ = base_ = kept->base;
    size_ = last_ = kept->end;
}

// A file whose bytes are all there has none, unless it would be taken for another one.
void kept_file::set_marks(error_code& ec)
{
    const kept_range kept{base_, end_};
    if (kept.base == 0 && (range_of(end_, ec) == kept || ec))
        return;
    last_ = end_;
    if (kept.base != 0)
        data_.write(0, asio::buffer(front_mark()), ec);
    if (!ec)
        data_.write(end_, asio::buffer(end_mark(kept)), ec);
}

} // namespace spool::detail
