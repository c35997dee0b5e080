// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// What the other rows are compared to, to be read and not judged. Each comparison measures its own again.

#include "posts.hpp"
#include "rooms.hpp"

namespace bench {

void references(const settings& s, report& to)
{
    comparison c;
    c.add("p", posts);
    c.add("c of one", [] { return awaits(1); });
    c.add("c of many", [] { return awaits(1'000); });
    c.add("least of one", [] { return least_awaits(1); });
    c.add("least of many", [] { return least_awaits(1'000); });
    const figures f = c.run(s.repetitions());

    const reference p{"p", f.at("p")};
    to.add({"R1", "p: asio::post through any_io_executor", f.at("p"), "ns", {}, {}, {}});
    to.add({"R2", "c: co_await of it, by one coroutine", f.at("c of one"), "ns", p, {}, {}});
    to.add({"R3", "c: co_await of it, by 1,000 coroutines", f.at("c of many"), "ns", p, {}, {}});
    to.add(
        {"R4",
         "co_await of an operation that only posts, by one",
         f.at("least of one"),
         "ns",
         p,
         {},
         {}});
    to.add(
        {"R5",
         "co_await of an operation that only posts, by 1,000",
         f.at("least of many"),
         "ns",
         p,
         {},
         {}});
}

} // namespace bench
