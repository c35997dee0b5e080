// Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

#pragma once

// How things are measured: in rounds of many operations, each in turns with what it is compared to, so
// that whatever else the machine does meets both.

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace bench {

struct settings
{
    bool quick = false; // only to see that it works

    template <class T>
    T sized(T full, T small) const
    {
        return quick ? small : full;
    }

    int repetitions(int full = 21) const { return sized(full, 3); }
};

// In nanoseconds. The CPU time of the calling thread leaves out what other processes take.
double thread_time() noexcept;
double wall_time() noexcept;
double process_time() noexcept; // the CPU time of all threads

// What a round took, in nanoseconds, and how many operations it was.
struct sample
{
    double time;
    double operations;
};

template <class Function>
sample timed(std::size_t operations, Function&& function)
{
    const double begin = thread_time();
    function();
    return {thread_time() - begin, static_cast<double>(operations)};
}

template <class Function>
sample wall_timed(std::size_t operations, Function&& function)
{
    const double begin = wall_time();
    function();
    return {wall_time() - begin, static_cast<double>(operations)};
}

template <class Function>
sample process_timed(std::size_t operations, Function&& function)
{
    const double begin = process_time();
    function();
    return {process_time() - begin, static_cast<double>(operations)};
}

// Nanoseconds per operation, by name.
using figures = std::map<std::string, double>;

double median(std::vector<double> values);
double least(std::vector<double> values);

class comparison
{
public:
    comparison() = default;
    ~comparison();
    comparison(const comparison&) = delete;
    comparison& operator=(const comparison&) = delete;

    void add(const std::string& name, std::function<sample()> round);

    // Runs every round as often as said, in random order; each figure is one of those of its rounds.
    figures run(int repetitions, double (*choose)(std::vector<double>) = median);

private:
    std::map<std::string, std::function<sample()>> rounds_;
};

// Keeps a value that nobody reads from being optimised away.
template <class T>
void keep(const T& value)
{
    asm volatile("" : : "r,m"(value) : "memory");
}

} // namespace bench
