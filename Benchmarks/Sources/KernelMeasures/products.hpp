// Products of one instruction set, by themselves.
#pragma once

#include "gemm.hpp"
#include "winograd.hpp"

#if defined(__x86_64__)
#define VECTOR_REGISTER "+v"
#else
#define VECTOR_REGISTER "+w"
#endif

namespace kernels::INSTRUCTION_SET {

/// So many chains of vector products and sums, each of `count`.
constexpr int chains = 12;

__attribute__((noinline)) float multiply_and_add(int64_t count) {
    Vector sums[chains], factor = broadcast(1.0000001f), term = broadcast(1e-9f);
    for (int i = 0; i < chains; i++) sums[i] = broadcast(static_cast<float>(i));
    for (int64_t n = 0; n < count; n++) {
        UNROLL for (int i = 0; i < chains; i++) sums[i] = sums[i] * factor + term;
        // Otherwise the compiler could see through it.
        UNROLL for (int i = 0; i < chains; i++) asm volatile("" : VECTOR_REGISTER(sums[i]));
    }
    float total = 0;
    for (const Vector &sum : sums) total += sum[0];
    return total;
}

void multiply_tiles(const float *tiles, int64_t count, int64_t depth, const float *weight, int64_t columns, float *output) {
    multiply({tiles, depth + LANES, 1, 0, depth}, count, weight, columns, nullptr, {output, columns + LANES});
}

extern const ProductMeasures measures;
const ProductMeasures measures = {NAME, LANES, LANES * chains * 2, multiply_and_add, multiply_tiles};

}  // namespace kernels::INSTRUCTION_SET
