// Picks the kernels for the processor that runs them.
#include "include/cyclegan_kernels.hpp"

namespace kernels {

namespace portable {
extern const Table table;
}
namespace avx2 {
extern const Table table;
}
namespace avx512 {
extern const Table table;
}

bool has_byte_products() {
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx512vnni");
#else
    return false;
#endif
}

const Table *const *all_for_this_machine() {
    static const struct Tables {
        const Table *values[4] = {};
        Tables() {
            const Table **next = values;
#if defined(__x86_64__)
            const bool has_avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl")
                                    && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw");
            if (has_avx512) *next++ = &avx512::table;
            if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) *next++ = &avx2::table;
#endif
            *next = &portable::table;
        }
    } tables;
    return tables.values;
}

}  // namespace kernels
