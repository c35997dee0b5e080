// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// Every order of destroying two readers, a stream and two contexts, with an operation pending (C13).
// A model of a few lines says which handlers must be called; all others must be destroyed uninvoked.

#include <spool/reader.hpp>
#include <spool/stream.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <memory>
#include <sstream>
#include <utility>

namespace {

namespace asio = boost::asio;
using spool::error_code;

enum thing : unsigned
{
    first_reader, // it, its operations and the stream belong to context_a
    second_reader,
    the_stream,
    context_a,
    context_b,
};

using order = std::array<thing, 5>;

constexpr unsigned bit(thing t)
{
    return 1u << t;
}

enum operation
{
    read_some,
    read_some_at,
    read_at,
    wait,
    wait_at,
    read_view,
    read_view_at,
    seek_end,
    append,
    prepare,
    drain,
    remove_all,
};

enum stage
{
    waiting,
    reached,
    cancelled,
};

enum executor_kind
{
    plain,
    strand_of_context,
    strand_of_any,
};

struct scenario
{
    operation what = read_some;
    stage at = waiting;
    executor_kind kind = plain;
    bool coroutine = false;
    bool elsewhere = false; // the handler belongs to context B
    bool owns = false;      // the handler owns the last reference to the handle it waits on
    bool runs = false;      // the contexts run after every step

    thing handle() const { return what < append ? first_reader : the_stream; }
};

// What must come of the operations.
class model
{
public:
    struct pending
    {
        unsigned contexts;
        unsigned enders; // the handles whose end completes it
        unsigned owned = 0;
        bool decided = false;
        bool over = false;
        bool called = false;
    };

    std::array<pending, 3> operations{};

    bool is_gone(thing t) const { return (gone_ & bit(t)) != 0; }

    // The test destroys a context, or lets go of a handle.
    void let_go(thing t)
    {
        held_ &= ~bit(t);
        check(t);
    }

    void run()
    {
        for (bool again = true; std::exchange(again, false);)
            for (pending& p : operations)
                if (!p.over && p.decided)
                {
                    end(p, true);
                    again = true;
                }
    }

private:
    void check(thing t)
    {
        const auto owns = [t](const pending& p) { return !p.over && (p.owned & bit(t)) != 0; };
        if (is_gone(t) || (held_ & bit(t)) != 0 || std::ranges::any_of(operations, owns))
            return;
        gone_ |= bit(t);
        for (pending& p : operations)
        {
            p.decided = p.decided || (p.enders & bit(t)) != 0;
            if (!p.over && (p.contexts & bit(t)) != 0)
                end(p, false);
        }
    }

    void end(pending& p, bool called)
    {
        p.over = true;
        p.called = called;
        check(first_reader);
        check(the_stream);
    }

    unsigned held_ = 0x1f;
    unsigned gone_ = 0;
};

struct fate
{
    int calls = 0;
    int ends = 0;
};

// A handler that leaves its fate behind.
class witness
{
public:
    explicit witness(fate& f, std::shared_ptr<void> owned = {})
        : fate_(&f), owned_(std::move(owned))
    {
    }

    template <class... Values>
    void operator()(error_code, Values&&...)
    {
        ++fate_->calls;
    }

private:
    struct note_end
    {
        void operator()(fate* f) const { ++f->ends; }
    };

    std::unique_ptr<fate, note_end> fate_;
    std::shared_ptr<void> owned_;
};

template <class Initiate>
asio::awaitable<void> await(Initiate initiate, asio::cancellation_slot slot, witness w)
{
    co_await initiate(asio::bind_cancellation_slot(slot, asio::as_tuple(asio::use_awaitable)));
    w(error_code());
}

class world
{
public:
    explicit world(const scenario& how) : how_(how)
    {
        if (how.what == append || how.what == prepare)
            BOOST_TEST(stream_->prepare(8).size() != 0u);
        const unsigned elsewhere = how.elsewhere ? bit(context_b) : 0;
        const unsigned ends = bit(how.handle()) | bit(the_stream);
        const unsigned owned = how.owns ? bit(how.handle()) : 0;
        model_.operations = {
            {{bit(context_a) | elsewhere, ends, owned},
             {bit(context_a), bit(first_reader) | bit(the_stream)},
             {bit(context_a) | bit(context_b), bit(second_reader) | bit(the_stream)}}};
        initiate();
        first_->async_wait(1000, witness(fates_[1]));
        second_->async_read_some(
            asio::buffer(bytes_), asio::bind_executor(a_->get_executor(), witness(fates_[2])));
        run(); // what a coroutine waits for is pending only then
        advance();
    }

