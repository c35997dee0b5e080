// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// A storage in memory, whose bytes outlive it, that counts what is asked of it and fails on demand. What is
// discarded is overwritten, so that whoever reads it all the same is found.

#include <spool/storage.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

namespace spool::test {

struct kept_bytes
{
    std::mutex mutex;
    std::string bytes;
    std::uint64_t base = 0; // all below it is poison
    bool finished = false;
    bool removed = false;
    std::size_t synced = 0;
    std::size_t writes = 0;
    std::size_t reads = 0;
    std::size_t syncs = 0;
    std::size_t discards = 0;
    std::size_t opened = 0;
    error_code write_error, read_error, sync_error, discard_error, finish_error,
        remove_error;                                               // from now on
    std::function<void()> on_write, on_sync, on_discard, on_finish; // before it is done
};

class fake_storage final : public storage
{
public:
    static constexpr char poison = '\xdb';

    explicit fake_storage(std::shared_ptr<kept_bytes> kept)
        : kept_(std::move(kept)), size_(kept_->bytes.size()), base_(kept_->base),
          finished_(kept_->finished)
    {
        ++kept_->opened;
    }
    fake_storage(fake_storage&&) = default;

    ~fake_storage() override
    {
        if (kept_)
            --kept_->opened;
    }

    std::uint64_t size() const noexcept override { return size_; }
    bool finished() const noexcept override { return finished_; }
    std::uint64_t base() const noexcept override { return base_; }

    void write(std::uint64_t offset, asio::const_buffer bytes, error_code& ec) override
    {
        if (kept_->on_write)
            kept_->on_write();
        const std::lock_guard lock(kept_->mutex);
        ++kept_->writes;
        ec = kept_->write_error;
        if (!ec && (offset != kept_->bytes.size() || kept_->finished))
            ec = asio::error::invalid_argument;
        if (!ec)
            kept_->bytes.append(static_cast<const char*>(bytes.data()), bytes.size());
    }

    std::size_t read(std::uint64_t offset, asio::mutable_buffer bytes, error_code& ec) override
    {
        const std::lock_guard lock(kept_->mutex);
        ++kept_->reads;
        ec = kept_->read_error;
        if (ec || offset >= kept_->bytes.size())
            return 0;
        return kept_->bytes.copy(
            static_cast<char*>(bytes.data()), bytes.size(), static_cast<std::size_t>(offset));
    }

    void sync(error_code& ec) override
    {
        if (kept_->on_sync)
            kept_->on_sync();
        ++kept_->syncs;
        ec = kept_->sync_error;
        kept_->synced = kept_->bytes.size();
    }

    void discard(std::uint64_t end, error_code& ec) override
    {
        if (kept_->on_discard)
            kept_->on_discard();
        const std::lock_guard lock(kept_->mutex);
        ++kept_->discards;
        ec = kept_->discard_error;
        if (!ec && (end < kept_->base || end > kept_->bytes.size()))
            ec = asio::error::invalid_argument;
        if (ec)
            return;
        const auto at = [&](std::uint64_t n) {
            return kept_->bytes.begin() + static_cast<std::ptrdiff_t>(n);
        };
        std::fill(at(kept_->base), at(end), poison);
        kept_->base = end;
    }

    void finish(error_code& ec) override
    {
        if (kept_->on_finish)
            kept_->on_finish();
        ec = kept_->finish_error;
        kept_->finished = !ec;
    }

    void remove(error_code& ec) override
    {
        ec = kept_->remove_error;
        kept_->removed = !ec;
    }

private:
    std::shared_ptr<kept_bytes> kept_;
    std::uint64_t size_;
    std::uint64_t base_;
    bool finished_;
};

} // namespace spool::test
