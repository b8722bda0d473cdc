// libtorch's own threads, reached through what its OpenMP runtime exports: two pools would fight for the cores.
#include "include/cyclegan_kernels.hpp"

#if defined(__APPLE__)
#include <dispatch/dispatch.h>
#else
#include <dlfcn.h>
#endif

namespace {

struct Team {
    void (*body)(void *context, int index, int count);
    void *context;
};

#if !defined(__APPLE__)
/// GNU's OpenMP runtime, which libtorch's wheels carry. Its calls are what a compiler makes of `#pragma omp parallel`.
struct OpenMP {
    void (*parallel)(void (*body)(void *), void *context, unsigned threads, unsigned flags);
    void (*barrier)();
    int (*thread_index)();
    int (*thread_count)();

    static const OpenMP &shared() {
        static const OpenMP library = {find<decltype(parallel)>("GOMP_parallel"), find<decltype(barrier)>("GOMP_barrier"),
                                       find<decltype(thread_index)>("omp_get_thread_num"),
                                       find<decltype(thread_count)>("omp_get_num_threads")};
        return library;
    }
    bool is_complete() const { return parallel && barrier && thread_index && thread_count; }

private:
    template <class Function>
    static Function find(const char *name) {
        return reinterpret_cast<Function>(dlsym(RTLD_DEFAULT, name));
    }
};
#endif

}  // namespace

namespace kernels {

#if defined(__APPLE__)
// Grand Central Dispatch has no barrier inside a parallel region, so a team is one thread there.
void run_team(int, void (*body)(void *, int, int), void *context) { body(context, 0, 1); }
void team_barrier() {}
int team_size(int) { return 1; }
#else
void run_team(int threads, void (*body)(void *, int, int), void *context) {
    if (team_size(threads) <= 1) return body(context, 0, 1);
    const auto &openmp = OpenMP::shared();
    Team team{body, context};
    openmp.parallel(
        [](void *context) {
            const auto &team = *static_cast<Team *>(context);
            const auto &openmp = OpenMP::shared();
            team.body(team.context, openmp.thread_index(), openmp.thread_count());
        },
        &team, static_cast<unsigned>(threads), 0);
}
void team_barrier() { OpenMP::shared().barrier(); }
int team_size(int threads) { return OpenMP::shared().is_complete() ? threads : 1; }
#endif

}  // namespace kernels
