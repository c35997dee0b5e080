// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// Lives of a file: begun, resumed, discarded from, replaced, finished and removed by one storage after the
// other, as chance has it, on a disk whose calls fail now and then; each ends, is killed, or loses its power. After each,
// what is there must be right.

#include <spool/file_storage.hpp>

#include "file_scenario.hpp"
#include "support/chance.hpp"
#include "support/errors.hpp"
#include "support/faulty_calls.hpp"
#include "support/memory_disk.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/system/system_error.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace spool::test {

namespace {

class file_life
{
public:
    file_life(std::uint64_t seed, publication when) : chance_(seed), when_(when)
    {
        if (chance_.coin())
            disk_->lack_rename_new();
    }

    // One storage, and what is left of it; false if that is wrong.
    bool goes_on()
    {
        before_ = std::exchange(now_, {});
        has_begun_ = finished_ = may_be_finished_ = may_be_removed_ = removed_ = false;
        mode_ = static_cast<file_mode>(chance_.below(3));
        if (chance_.coin())
            disk_->fail({chance_.below(40), cause, true, chance_.coin()});
        use();
        const bool has_lost_power = chance_.below(3) == 0;
        disk_ = has_lost_power ? disk_->after_power_loss(chance_) : disk_->after_kill();
        if ((may_be_finished_ && !finished_) || (may_be_removed_ && !removed_))
            make_names_sure(); // or the next loss of power might undo it
        return look(has_lost_power);
    }

    std::size_t finished() const noexcept { return times_finished_; }
    std::size_t discarded_from() const noexcept { return times_discarded_from_; }

private:
    struct unfinished_file
    {
        std::string bytes;
        std::size_t written = 0;
        std::size_t synced = 0;
        std::uint64_t discarded = 0;
    };

    bool in_place() const noexcept { return when_ == publication::in_place; }

    void use()
    try
    {
        faulty_calls calls(*disk_, chance_, chance_.coin() ? 0 : 30);
        file_storage s("f", mode_, when_, calls);
        has_begun_ = true;
        if (s.size() != 0)
            now_ = {
                before_->bytes.substr(0, static_cast<std::size_t>(s.size())),
                0,
                0,
                std::min(before_->discarded, s.size())};
        else
            now_ = unfinished_file();
        now_->written = now_->bytes.size();
        now_->synced = s.size() != 0 ? std::min(before_->synced, now_->written) : 0;
        error_code ec;
        for (std::size_t n = chance_.below(6); n != 0 && !ec; --n)
            write(s, ec);
        if (chance_.below(8) == 0)
            remove(s);
        else if (chance_.below(3) == 0)
            finish(s);
    }
    catch (const boost::system::system_error&)
    {
    }

    void write(file_storage& s, error_code& ec)
    {
        const std::string bytes(1 + chance_.below(1500), static_cast<char>(chance_.below(256)));
        const std::size_t offset = now_->bytes.size();
        now_->bytes += bytes;
        s.write(offset, asio::buffer(bytes), ec);
        if (ec)
            return;
        now_->written = now_->bytes.size();
        const std::size_t what = chance_.below(3);
        if (what == 0)
            s.sync(ec);
        if (what == 0 && !ec)
            now_->synced = now_->written;
        if (what == 1)
            now_->discarded +=
                chance_.below(now_->written - static_cast<std::size_t>(now_->discarded) + 1);
        if (what == 1)
            s.discard(now_->discarded, ec);
    }

    void finish(file_storage& s)
    {
        error_code ec;
        may_be_finished_ = now_->written == now_->bytes.size();
        s.finish(ec);
        finished_ = !ec;
        if (ec && chance_.coin())
            remove(s);
    }

    void remove(file_storage& s)
    {
        error_code ec;
        may_be_removed_ = true;
        s.remove(ec);
        removed_ = !ec;
    }

    void make_names_sure()
    {
        error_code ec;
        const int folder = disk_->open(".", detail::opening::folder, ec);
        disk_->sync(folder, ec);
        disk_->close(folder);
    }

    left_bytes left(file_mode mode)
    {
        file_storage s("f", mode, when_, *disk_);
        return all_of(s);
    }

