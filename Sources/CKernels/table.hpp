// The kernels of one instruction set. LANES and TABLE come from the file that includes this one.
#pragma once

#include "direct.hpp"
#include "norm.hpp"
#include "winograd.hpp"

namespace {

using kernels::Table;

/// Whether a convolution goes through Winograd's transforms.
inline bool has_transform(const Convolution &c) { return c.size == 3 && c.stride == 1 && c.padding <= 1 && c.in_channels >= 8 && c.out_channels >= 8; }

/// Calls `body` with the tile size as a constant.
template <class Body>
auto with_tiles(const Convolution &c, Body body) {
    return c.accurate ? body(std::integral_constant<int, 2>()) : body(std::integral_constant<int, 4>());
}

int64_t packed_size(const Convolution &c, bool transposed) {
    if (!has_transform(c)) return Direct(c, {}).packed_size(transposed);
    return with_tiles(c, [&](auto tiles) { return Winograd<decltype(tiles)::value>::packed_size(c, transposed); });
}

void pack(const Convolution &c, const float *weight, bool transposed, float *packed, const Resources &resources) {
    if (!has_transform(c)) return Direct(c, resources).pack(weight, transposed, packed);
    with_tiles(c, [&](auto tiles) { Winograd<decltype(tiles)::value>::pack(c, weight, transposed, packed, resources); });
}

void convolve(const Convolution &c, const Images &input, const float *packed, const float *bias, float *output, const Resources &resources) {
    if (!has_transform(c)) return Direct(c, resources).convolve(input, packed, bias, output);
    with_tiles(c, [&](auto tiles) {
        Winograd<decltype(tiles)::value>(c, input.height, input.width, resources).convolve(input, packed, bias, output);
    });
}

void convolve_transposed(const Convolution &c, const Images &input, const float *packed, const float *bias, int64_t height, int64_t width,
                         float *output, const Resources &resources) {
    Direct(c, resources).convolve_transposed(input, packed, bias, height, width, output);
}

void gradients(const Convolution &c, const Images &input, const Images &gradient, const float *packed_transposed, float *input_gradient,
               float *weight_gradient, const Resources &resources) {
    if (has_transform(c)) {
        return with_tiles(c, [&](auto tiles) {
            Winograd<decltype(tiles)::value>(c, input.height, input.width, resources)
                .gradients(input, gradient.data, packed_transposed, input_gradient, weight_gradient);
        });
    }
    const Direct direct(c, resources);
    if (weight_gradient) direct.weight_gradient(input, gradient, weight_gradient);
    if (input_gradient) direct.convolve_transposed(gradient, packed_transposed, nullptr, input.height, input.width, input_gradient);
}

}  // namespace

namespace kernels {
extern const Table TABLE;
const Table TABLE = {NAME, packed_size, pack, convolve, convolve_transposed, gradients, statistics, apply, apply_backward};
}  // namespace kernels
