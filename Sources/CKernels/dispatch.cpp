// Picks the kernels for the processor that runs them.
#include "include/cyclegan_kernels.hpp"

namespace kernels {

extern const Table portable, avx2, avx512;

const Table &for_this_machine() {
#if defined(__x86_64__)
    static const Table &best = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq")
                                       && __builtin_cpu_supports("avx512bw")
                                   ? avx512
                               : __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? avx2
                                                                                                 : portable;
    return best;
#else
    return portable;
#endif
}

}  // namespace kernels
