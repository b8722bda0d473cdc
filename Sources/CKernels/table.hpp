// The kernels of one instruction set. LANES and INSTRUCTION_SET come from the file that includes this one.
#pragma once

#include "depthwise.hpp"
#include "direct.hpp"
#include "norm.hpp"
#include "quantized.hpp"
#include "winograd.hpp"

namespace kernels::INSTRUCTION_SET {

/// Calls `body` with the kernels of a convolution that is computed in a transformed domain, and their filter; `otherwise` with those of any
/// other.
template <class Body, class Otherwise>
ALWAYS_INLINE auto with_filter(const Convolution &c, const Resources &resources, Body body, Otherwise otherwise) {
    const auto with = [&](auto filter) { return body(Winograd<decltype(filter)>(), filter); };
    if (c.method == Method::direct) return otherwise(Direct(c, resources));
    if (c.method == Method::depthwise) return otherwise(Depthwise(c, resources));
    if (c.method == Method::small_winograd) return with(Filter3Tile2());
    if (c.size == 3) return c.stride == 1 ? with(Filter3Tile4()) : with(Filter3Stride2());
    if (c.stride == 2) return with(Filter4Stride2());
    return c.method == Method::large_winograd ? with(Filter4Tile4()) : with(Filter4Tile3());
}

/// Whether images can be read at all.
inline bool is_valid(const Images &images) {
    return images.data && images.count > 0 && images.height > 0 && images.width > 0 && images.channels > 0 && images.slope <= 1;
}

/// Whether images are the input and the output of a convolution; only sums in a transformed domain can do with a weight as it is.
inline bool fits(const Convolution &c, const Images &output, int64_t height, int64_t width) {
    const bool is_transformed = c.method != Method::direct && c.method != Method::depthwise && c.method != Method::quantized;
    return is_valid(output) && output.height == c.output_size(height) && output.width == c.output_size(width)
           && (c.border == Border::zero || c.padding < std::min(height, width)) && (c.packs_weight || is_transformed);
}

void choose_method(Convolution &c, int64_t count, int64_t output_height, int64_t output_width, Rounding rounding) {
    const bool accurate = rounding == Rounding::direct;
    c.method = c.groups > 1 ? Method::depthwise : Method::direct;
    c.packs_weight = true;
    if (c.groups > 1) return;
    if constexpr (LANES == 16) {
        if (rounding == Rounding::bytes && Quantized::covers(c)) c.method = Method::quantized;
    }
    const bool has_filter = accurate ? c.size == 3 && c.stride == 1 : (c.size == 3 || c.size == 4) && c.stride <= 2;
    // Transforms of few channels cost more than they save: with stride 1 from 8 channels on they take two thirds of a direct convolution's
    // time on Zen 4, with stride 2 thrice as long.
    const int64_t fewest_channels = c.size == 3 && c.stride == 1 ? 8 : 16;
    // Wider mirrored borders could reach into other tiles.
    if (!has_filter || (c.border == Border::reflect && c.padding > 1) || std::min(c.in_channels, c.out_channels) < fewest_channels) return;
    int64_t fewest = count * output_height * output_width * c.size * c.size * 4 / 5;
    const auto consider = [&](Method method) {
        Convolution filtered = c;
        filtered.method = method;
        with_filter(filtered, {}, [&](auto, auto filter) {
            using Filter = decltype(filter);
            const int64_t tiles = count * groups(output_height, Filter::outputs) * groups(output_width, Filter::outputs);
            const int64_t products = tiles * Filter::products * Filter::products;
            // Few tiles do not repay the transform of the weight.
            if (tiles < 8 || products >= fewest) return;
            fewest = products;
            c.method = method;
            c.packs_weight = products * std::max(c.in_channels, c.out_channels) * float_bytes > few_tiles_bytes();
        }, [](auto) {});
    };
    if (accurate) return consider(Method::small_winograd);
    consider(Method::winograd);
    if (c.size == 4 && c.stride == 1) consider(Method::large_winograd);
}

int64_t packed_size(const Convolution &c, bool transposed) {
    if (c.method == Method::quantized) return Quantized(c, {}).packed_size();
    return with_filter(c, {}, [&](auto winograd, auto) { return winograd.packed_size(c, transposed); },
                       [&](auto kernels) { return kernels.packed_size(transposed); });
}

void pack(const Convolution &c, const float *weight, bool transposed, float *packed, const Resources &resources) {
    assert(c.packs_weight);
    if (c.method == Method::quantized) return Quantized(c, resources).pack(weight, packed);
    with_filter(c, resources, [&](auto winograd, auto) { winograd.pack(c, weight, transposed, packed, resources); },
                [&](auto kernels) { kernels.pack(weight, transposed, packed); });
}

void convolve(const Convolution &c, const Images &input, const float *weight, const float *bias, float *output, const Resources &resources) {
    assert(is_valid(input) && input.channels == c.in_channels);
    assert(fits(c, {output, input.count, c.output_size(input.height), c.output_size(input.width), c.out_channels, nullptr, 1}, input.height,
                input.width));
    if constexpr (LANES == 16) {
        if (c.method == Method::quantized) return Quantized(c, resources).convolve(input, weight, bias, output);
    }
    with_filter(c, resources, [&](auto winograd, auto) { winograd.convolve(c, input, weight, bias, output, resources); },
                [&](auto kernels) { kernels.convolve(input, weight, bias, output); });
}

void convolve_transposed(const Convolution &c, const Images &input, const float *weight, const float *bias, int64_t height, int64_t width,
                         float *output, const Resources &resources) {
    assert(fits(c, input, height, width) && input.channels == c.out_channels);
    with_filter(c, resources, [&](auto winograd, auto) { winograd.convolve_transposed(c, input, weight, bias, height, width, output, resources); },
                [&](auto kernels) { kernels.convolve_transposed(input, weight, bias, height, width, output); });
}

void weight_gradient(const Convolution &c, const Images &input, const Images &gradient, float *output, const Resources &resources) {
    assert(is_valid(input) && input.channels == c.in_channels && input.count == gradient.count);
    assert(fits(c, gradient, input.height, input.width) && gradient.channels == c.out_channels);
    with_filter(c, resources, [&](auto winograd, auto) { winograd.weight_gradient(c, input, gradient, output, resources); },
                [&](auto kernels) { kernels.weight_gradient(input, gradient, output); });
}

extern const Table table;
const Table table = {NAME,     LANES,               multiplies_bytes, choose_method, packed_size, pack,
                     convolve, convolve_transposed, weight_gradient,  statistics,    apply,       apply_backward};

}  // namespace kernels::INSTRUCTION_SET
