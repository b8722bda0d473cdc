// Runs kernels between guard pages and compares them with their definitions.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    int instruction_set;  // 0 is the best one
    int threads;
    bool nested;  // from inside a parallel region, where teams are one thread
    int64_t count, height, width, inputs, outputs, size, stride, padding;
    int64_t groups;  // 1, or as many as channels
    bool reflects;
    bool accurate;             // without tiles that round more
    bool takes_bytes;          // in products of bytes, where the processor has them
    bool packs_weight;         // also where few tiles meet it
    bool normalizes_input, normalizes_gradient;
    float slope;
    bool has_bias;
    bool fences_end;  // memory ends at a guard page; otherwise it begins at one
    uint64_t seed;
} kernel_case;

/// Runs every kernel on such a layer. Returns false, with what was wrong in `problem`, where a result differs or is missing. Memory touched
/// outside of what belongs to a kernel ends the process with a line that names the case.
bool kernel_case_passes(const kernel_case *values, char *problem, int64_t problem_size);

/// How the layer's convolution is computed: 0 to 5 for direct, winograd, large_winograd, small_winograd, depthwise, quantized.
int kernel_case_method(const kernel_case *values);

/// Threads of a team of so many.
int kernel_team_size(int threads);

/// Whether a text for CYCLEGAN_CACHE is understood, and the sizes of second and third cache that it says.
bool kernel_parse_caches(const char *text, int64_t *second, int64_t *third);

#ifdef __cplusplus
}
#endif
