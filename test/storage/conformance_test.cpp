// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// The suite that users run on their storages, on ours, and on some that break their promises.

#include <spool/file_storage.hpp>
#include <spool/test_storage.hpp>

#include "support/fake_storage.hpp"
#include "support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <memory>
#include <stdexcept>
#include <utility>

namespace spool::test {

namespace {

auto in_memory(std::shared_ptr<kept_bytes>& kept)
{
    return [&kept](bool again) {
        if (!again || kept->removed)
            kept = std::make_shared<kept_bytes>();
        return std::make_unique<fake_storage>(kept);
    };
}

BOOST_AUTO_TEST_SUITE(conformance)

BOOST_AUTO_TEST_CASE(a_storage_in_memory_conforms)
{
    std::shared_ptr<kept_bytes> kept;
    BOOST_CHECK_NO_THROW(test_storage(in_memory(kept)));
}

BOOST_AUTO_TEST_CASE(a_storage_in_a_file_conforms)
{
    for (const publication when : {publication::on_finish, publication::in_place})
    {
        const temporary_folder folder;
        const auto name = folder / "file";
        test_storage([&](bool again) {
            if (!again)
                std::filesystem::remove(name);
            if (!again)
                return std::make_unique<file_storage>(name, file_mode::replace, when);
            const bool is_whole = std::filesystem::exists(name) &&
                                  !std::filesystem::exists(folder / "file.unfinished");
            return std::make_unique<file_storage>(
                name, is_whole ? file_mode::open : file_mode::resume, when);
        });
    }
}

BOOST_AUTO_TEST_CASE(what_does_not_conform_is_told)
{
    for (error_code kept_bytes::*failing :
         {&kept_bytes::write_error,
          &kept_bytes::read_error,
          &kept_bytes::sync_error,
          &kept_bytes::discard_error,
          &kept_bytes::finish_error,
          &kept_bytes::remove_error})
    {
        std::shared_ptr<kept_bytes> kept;
        const auto make = [&](bool again) {
            auto s = in_memory(kept)(again);
            kept.get()->*failing = asio::error::fault;
            return s;
        };
        BOOST_CHECK_THROW(test_storage(make), std::logic_error);
    }
}

BOOST_AUTO_TEST_CASE(a_storage_that_discards_too_much_is_told)
{
    std::shared_ptr<kept_bytes> kept;
    const auto hit_last = [&](bool again) {
        auto s = in_memory(kept)(again);
        kept->on_discard = [&] { kept->bytes.back() = fake_storage::poison; };
        return s;
    };
    BOOST_CHECK_THROW(test_storage(hit_last), std::logic_error);
    const auto claim_one = [&](bool again) {
        if (again && kept->discards != 0)
            ++kept->base;
        return in_memory(kept)(again);
    };
    BOOST_CHECK_THROW(test_storage(claim_one), std::logic_error);
}

// As all those are that were there before `discard` was.
class keeping_storage final : public storage
{
public:
    explicit keeping_storage(std::shared_ptr<kept_bytes> kept) : to_(std::move(kept)) {}

    std::uint64_t size() const noexcept override { return to_.size(); }
    bool finished() const noexcept override { return to_.finished(); }
    void write(std::uint64_t offset, asio::const_buffer bytes, error_code& ec) override
    {
        to_.write(offset, bytes, ec);
    }
    std::size_t read(std::uint64_t offset, asio::mutable_buffer bytes, error_code& ec) override
    {
        return to_.read(offset, bytes, ec);
    }
    void sync(error_code& ec) override { to_.sync(ec); }
    void finish(error_code& ec) override { to_.finish(ec); }
    void remove(error_code& ec) override { to_.remove(ec); }

private:
    fake_storage to_;
};

BOOST_AUTO_TEST_CASE(a_storage_that_discards_nothing_conforms)
{
    std::shared_ptr<kept_bytes> kept;
    BOOST_CHECK_NO_THROW(test_storage([&](bool again) {
        in_memory(kept)(again);
        return std::make_unique<keeping_storage>(kept);
    }));
    BOOST_TEST(kept->discards == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::test
