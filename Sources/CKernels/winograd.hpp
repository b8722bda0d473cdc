// Convolutions in the transformed domain of a minimal filtering algorithm, compiled once for each filter and instruction set.
#pragma once

#include "filtering.hpp"

namespace kernels::INSTRUCTION_SET {

/// A filter's part of `Table`.
template <class Filter>
struct Winograd {
    static int64_t packed_size(const Convolution &c, bool transposed);
    static void pack(const Convolution &c, const float *weight, bool transposed, float *packed, const Resources &resources);
    static void convolve(const Convolution &c, const Images &input, const float *weight, const float *bias, float *output,
                         const Resources &resources);
    static void convolve_transposed(const Convolution &c, const Images &input, const float *weight, const float *bias, int64_t height,
                                    int64_t width, float *output, const Resources &resources);
    static void weight_gradient(const Convolution &c, const Images &input, const Images &gradient, float *output,
                                const Resources &resources);
};

}  // namespace kernels::INSTRUCTION_SET
