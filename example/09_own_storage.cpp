// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// A storage of one's own: here in memory that outlives the stream.

#include <spool/spool.hpp>
#include <spool/test_storage.hpp>

#include <boost/asio.hpp>

#include <iostream>
#include <memory>
#include <mutex>
#include <string>

namespace asio = boost::asio;
using spool::error_code;

struct kept
{
    std::mutex mutex;
    std::string bytes;
    bool is_whole = false;
};

class memory_storage final : public spool::storage
{
public:
    explicit memory_storage(std::shared_ptr<kept> k)
        : kept_(std::move(k)), size_(kept_->bytes.size()), is_whole_(kept_->is_whole)
    {
    }

    std::uint64_t size() const noexcept override { return size_; }
    bool finished() const noexcept override { return is_whole_; }

    void write(std::uint64_t, asio::const_buffer bytes, error_code&) override
    {
        const std::lock_guard lock(kept_->mutex);
        kept_->bytes.append(static_cast<const char*>(bytes.data()), bytes.size());
    }

    std::size_t read(std::uint64_t offset, asio::mutable_buffer to, error_code&) override
    {
        const std::lock_guard lock(kept_->mutex);
        return asio::buffer_copy(to, asio::buffer(kept_->bytes) + offset);
    }

    void sync(error_code&) override {}
    void finish(error_code&) override { kept_->is_whole = true; }
    void remove(error_code&) override
    {
        kept_->bytes.clear();
        kept_->is_whole = false;
    }

private:
    std::shared_ptr<kept> kept_;
    std::uint64_t size_; // at the beginning
    bool is_whole_;
};

int main()
{
    std::shared_ptr<kept> all;
    spool::test_storage([&](bool again) {
        if (!again)
            all = std::make_shared<kept>();
        return std::make_unique<memory_storage>(all);
    });
    std::cout << "it keeps its promises\n";

    asio::io_context context;
    spool::stream stream(context, memory_storage(all));
    stream.append(asio::buffer("hello", 5));
    stream.close();
    stream.async_flush(spool::level::written, [&](error_code) {
        std::cout << "it has kept " << all->bytes << '\n';
    });
    context.run();
}
