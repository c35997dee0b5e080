// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#include "measure.hpp"

#include <algorithm>
#include <benchmark/benchmark.h>
#include <stdexcept>
#include <time.h>
#include <vector>

namespace bench {

namespace {

double read(clockid_t clock) noexcept
{
    timespec t{};
    clock_gettime(clock, &t);
    return static_cast<double>(t.tv_sec) * 1e9 + static_cast<double>(t.tv_nsec);
}

// Collects the time per operation of every repetition.
class collector : public benchmark::BenchmarkReporter
{
public:
    bool ReportContext(const Context&) override { return true; }

    void ReportRuns(const std::vector<Run>& runs) override
    {
        for (const Run& run : runs)
        {
            if (run.error_occurred)
                throw std::runtime_error(run.error_message);
            if (run.run_type == Run::RT_Iteration)
                times_[run.run_name.function_name].push_back(
                    run.real_accumulated_time * 1e9 / run.counters.at("operations"));
        }
    }

    std::map<std::string, std::vector<double>> times_;
};

void repeat(benchmark::State& state, const std::function<sample()>& round)
{
    double operations = 0;
    for (auto _ : state)
    {
        const sample s = round();
        state.SetIterationTime(s.time / 1e9);
        operations += s.operations;
    }
    state.counters["operations"] = operations;
}

} // namespace

double thread_time() noexcept
{
    return read(CLOCK_THREAD_CPUTIME_ID);
}

double process_time() noexcept
{
    return read(CLOCK_PROCESS_CPUTIME_ID);
}

double wall_time() noexcept
{
    return read(CLOCK_MONOTONIC);
}

double median(std::vector<double> values)
{
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

double least(std::vector<double> values)
{
    return *std::min_element(values.begin(), values.end());
}

comparison::~comparison()
{
    benchmark::ClearRegisteredBenchmarks();
}

void comparison::add(const std::string& name, std::function<sample()> round)
{
    rounds_[name] = std::move(round);
}

figures comparison::run(int repetitions, double (*choose)(std::vector<double>))
{
    for (const auto& [name, round] : rounds_)
    {
        round(); // caches, page tables and free lists are as they will be
        const auto repeated = [&r = round](benchmark::State& state) { repeat(state, r); };
        benchmark::RegisterBenchmark(name.c_str(), repeated)
            ->UseManualTime()
            ->Iterations(1)
            ->Repetitions(repetitions);
    }
    collector collected;
    benchmark::RunSpecifiedBenchmarks(&collected, ".");
    benchmark::ClearRegisteredBenchmarks();

    figures chosen;
    for (auto& [name, times] : collected.times_)
        chosen[name] = choose(std::move(times));
    return chosen;
}

} // namespace bench
