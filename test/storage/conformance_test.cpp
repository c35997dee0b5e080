// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// The suite that users run on their storages, on ours, and on some that break their promises.

#include <spool/file_storage.hpp>
#include <spool/test_storage.hpp>

#include "support/fake_storage.hpp"
#include "support/temporary_folder.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
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

enum class flaw : std::uint8_t
{
    none,
    loses_the_last_byte,
    loses_what_is_written_while_it_is_read,
    has_zeros_for_bytes,
    reads_zeros_behind_the_end,
    writes_one_too_far,
    writes_at_the_beginning_again,
    reads_from_the_beginning,
    forgets_when_it_is_closed,
    forgets_its_second_life,
    syncs_away,
    is_always_finished,
    is_finished_by_sync,
    is_finished_when_it_is_closed,
    is_never_finished,
    removes_nothing,
    stays_finished,
    has_another_size,
};

// Keeps all promises but one.
class flawed_storage final : public storage
{
public:
    flawed_storage(std::shared_ptr<kept_bytes> kept, flaw f)
        : kept_(std::move(kept)), flaw_(f), size_(kept_->bytes.size()), finished_(kept_->finished)
    {
    }

    ~flawed_storage() override
    {
        if (is(flaw::forgets_when_it_is_closed))
            kept_->bytes.clear();
        if (is(flaw::forgets_its_second_life) && size_ != 0)
            kept_->bytes.resize(static_cast<std::size_t>(size_));
        if (is(flaw::is_finished_when_it_is_closed))
            kept_->finished = true;
    }

    std::uint64_t size() const noexcept override
    {
        return is(flaw::has_another_size) ? kept_->bytes.size() : size_;
    }
    bool finished() const noexcept override { return finished_ || is(flaw::is_always_finished); }

    void write(std::uint64_t offset, asio::const_buffer from, error_code&) override
    {
        const std::lock_guard lock(kept_->mutex);
        const std::string bytes(static_cast<const char*>(from.data()), from.size());
        std::size_t at = static_cast<std::size_t>(offset) + is(flaw::writes_one_too_far);
        if (is(flaw::writes_at_the_beginning_again))
            at -= static_cast<std::size_t>(size_);
        kept_->bytes.resize(std::max(kept_->bytes.size(), at + bytes.size()));
        if (!is(flaw::loses_what_is_written_while_it_is_read) || offset < 400'000)
            kept_->bytes.replace(at, bytes.size(), bytes);
        if (is(flaw::loses_the_last_byte))
            kept_->bytes.pop_back();
    }

    std::size_t read(std::uint64_t offset, asio::mutable_buffer to, error_code&) override
    {
        const std::lock_guard lock(kept_->mutex);
        std::memset(to.data(), 0, to.size());
        if (is(flaw::reads_zeros_behind_the_end) && offset < kept_->bytes.size())
            return copy(offset, to), to.size();
        if (is(flaw::has_zeros_for_bytes) && offset < kept_->bytes.size())
            return std::min(to.size(), kept_->bytes.size() - static_cast<std::size_t>(offset));
        return copy(is(flaw::reads_from_the_beginning) ? 0 : offset, to);
    }

    void sync(error_code&) override
    {
        kept_->finished = is(flaw::is_finished_by_sync);
        if (is(flaw::syncs_away))
            kept_->bytes.clear();
    }
    void finish(error_code&) override { kept_->finished = !is(flaw::is_never_finished); }
    void remove(error_code&) override
    {
        if (is(flaw::stays_finished))
            kept_->bytes.clear();
        else
            kept_->removed = !is(flaw::removes_nothing);
    }

private:
    bool is(flaw f) const noexcept { return flaw_ == f; }

    std::size_t copy(std::uint64_t offset, asio::mutable_buffer to) const
    {
        return asio::buffer_copy(to, asio::buffer(kept_->bytes) + static_cast<std::size_t>(offset));
    }

    std::shared_ptr<kept_bytes> kept_;
    flaw flaw_;
    std::uint64_t size_;
    bool finished_;
};

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

// The promise that the suite says is broken, or nothing.
std::string broken(flaw f)
{
    std::shared_ptr<kept_bytes> kept;
    try
    {
        test_storage([&](bool again) {
            if (!again || kept->removed)
                kept = std::make_shared<kept_bytes>();
            return std::make_unique<flawed_storage>(kept, f);
        });
        return "";
    }
    catch (const std::logic_error& e)
    {
        return std::string(e.what()).substr(std::strlen("a storage breaks its promise: "));
    }
}

BOOST_AUTO_TEST_CASE(an_error_that_should_not_be_is_told)
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

BOOST_AUTO_TEST_CASE(bytes_that_are_lost_or_wrong_are_told)
{
    const std::string right = "read gives the bytes that were written";
    const std::string some = "read gives at least one of the bytes that were written";
    const std::string again = "what was written is there again";
    BOOST_TEST(broken(flaw::none) == "");
    BOOST_TEST(broken(flaw::loses_the_last_byte) == some);
    BOOST_TEST(broken(flaw::loses_what_is_written_while_it_is_read) == right);
    BOOST_TEST(broken(flaw::has_zeros_for_bytes) == right);
    BOOST_TEST(broken(flaw::reads_zeros_behind_the_end) == "nothing is read behind the end");
    BOOST_TEST(broken(flaw::writes_one_too_far) == right);
    BOOST_TEST(broken(flaw::writes_at_the_beginning_again) == some);
    BOOST_TEST(broken(flaw::reads_from_the_beginning) == right);
    BOOST_TEST(broken(flaw::forgets_when_it_is_closed) == again);
    BOOST_TEST(broken(flaw::forgets_its_second_life) == again);
    BOOST_TEST(broken(flaw::syncs_away) == some);
}

BOOST_AUTO_TEST_CASE(an_end_that_is_not_true_is_told)
{
    const std::string again = "what was written is there again";
    const std::string is_new = "a new storage is empty and unfinished";
    BOOST_TEST(broken(flaw::is_always_finished) == is_new);
    BOOST_TEST(broken(flaw::is_finished_by_sync) == again);
    BOOST_TEST(broken(flaw::is_finished_when_it_is_closed) == again);
    BOOST_TEST(broken(flaw::is_never_finished) == "a finished storage says so and has its size");
    BOOST_TEST(broken(flaw::removes_nothing) == "nothing is left of what was removed");
    BOOST_TEST(broken(flaw::stays_finished) == "nothing is left of what was removed");
    BOOST_TEST(broken(flaw::has_another_size) == "size stays what it was at the beginning");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::test
