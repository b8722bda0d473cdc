// Work split over threads.
#pragma once

#include <algorithm>

#include "include/cyclegan_kernels.hpp"

namespace {

/// One thread of a team.
struct Member {
    int index, count;

    void wait() const {
        if (count > 1) kernels::team_barrier();
    }
    /// Calls `body(task)` for this thread's share of the tasks, which are neighbours.
    template <class Body>
    void share(int64_t tasks, Body body) const {
        const int64_t begin = tasks * index / count, end = tasks * (index + 1) / count;
        for (int64_t task = begin; task < end; task++) body(task);
    }
};

/// Runs `body(member)` on every thread of a team.
template <class Body>
void run(const kernels::Resources &resources, Body body) {
    kernels::run_team(
        resources.threads, [](void *context, int index, int count) { (*static_cast<Body *>(context))(Member{index, count}); }, &body);
}

}  // namespace
