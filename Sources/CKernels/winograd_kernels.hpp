// What winograd.hpp declares.
#pragma once

#include "winograd.hpp"
#include "winograd_convolution.hpp"
#include "winograd_gradient.hpp"

namespace kernels::INSTRUCTION_SET {

template <class Filter>
int64_t Winograd<Filter>::packed_size(const Convolution &c, bool transposed) {
    return WinogradWeights<Filter>::packed_size(c, transposed);
}

template <class Filter>
void Winograd<Filter>::pack(const Convolution &c, const float *weight, bool transposed, float *packed, const Resources &resources) {
    WinogradWeights<Filter>::pack(c, weight, transposed, packed, resources);
}

template <class Filter>
void Winograd<Filter>::convolve(const Convolution &c, const Images &input, const float *weight, const float *bias, float *output,
                                const Resources &resources) {
    WinogradConvolution<Filter>(c, input.count, input.height, input.width, resources).convolve(input, weight, bias, output);
}

template <class Filter>
void Winograd<Filter>::convolve_transposed(const Convolution &c, const Images &input, const float *weight, const float *bias, int64_t height,
                                           int64_t width, float *output, const Resources &resources) {
    WinogradConvolution<Filter>(c, input.count, height, width, resources).convolve_transposed(input, weight, bias, output);
}

template <class Filter>
void Winograd<Filter>::weight_gradient(const Convolution &c, const Images &input, const Images &gradient, float *output,
                                       const Resources &resources) {
    WinogradGradient<Filter>(c, input.count, input.height, input.width, resources)(input, gradient, output);
}

}  // namespace kernels::INSTRUCTION_SET
