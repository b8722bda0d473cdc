// Work split over threads.
#pragma once

#include <algorithm>
#include <atomic>

#include "include/cyclegan_kernels.hpp"

namespace {

/// One thread of a team. All of them call the same functions in the same order.
class Member {
    // The next task of each call of `share`; what comes after the last counter is split evenly.
    static constexpr int counters = 256;
    std::atomic<int64_t> *next;
    int calls = 0;

    Member(std::atomic<int64_t> *next, int index) : next(next), index(index), count(1) {}

public:
    const int index, count;

    struct Counters {
        std::atomic<int64_t> next[counters] = {};
    };

    Member(Counters &counters, int index, int count) : next(counters.next), index(index), count(count) {}

    /// This thread without the others.
    Member alone() const { return {next, index}; }

    /// Waits for the others.
    void wait() const {
        if (count > 1) kernels::team_barrier();
    }

    /// Calls `body(task)` for every task, on whichever thread is free: a processor that is busy elsewhere does not hold up the others.
    template <class Body>
    void share(int64_t tasks, Body body) {
        if (count == 1) {
            for (int64_t task = 0; task < tasks; task++) body(task);
            return;
        }
        if (calls == counters) {
            for (int64_t task = tasks * index / count; task < tasks * (index + 1) / count; task++) body(task);
            return;
        }
        auto &counter = next[calls++];
        const int64_t at_once = std::max<int64_t>(1, tasks / (16 * count));
        for (int64_t begin; (begin = counter.fetch_add(at_once, std::memory_order_relaxed)) < tasks;) {
            for (int64_t task = begin; task < std::min(begin + at_once, tasks); task++) body(task);
        }
    }
};

/// Runs `body(member)` on every thread of a team.
template <class Body>
void run(const kernels::Resources &resources, Body body) {
    struct Work {
        Body &body;
        Member::Counters counters;
    } work{body, {}};
    kernels::run_team(
        resources.threads,
        [](void *context, int index, int count) {
            auto &work = *static_cast<Work *>(context);
            Member member(work.counters, index, count);
            work.body(member);
        },
        &work);
}

}  // namespace
