// Work split over threads.
#pragma once

namespace kernels::INSTRUCTION_SET {

/// One thread of a team. All of them call the same functions in the same order.
class Member {
public:
    /// How far each call of `share` has come with the tasks of one member, in lines of its own.
    struct alignas(64) Progress {
        std::atomic<int64_t> done[256] = {};

        void reset(int calls) {
            for (int call = 0; call < std::min(calls, static_cast<int>(std::size(done))); call++) done[call].store(0, std::memory_order_relaxed);
        }
    };

private:
    Progress *progress;
    int calls = 0;

public:
    const int index, count;

    Member(Progress *progress, int index, int count) : progress(progress), index(index), count(count) {}

    int calls_so_far() const { return calls; }

    /// This thread without the others.
    Member alone() const { return {nullptr, index, 1}; }

    /// Waits for the others.
    void wait() const {
        if (count > 1) team_barrier();
    }

    /// Calls `body(begin, end)` for ranges of tasks. A member takes the same part of them in each call, because what it wrote before is in
    /// its caches, and then what is left of the others': a processor that is busy elsewhere does not hold them up.
    template <class Body>
    void share_ranges(int64_t tasks, Body body) {
        const int call = calls++;
        if (count == 1 || call >= static_cast<int>(std::size(progress->done))) {
            return body(tasks * (index % count) / count, tasks * (index % count + 1) / count);
        }
        for (int helped = 0; helped < count; helped++) {
            const int owner = (index + helped) % count;
            const int64_t begin = tasks * owner / count, end = tasks * (owner + 1) / count;
            auto &done = progress[owner].done[call];
            const int64_t at_once = std::max<int64_t>(1, (end - begin) / 16);
            for (int64_t from; (from = begin + done.fetch_add(at_once, std::memory_order_relaxed)) < end;) {
                body(from, std::min(from + at_once, end));
            }
        }
    }

    /// Calls `body(task)` for every task, as `share_ranges` does for ranges of them.
    template <class Body>
    void share(int64_t tasks, Body body) {
        share_ranges(tasks, [&](int64_t begin, int64_t end) {
            for (int64_t task = begin; task < end; task++) body(task);
        });
    }
};

/// Memory for each thread of a team, which no other thread ever touches: lines that two processors write in turns go from one's caches to
/// the other's.
class OwnMemory {
    std::vector<float *> pieces;

public:
    OwnMemory() = default;
    /// Takes the place of that of before, of which a kernel therefore needs no more than one at a time.
    OwnMemory(const Resources &resources, int64_t count) {
        for (int i = 0; i < resources.threads; i++) pieces.push_back(resources(Scratch::own, count, i));
    }

    float *of(int member) const {
        assert(member < static_cast<int>(pieces.size()));
        return pieces[static_cast<size_t>(member)];
    }
};

/// Runs `body(member)` on every thread of a team.
template <class Body>
void run(const Resources &resources, Body body) {
    // Kept from call to call, all zero in between.
    thread_local std::vector<Member::Progress> progress;
    const auto threads = static_cast<size_t>(resources.threads);
    if (progress.size() < threads) progress = std::vector<Member::Progress>(threads);
    struct Work {
        Body &body;
        Member::Progress *progress;
        int calls;
    } work{body, progress.data(), 0};
    run_team(
        resources.threads,
        [](void *context, int index, int count) {
            auto &work = *static_cast<Work *>(context);
            Member member(work.progress, index, count);
            work.body(member);
            if (index == 0) work.calls = member.calls_so_far();
        },
        &work);
    for (size_t i = 0; i < threads; i++) progress[i].reset(work.calls);
}

}  // namespace kernels::INSTRUCTION_SET