    bool look(bool has_lost_power)
    {
        const bool is_whole = disk_->has("f") && !(in_place() && disk_->has("f.unfinished"));
        const bool is_begun = in_place()
                                  ? disk_->has("f") && !is_whole
                                  : disk_->has("f.partial") && !disk_->is_same("f", "f.partial");
        std::optional<left_bytes> whole, begun;
        if (is_whole)
            whole = left(file_mode::open);
        if (is_begun)
            begun = left(file_mode::resume);
        const bool is_right = whole_is_right(whole) && begun_is_right(begun, has_lost_power);
        whole_ = std::move(whole);
        times_finished_ += finished_;
        times_discarded_from_ += (whole_ && whole_->base != 0) + (begun && begun->base != 0);
        go_on_with(begun, has_lost_power);
        return is_right;
    }

    // What is there is what there will be; whatever was discarded.
    void go_on_with(const std::optional<left_bytes>& begun, bool has_lost_power)
    {
        const std::size_t synced = now_ ? now_->synced : before_ ? before_->synced : 0;
        const std::uint64_t discarded =
            std::max(now_ ? now_->discarded : 0, before_ ? before_->discarded : 0);
        now_.reset();
        if (!begun)
            return;
        const std::string bytes =
            std::string(static_cast<std::size_t>(begun->base), '?') + begun->bytes;
        now_ = {
            bytes,
            bytes.size(),
            has_lost_power ? bytes.size() : std::min(synced, bytes.size()),
            std::min<std::uint64_t>(discarded, bytes.size())};
    }

    bool is_all(const left_bytes& whole) const
    {
        return expected_bytes{now_->bytes, now_->bytes.size(), now_->discarded}.holds(whole);
    }

    bool whole_is_right(const std::optional<left_bytes>& whole) const
    {
        if (finished_)
            return whole && is_all(*whole);
        if (whole && whole != whole_)
            return may_be_finished_ && !removed_ && is_all(*whole);
        const bool may_be_gone =
            (in_place() && mode_ == file_mode::replace) || (may_be_finished_ && may_be_removed_);
        return whole == whole_ || (!whole && may_be_gone);
    }

    // Of what was before it may be, too, if the storage did not begin.
    bool begun_is_right(const std::optional<left_bytes>& begun, bool has_lost_power) const
    {
        const bool is_replaced = mode_ == file_mode::replace;
        const auto holds = [&](const std::optional<unfinished_file>& file, bool may_be_cut) {
            const std::size_t least = !file || may_be_cut || may_be_removed_ ? 0
                                      : has_lost_power                       ? file->synced
                                                                             : file->written;
            const unfinished_file all = file.value_or(unfinished_file());
            return begun ? expected_bytes{all.bytes, least, all.discarded}.holds(*begun)
                         : least == 0 || may_be_finished_;
        };
        if (has_begun_ && (finished_ || removed_) && begun)
            return false;
        if (has_begun_)
            return holds(now_, false) ||
                   (is_replaced && now_->synced == 0 && has_lost_power && holds(before_, true));
        return holds(before_, is_replaced);
    }

    chance chance_;
    publication when_;
    std::unique_ptr<memory_disk> disk_ = std::make_unique<memory_disk>();
    std::optional<left_bytes> whole_; // the finished file
    std::optional<unfinished_file> before_, now_;
    file_mode mode_{};
    bool has_begun_ = false;
    bool finished_ = false, may_be_finished_ = false;
    bool removed_ = false, may_be_removed_ = false;
    std::size_t times_finished_ = 0, times_discarded_from_ = 0;
};

file_life live(std::uint64_t seed, publication when, std::size_t storages)
{
    file_life life(seed, when);
    for (std::size_t i = 0; i != storages; ++i)
        BOOST_TEST_REQUIRE(life.goes_on(), "SPOOL_SEED=" << seed << ", storage " << i);
    return life;
}

BOOST_AUTO_TEST_SUITE(file_lives)

BOOST_AUTO_TEST_CASE(a_file_is_right_after_every_storage_and_every_crash)
{
    std::size_t finished = 0, discarded_from = 0;
    for (const publication when : {publication::on_finish, publication::in_place})
        for (std::uint64_t seed = 1; seed <= 1000; ++seed)
        {
            const file_life life = live(seed, when, 20);
            finished += life.finished();
            discarded_from += life.discarded_from();
        }
    BOOST_TEST((finished > 1000u && discarded_from > 1000u));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace

} // namespace spool::test
