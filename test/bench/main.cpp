// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

// spool_bench [--quick] [--json FILE] [ROOM...]: measures, prints tables, and writes them to a file.

#include <spool/config.hpp>

#include "pages.hpp"
#include "report.hpp"
#include "rooms.hpp"

#include <boost/version.hpp>

#include <algorithm>
#include <benchmark/benchmark.h>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

namespace {

struct room
{
    const char* name;
    void (*measure)(const bench::settings&, bench::report&);
};

constexpr room rooms[] = {
    {"references", bench::references},
    {"wakes", bench::wakes},
    {"appends", bench::appends},
    {"reads", bench::reads},
    {"memory", bench::memory},
    {"threads", bench::threads},
    {"endings", bench::endings},
    {"tcp", bench::tcp},
    {"storage", bench::storage},
    {"bounded", bench::bounded},
    {"fairness", bench::fairness},
    {"peers", bench::peers},
};

void add_facts(const bench::settings& s, bench::report& to)
{
    to.add("run", s.quick ? "quick: to see that it works, not to be judged" : "full");
    to.add("processors", std::to_string(std::thread::hardware_concurrency()));
    to.add("compiler", __VERSION__);
    to.add("Boost", BOOST_LIB_VERSION);
    to.add("transparent huge pages", bench::pages::have_huge() ? "yes" : "no");
}

// The reference and the thing itself are measured in turns.
void set_up_benchmark(const char* program)
{
    std::string interleave = "--benchmark_enable_random_interleaving=true";
    std::string name = program;
    char* arguments[] = {name.data(), interleave.data(), nullptr};
    int count = 2;
    benchmark::Initialize(&count, arguments);
}

} // namespace

int main(int argc, char* argv[])
{
    bench::settings settings;
    std::string file;
    std::vector<std::string> chosen;
    for (int i = 1; i != argc; ++i)
    {
        const std::string argument = argv[i];
        if (argument == "--quick")
            settings.quick = true;
        else if (argument == "--json" && i + 1 != argc)
            file = argv[++i];
        else
            chosen.push_back(argument);
    }

    set_up_benchmark(argv[0]);
    bench::report report;
    add_facts(settings, report);
    for (const room& r : rooms)
    {
        if (!chosen.empty() && std::find(chosen.begin(), chosen.end(), r.name) == chosen.end())
            continue;
        std::cerr << "measuring " << r.name << '\n';
        r.measure(settings, report);
    }
    report.print(std::cout);
    if (file.empty())
        return EXIT_SUCCESS;
    std::ofstream json(file);
    report.write_json(json);
    json.close();
    return json ? EXIT_SUCCESS : EXIT_FAILURE;
}