    void destroy(thing t)
    {
        switch (t)
        {
        case first_reader:
            let_go(first_, context_a);
            break;
        case second_reader:
            let_go(second_, context_b);
            break;
        case the_stream:
            let_go(stream_, context_a);
            break;
        case context_a:
            a_.reset();
            break;
        case context_b:
            b_.reset();
            break;
        }
        model_.let_go(t);
        if (!how_.runs)
            return;
        run();
        model_.run();
    }

    // Whether everything is as the model says, now that nothing is left.
    bool is_as_expected() const
    {
        for (std::size_t i = 0; i != fates_.size(); ++i)
            if (fates_[i].ends != 1 || fates_[i].calls != (model_.operations[i].called ? 1 : 0))
                return false;
        return model_.is_gone(first_reader) && model_.is_gone(the_stream) && unharmed_;
    }

private:
    asio::any_io_executor executor(asio::io_context& c) const
    {
        const auto inner = c.get_executor();
        switch (how_.kind)
        {
        case strand_of_context:
            return asio::make_strand(inner);
        case strand_of_any:
            return asio::make_strand(asio::any_io_executor(inner));
        case plain:
            break;
        }
        return inner;
    }

    void initiate()
    {
        spool::reader* const r = first_.get();
        spool::stream* const s = stream_.get();
        const auto b = asio::buffer(bytes_, 1);
        switch (how_.what)
        {
        case read_some:
            return start([=](auto t) { return r->async_read_some(b, std::move(t)); });
        case read_some_at:
            return start([=](auto t) { return r->async_read_some_at(0, b, std::move(t)); });
        case read_at:
            return start([=](auto t) { return r->async_read_at(0, b, std::move(t)); });
        case wait:
            return start([=](auto t) { return r->async_wait(1, std::move(t)); });
        case wait_at:
            return start([=](auto t) { return r->async_wait_at(0, 1, std::move(t)); });
        case read_view:
            return start([=](auto t) { return r->async_read_view(1, std::move(t)); });
        case read_view_at:
            return start([=](auto t) { return r->async_read_view_at(0, 1, std::move(t)); });
        case seek_end:
            return start([=](auto t) { return r->async_seek_end(0, std::move(t)); });
        case append:
            return start([=](auto t) { return s->async_append(b, std::move(t)); });
        case prepare:
            return start([=](auto t) { return s->async_prepare(1, std::move(t)); });
        case drain:
            return start([=](auto t) { return s->async_drain(std::move(t)); });
        case remove_all:
            return start([=](auto t) { return s->async_remove(std::move(t)); });
        }
    }

    template <class Initiate>
    void start(Initiate initiate)
    {
        std::shared_ptr<void> owned;
        if (how_.owns && how_.handle() == first_reader)
            owned = first_;
        else if (how_.owns)
            owned = stream_;
        witness w(fates_[0], std::move(owned));
        const auto slot = signal_.slot();
        const auto at = how_.elsewhere ? executor(*b_) : first_->get_executor();
        if (how_.coroutine)
            asio::co_spawn(at, await(initiate, slot, std::move(w)), asio::detached);
        else if (!how_.elsewhere)
            initiate(asio::bind_cancellation_slot(slot, std::move(w)));
        else
            initiate(asio::bind_cancellation_slot(slot, asio::bind_executor(at, std::move(w))));
    }

    // Brings the operation to its stage.
    void advance()
    {
        model_.operations[0].decided = how_.at != waiting;
        if (how_.at == cancelled)
            return signal_.emit(asio::cancellation_type::total);
        if (how_.at == waiting)
            return;
        const bool drains = how_.what == drain || how_.what == remove_all;
        model_.operations[1].decided = drains;
        model_.operations[2].decided = how_.what != prepare && how_.what != seek_end;
        if (how_.what == append || how_.what == prepare)
            return stream_->commit(0);
        if (how_.what == seek_end)
            return stream_->set_final_size(5);
        if (!drains)
            return void(stream_->append(asio::buffer(bytes_, 1)));
        stream_->abort(asio::error::connection_reset);
        first_->close();
        second_->close();
    }

