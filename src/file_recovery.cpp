// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// Finding the end of an unfinished file: behind the last byte that is known to be right.
//
// The records are read twice, from the anchor on. The first time finds the last sync in their chain, which
// needs no proof; from there on the bytes of each record are summed, until one does not fit. What lies
// behind is cut off, of both files; of the records for good, or they would come back with their bytes when
// power is lost, in the place of what is written then. The anchor may not be on the disk yet, either, and
// the next one may be written where the last one is that is: so it is synced first. Nothing else is
// changed, so being interrupted does no harm.

#include "kept_file.hpp"

#include <algorithm>
#include <vector>

namespace spool::detail {

namespace {

// Reads the records of a file one by one, while they are a chain.
class record_reader
{
public:
    record_reader(open_file& file, std::uint64_t at, const record_chain& chain)
        : file_(file), at_(at), chain_(chain)
    {
    }

    bool next(file_record& r, error_code& ec)
    {
        if (begun_ == filled_)
        {
            begun_ = 0;
            const std::size_t n = file_.read(at_, asio::buffer(block_), ec);
            filled_ = n - n % record_size;
        }
        if (ec || begun_ == filled_)
            return false;
        const auto bytes = std::span(block_).subspan(begun_).first<record_size>();
        if (!chain_.next(bytes, r))
            return false;
        begun_ += record_size;
        at_ += record_size;
        return true;
    }

    std::uint64_t position() const noexcept { return at_; }
    const record_chain& chain() const noexcept { return chain_; }

private:
    open_file& file_;
    std::uint64_t at_;
    record_chain chain_;
    std::vector<std::byte> block_ = std::vector<std::byte>(64 << 10);
    std::size_t begun_ = 0;
    std::size_t filled_ = 0;
};

// Whether the bytes are there and have the sum.
bool have_sum(
    open_file& file,
    std::uint64_t begin,
    std::uint64_t end,
    std::uint64_t sum,
    std::vector<std::byte>& block,
    error_code& ec)
{
    byte_sum found;
    while (begin != end)
    {
        const std::size_t n = std::min<std::uint64_t>(block.size(), end - begin);
        if (file.read(begin, asio::buffer(block, n), ec) != n)
            return false;
        found.add(std::span(block).first(n));
        begin += n;
    }
    return found.value() == sum;
}

} // namespace

void kept_file::recover(error_code& ec)
{
    find_anchor(ec);
    if (ec)
        return;
    file_record r;
    record_reader all(records_, end_of_records_, chain_);
    while (all.next(r, ec))
        if (r.what == file_record::kind::sync)
        {
            end_of_records_ = all.position();
            chain_ = all.chain();
            end_ = r.end;
        }
    const std::uint64_t size = ec ? 0 : data_.size(ec);
    if (!ec && size < end_)
        ec = errc::lost;
    if (ec)
        return;

    std::vector<std::byte> block(256 << 10);
    record_reader unsynced(records_, end_of_records_, chain_);
    while (unsynced.next(r, ec) && r.end >= end_ && r.end <= size &&
           have_sum(data_, end_, r.end, r.sum, block, ec))
    {
        end_of_records_ = unsynced.position();
        chain_ = unsynced.chain();
        end_ = r.end;
    }
    if (!ec)
        data_.truncate(end_, ec);
    if (!ec)
        records_.truncate(end_of_records_, ec);
    if (!ec && (end_ != size || base_ != 0))
        records_.sync_data(ec);
    size_ = end_;
}

} // namespace spool::detail
