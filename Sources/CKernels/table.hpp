// The kernels of one instruction set. LANES and TABLE come from the file that includes this one.
#pragma once

#include "direct.hpp"
#include "norm.hpp"
#include "winograd.hpp"

namespace {

using kernels::Method;
using kernels::Table;

/// Calls `body` with the filter of a convolution that is computed in a transformed domain; `otherwise` where there is none.
template <class Body, class Otherwise>
ALWAYS_INLINE auto with_filter(const Convolution &c, Body body, Otherwise otherwise) {
    if (c.method == Method::direct) return otherwise();
    if (c.method == Method::small_winograd) return body(Filter3Tile2());
    if (c.size == 3) return c.stride == 1 ? body(Filter3Tile4()) : body(Filter3Stride2());
    if (c.stride == 2) return body(Filter4Stride2());
    return c.method == Method::large_winograd ? body(Filter4Tile4()) : body(Filter4Tile3());
}

void choose_method(Convolution &c, int64_t count, int64_t output_height, int64_t output_width, bool accurate) {
    c.method = Method::direct;
    c.packs_weight = true;
    const bool has_filter = accurate ? c.size == 3 && c.stride == 1 : (c.size == 3 || c.size == 4) && c.stride <= 2;
    // Wider mirrored borders could reach into other tiles; transforms of few channels cost more than they save.
    if (!has_filter || (c.border == Border::reflect && c.padding > 1) || std::min(c.in_channels, c.out_channels) < 16) return;
    int64_t fewest = count * output_height * output_width * c.size * c.size * 4 / 5;
    const auto consider = [&](Method method) {
        Convolution filtered = c;
        filtered.method = method;
        with_filter(filtered, [&](auto filter) {
            using Filter = decltype(filter);
            const int64_t tiles = count * groups(output_height, Filter::outputs) * groups(output_width, Filter::outputs);
            const int64_t products = tiles * Filter::products * Filter::products;
            // Few tiles do not repay the transform of the weight.
            if (tiles < 8 || products >= fewest) return;
            fewest = products;
            c.method = method;
            c.packs_weight = !Winograd<Filter>::has_few_tiles(c, tiles);
        }, [] {});
    };
    if (accurate) return consider(Method::small_winograd);
    consider(Method::winograd);
    if (c.size == 4 && c.stride == 1) consider(Method::large_winograd);
}

int64_t packed_size(const Convolution &c, bool transposed) {
    return with_filter(c, [&](auto filter) { return WinogradWeights<decltype(filter)>::packed_size(c, transposed); },
                       [&] { return Direct(c, {}).packed_size(transposed); });
}

void pack(const Convolution &c, const float *weight, bool transposed, float *packed, const Resources &resources) {
    with_filter(c, [&](auto filter) { WinogradWeights<decltype(filter)>::pack(c, weight, transposed, packed, resources); },
                [&] { Direct(c, resources).pack(weight, transposed, packed); });
}

void convolve(const Convolution &c, const Images &input, const float *packed, const float *bias, float *output, const Resources &resources) {
    with_filter(c, [&](auto filter) {
        Winograd<decltype(filter)>(c, input.count, input.height, input.width, resources).convolve(input, packed, bias, output);
    }, [&] { Direct(c, resources).convolve(input, packed, bias, output); });
}

void convolve_transposed(const Convolution &c, const Images &input, const float *packed, const float *bias, int64_t height, int64_t width,
                         float *output, const Resources &resources) {
    with_filter(c, [&](auto filter) {
        Winograd<decltype(filter)>(c, input.count, height, width, resources).convolve_transposed(input, packed, bias, output);
    }, [&] { Direct(c, resources).convolve_transposed(input, packed, bias, height, width, output); });
}

void weight_gradient(const Convolution &c, const Images &input, const Images &gradient, float *output, const Resources &resources) {
    with_filter(c, [&](auto filter) {
        Winograd<decltype(filter)>(c, input.count, input.height, input.width, resources).weight_gradient(input, gradient, output);
    }, [&] { Direct(c, resources).weight_gradient(input, gradient, output); });
}

}  // namespace

namespace kernels {
extern const Table TABLE;
const Table TABLE = {NAME, LANES, choose_method, packed_size, pack, convolve, convolve_transposed, weight_gradient, statistics, apply, apply_backward};
}  // namespace kernels
