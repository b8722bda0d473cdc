// What is measured of each instruction set.
#pragma once

#include <cstdint>

namespace kernels {

struct ProductMeasures {
    const char *name;
    int lanes;
    /// Operations of one round of `multiply_and_add`.
    int operations;
    float (*multiply_and_add)(int64_t count);
    /// [count x columns] = [count x depth] [depth x columns], with rows a vector longer than they need to be.
    void (*multiply_tiles)(const float *tiles, int64_t count, int64_t depth, const float *weight, int64_t columns, float *output);
};

}  // namespace kernels
