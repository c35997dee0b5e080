// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// One run of the model test: a stream, its handles, two execution contexts, and the oracle. The script
// is drawn from the seed while it is played: the next action, or the next function of a context. What the
// stream keeps its bytes in draws from a source of its own, so that the same seed plays the same script.

#include "boxes.hpp"
#include "handler.hpp"
#include "oracle.hpp"
#include "played_context.hpp"
#include "storages.hpp"
#include "support/chance.hpp"
#include "support/manual_alarm.hpp"
#include "tally.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/error.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace spool::test {

// What every call with an `error_code&` finds there.
inline const error_code old_error = asio::error::fault;

// Whether the stream of this run lets go of bytes: a third of all, whatever they keep them in.
constexpr bool is_bounded(std::uint64_t seed) noexcept
{
    return seed / 3 % 3 == 0;
}

class world final : private handler_watcher
{
public:
    world(std::uint64_t seed, keeping in, bool traced, tally& counts);
    ~world();
    world(const world&) = delete;
    world& operator=(const world&) = delete;

    // Throws `mismatch` if something happens that may not.
    void play();
    std::size_t steps() const noexcept { return steps_; }

private:
    struct thrown_by_handler
    {
    };

    struct signal_use
    {
        asio::cancellation_signal signal;
        operation* user = nullptr;
    };

    struct held_view
    {
        spool::view bytes;
        std::uint64_t offset;
    };

    using action = void (world::*)();
    struct weighted_action
    {
        unsigned weight;
        action act;
    };
    static const std::vector<weighted_action> script;
    static const std::vector<weighted_action> bounded_script;
    static constexpr char untouched = '\x5a'; // in buffers, where no byte was put

    // handler_watcher
    void called(operation& op, error_code ec, std::uint64_t n) override;
    void dropped(operation& op) noexcept override;
    void check_outcome(operation& op, error_code ec, std::uint64_t n);
    void check_touched(const operation& op, std::uint64_t n) const;
    void check_read(operation& op, error_code ec, std::uint64_t n);
    void check_view(const operation& op, error_code ec, std::uint64_t n);
    bool shows(const view& bytes, std::uint64_t offset) const;

    // The script.
    void act();
    void act(const std::vector<weighted_action>& any_of);
    void step();
    bool run_one();
    void run_until_quiet();
    void finale();
    void let_go_of_something();
    void observe();
    void inspect();
    void inspect_reader(reader_box& box);
    void check_statistics(const stream_statistics& now, bool quiet) const;
    void check_memory(const stream_statistics& now) const;
    void check_quiet();
    void check_kept();
    void use_up_disk();
    void check_work();
    void trace(const char* format, ...) const __attribute__((format(printf, 2, 3)));

    // Chances.
    bool one_in(std::size_t n) { return chance_.below(n) == 0; }
    std::size_t length();
    std::uint64_t some_offset();
    std::string random_bytes(std::size_t n);
    std::vector<asio::const_buffer> pieces_of(const std::string& bytes);
    std::array<asio::mutable_buffer, 3> pieces_to(std::string& bytes);
    std::shared_ptr<writer_box> some_writer();
    std::shared_ptr<reader_box> some_reader();
    std::size_t some_context();
    home some_home();

    template <class Place>
    auto some_of(const std::vector<Place>& places);

    // Starting operations.
    operation& new_operation(kind what, const home& at, std::uint64_t offset, std::uint64_t wanted);
    model_handler handler_for(operation& op, const home& at, std::shared_ptr<void> owned);
    template <class Handle, class Start>
    void call(Handle& handle, operation& op, model_handler handler, Start start);
    bool was_started(const operation& op) const;
    template <class Box>
    std::shared_ptr<void> maybe_given(std::vector<place_of<Box>>& places, const Box& box);

    // Actions on the write handle.
    template <class Write>
    void append_at_once(bool some, Write write);
    template <class Start>
    void start_write(kind what, std::uint64_t wanted, Start start, bool some = false);
    void append();
    void write_some();
    void async_append();
    void async_write_some();
    void prepare();
    void async_prepare();
    void hand_over(asio::mutable_buffer region);
    void commit();
    void commit(std::size_t n);
    void close_stream();
    void abort_stream();
    void discard_stream();
    void abort_stream(bool discards);
    void declare_size();
    void drain();
    void remove();
    void move_writer();
    void assign_writer();
    void destroy_writer();
    void give_back_lost_region();

    // Reads.
    template <class Start>
    void
    start_read(kind what, std::optional<std::uint64_t> offset, std::uint64_t wanted, Start start);
    template <class Read>
    void
    read_at_once(kind what, std::optional<std::uint64_t> offset, std::uint64_t wanted, Read read);
    void trace_read(const operation& op, error_code ec, std::uint64_t n) const;
    std::uint64_t bytes_to_wait_for();
    void async_read_some();
    void async_read_some_at();
    void async_read_at();
    void async_wait();
    void async_wait_at();
    void async_wait_by_many();
    void async_read_view();
    void async_read_view_at();
    void async_seek_end();
    void read_some();
    void read_some_at();
    void read_view();
    void read_view_at();
    void keep(view bytes, std::uint64_t offset);
    void drop_view();

    // The life of handles.
    void make_reader();
    void clone_reader();
    void add_reader(
        home at, reader made, error_code ec, start_position start, bool could, bool tethered);
    start_position some_start();
    bool has_room_for_reader() const;
    void seek();
    void cancel_reader();
    void close_reader();
    void close_reader(reader_box& box);
    void move_reader();
    void assign_reader();
    void destroy_reader();
    template <class Place>
    void let_go(std::vector<Place>& places, std::size_t i);

    // The rest.
    void emit();
    bool can_end(std::size_t context) const;
    void end_some_context();
    void end_context(std::size_t context);
    void forget_context(std::size_t context);

    // Bounded streams.
    stream make_stream(const asio::any_io_executor& executor, bool bounded);
    retention some_retention();
    void set_retention();
    void set_tethered();
    void let_time_pass();

    chance chance_;
    bool traced_;
    tally& tally_;
    std::size_t depth_ = 0; // of calls into the library
    std::size_t steps_ = 0;
    std::size_t actions_left_;
    std::size_t run_share_; // of 16 steps, how many run a function
    std::size_t longest_;   // append and read
    std::size_t long_share_ = 4;
    bool bounded_ = false;
    bool with_asio_;
    bool with_strands_;
    bool crowded_;
    bool throws_;
    bool acts_inside_ = true;
    std::string late_failure_; // found where nothing may be thrown

    std::unique_ptr<kept_storage> kept_; // null in memory
    chance disk_chance_;
    chance_context disk_; // where it is called
    std::shared_ptr<manual_alarm> clock_ = std::make_shared<manual_alarm>();
    std::chrono::nanoseconds stall_limit_{};
    std::size_t own_context_ = 0; // of the stream
    oracle oracle_;
    std::deque<operation> operations_;
    std::deque<signal_use> signals_;
    std::array<std::unique_ptr<played_context>, 2> contexts_;
    std::array<asio::any_io_executor, 2> plain_;
    std::array<asio::any_io_executor, 2> strands_;
    std::vector<writer_place> writers_;
    std::vector<reader_place> readers_;
    std::vector<held_view> views_;
    asio::mutable_buffer region_; // that was handed over
};

template <class Handle, class Start>
void world::call(Handle& handle, operation& op, model_handler handler, Start start)
{
    const library_call here(depth_);
    if (op.plain)
        start(handle, op, plain_handler(std::move(handler)));
    else
        start(handle, op, std::move(handler));
}

} // namespace spool::test
