// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "storages.hpp"

#include <spool/file_storage.hpp>

#include "file_calls.hpp"
#include "operation.hpp"
#include "support/fake_storage.hpp"
#include "support/temporary_folder.hpp"

#include <boost/system/system_error.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace spool::test {

namespace {

class in_memory final : public kept_storage
{
public:
    stream make(const asio::any_io_executor& executor, const options& chosen) override
    {
        return stream(executor, fake_storage(kept_), chosen);
    }

    bool is_removed() const override { return kept_->removed; }

    void check(std::string_view bytes, bool is_whole) const override
    {
        expect(kept_->opened == 0, "the storage was not closed");
        expect(kept_->bytes == bytes, "the bytes in the storage");
        expect(kept_->finished == is_whole, "whether the storage is finished");
    }

private:
    const std::shared_ptr<kept_bytes> kept_ = std::make_shared<kept_bytes>();
};

// Nothing here is about the loss of power, and there are many runs.
class calls_without_syncs final : public detail::file_calls
{
public:
    void sync_data(int, error_code&) override {}
    void sync(int, error_code&) override {}
};

class in_file final : public kept_storage
{
public:
    in_file(publication when, file_mode mode) : when_(when), mode_(mode) {}

    stream make(const asio::any_io_executor& executor, const options& chosen) override
    {
        return stream(executor, file_storage(name_, mode_, when_, calls_), chosen);
    }

    bool is_removed() const override { return std::filesystem::is_empty(folder_.path()); }

    void check(std::string_view bytes, bool is_whole) const override
    {
        const bool has_name = is_whole || when_ == publication::in_place;
        std::ifstream file(has_name ? name_ : folder_ / "file.partial", std::ios::binary);
        expect(std::string(std::istreambuf_iterator<char>(file), {}) == bytes, "the file's bytes");
        expect(opens() == is_whole, "whether the file is finished");
        if (is_whole)
            return expect(names() == 1, "something stands beside the finished file");
        const file_storage again(name_, file_mode::resume, when_, calls_); // unless it is locked
        expect(again.size() == bytes.size(), "the records of the file");
    }

private:
    bool opens() const
    try
    {
        return file_storage(name_, file_mode::open, when_, calls_).finished();
    }
    catch (const boost::system::system_error& e)
    {
        expect(e.code() == errc::unfinished, "why the file cannot be opened");
        return false;
    }

    std::ptrdiff_t names() const
    {
        namespace fs = std::filesystem;
        return std::distance(fs::directory_iterator(folder_.path()), fs::directory_iterator());
    }

    const temporary_folder folder_;
    const std::filesystem::path name_ = folder_ / "file";
    const publication when_;
    const file_mode mode_;
    mutable calls_without_syncs calls_;
};

} // namespace

const char* name_of(keeping in) noexcept
{
    switch (in)
    {
    case keeping::memory:
        return "in memory";
    case keeping::storage_in_memory:
        return "in a storage in memory";
    case keeping::file_on_finish:
        return "in a file that is published when it is finished";
    case keeping::file_in_place:
        return "in a file that is written in place";
    case keeping::example:
        return "in the storage of the example";
    }
    return "";
}

std::unique_ptr<kept_storage> make_storage(keeping in, std::uint64_t seed)
{
    const file_mode mode = static_cast<file_mode>(seed / 7 % 3); // to begin with nothing
    switch (in)
    {
    case keeping::memory:
        break;
    case keeping::storage_in_memory:
        return std::make_unique<in_memory>();
    case keeping::file_on_finish:
        return std::make_unique<in_file>(publication::on_finish, mode);
    case keeping::file_in_place:
        return std::make_unique<in_file>(publication::in_place, mode);
    case keeping::example:
        return make_example_storage();
    }
    return nullptr;
}

} // namespace spool::test