    template <class Handle>
    void let_go(std::shared_ptr<Handle>& handle, thing context)
    {
        if (model_.is_gone(context))
            unharmed_ = use_without_context(*handle) && unharmed_;
        handle.reset();
    }

    bool use_without_context(spool::reader& r)
    {
        fate f;
        r.async_read_some(asio::buffer(bytes_), witness(f));
        r.async_seek_end(0, witness(f));
        r.cancel();
        error_code ec;
        const bool cloned = r.clone(ec).is_open();
        return f.calls == 0 && f.ends == 2 && !cloned && ec == asio::error::bad_descriptor;
    }

    bool use_without_context(spool::stream& s)
    {
        fate f;
        s.async_append(asio::buffer(bytes_), witness(f));
        s.async_remove(witness(f));
        error_code ec;
        s.append(asio::buffer(bytes_), ec);
        const bool made = s.make_reader(0, ec).is_open();
        return f.calls == 0 && f.ends == 2 && !made && ec == asio::error::bad_descriptor;
    }

    void run()
    {
        while ((a_ && poll(*a_)) || (b_ && poll(*b_)))
        {
        }
    }

    static bool poll(asio::io_context& c)
    {
        c.restart();
        return c.poll() != 0;
    }

    scenario how_;
    model model_;
    std::array<fate, 3> fates_;
    std::array<char, 8> bytes_{};
    bool unharmed_ = true;
    asio::cancellation_signal signal_;
    std::unique_ptr<asio::io_context> a_ = std::make_unique<asio::io_context>(1);
    std::unique_ptr<asio::io_context> b_ = std::make_unique<asio::io_context>(1);
    std::shared_ptr<spool::stream> stream_ = std::make_shared<spool::stream>(executor(*a_));
    std::shared_ptr<spool::reader> first_ =
        std::make_shared<spool::reader>(stream_->make_reader(stream_->get_executor()));
    std::shared_ptr<spool::reader> second_ =
        std::make_shared<spool::reader>(stream_->make_reader(executor(*b_)));
};

std::string describe(const scenario& s, const order& o)
{
    std::ostringstream text;
    text << "operation " << s.what << " stage " << s.at << " executor " << s.kind
         << (s.coroutine ? " coroutine" : " callback") << (s.elsewhere ? " elsewhere" : "")
         << (s.owns ? " owner" : "") << (s.runs ? " run" : "") << ", order";
    for (const thing t : o)
        text << ' ' << t;
    return text.str();
}

void destroy_in_every_order(const scenario& how)
{
    order o{first_reader, second_reader, the_stream, context_a, context_b};
    do
    {
        world w(how);
        for (const thing t : o)
            w.destroy(t);
        if (!w.is_as_expected())
            BOOST_ERROR("C13: " + describe(how, o));
    } while (std::ranges::next_permutation(o).found);
}

void destroy_in_every_way(executor_kind kind, bool coroutine)
{
    for (unsigned n = 0; n != 12 * 3 * 8; ++n)
    {
        const auto what = static_cast<operation>(n % 12);
        const auto at = static_cast<stage>(n / 12 % 3);
        const unsigned flags = n / 36;
        destroy_in_every_order(
            {what, at, kind, coroutine, (flags & 1) != 0, (flags & 2) != 0, (flags & 4) != 0});
    }
}

BOOST_AUTO_TEST_SUITE(destruction)

// C13
BOOST_AUTO_TEST_CASE(callbacks_in_every_order)
{
    destroy_in_every_way(plain, false);
}
BOOST_AUTO_TEST_CASE(callbacks_on_strands)
{
    destroy_in_every_way(strand_of_context, false);
}
BOOST_AUTO_TEST_CASE(callbacks_on_erased_strands)
{
    destroy_in_every_way(strand_of_any, false);
}
BOOST_AUTO_TEST_CASE(coroutines_in_every_order)
{
    destroy_in_every_way(plain, true);
}
BOOST_AUTO_TEST_CASE(coroutines_on_strands)
{
    destroy_in_every_way(strand_of_context, true);
}
BOOST_AUTO_TEST_CASE(coroutines_on_erased_strands)
{
    destroy_in_every_way(strand_of_any, true);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
