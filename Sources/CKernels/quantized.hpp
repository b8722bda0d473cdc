// 1x1 convolutions in products of bytes, for networks that are only evaluated: each pixel and each output's weights become integers by a
// scale of their own, so that nothing has to be known of the images before.
#pragma once

#include "borders.hpp"
#include "gemm.hpp"
#include "tuning.hpp"

namespace kernels::INSTRUCTION_SET {

/// Pixels as bytes [rows][row_bytes], each moved by 128 to be unsigned, and what one step of each row is worth.
struct QuantizedRows {
    const uint8_t *bytes;
    int64_t row_bytes;
    const float *scales;
};

/// What `Quantized::pack` writes: panels [outputs / LANES][depth / 4][LANES][4] of bytes, what one step of each output's weights is worth, and
/// what the 128 of the pixels adds to each output.
struct QuantizedWeight {
    const int8_t *panels;
    const float *scales;
    const int32_t *offsets;
};

/// Whether this processor multiplies bytes.
inline bool multiplies_bytes() { return LANES == 16 && has_byte_products(); }

/// One pixel as bytes, padded to whole vectors; returns what one of their steps is worth, which is no number where one of the pixel's is
/// none.
float quantize(const float *pixel, int64_t channels, uint8_t *bytes);

/// C [rows × columns] = A B + bias, where the bias may be null and `depth` is the number of groups of four bytes.
void multiply_bytes(const QuantizedRows &a, int64_t rows, const QuantizedWeight &b, int64_t depth, int64_t columns, const float *bias, float *c);

class Quantized {
    static constexpr int64_t group = 4;
    // Pixels at a time: whole blocks of rows, which stay in the first cache beside a panel.
    static constexpr int64_t most_bytes = 16 << 10;

    const Convolution &convolution;
    const Resources &resources;
    const int64_t inputs = convolution.in_channels, outputs = convolution.out_channels, depth = groups(inputs, group);

public:
    Quantized(const Convolution &convolution, const Resources &resources) : convolution(convolution), resources(resources) {}

    static bool covers(const Convolution &c) { return c.size == 1 && c.stride == 1 && c.padding == 0 && c.groups == 1 && multiplies_bytes(); }

    int64_t packed_size() const { return padded(outputs) * (depth + 2); }

    void pack(const float *weight, float *packed) const {
        auto *panels = reinterpret_cast<int8_t *>(packed);
        float *scales = packed + padded(outputs) * depth;
        auto *offsets = reinterpret_cast<int32_t *>(scales + padded(outputs));
        for (int64_t o = 0; o < padded(outputs); o++) {
            const auto value = [&](int64_t i) { return o < outputs && i < inputs ? weight[o * inputs + i] : 0; };
            float largest = 0;
            for (int64_t i = 0; i < inputs; i++) largest = std::max(largest, std::abs(value(i)));
            scales[o] = largest / 127;
            offsets[o] = 0;
            for (int64_t i = 0; i < depth * group; i++) {
                const auto step = static_cast<int8_t>(largest > 0 ? std::lround(value(i) / largest * 127) : 0);
                panels[((o / LANES * depth + i / group) * LANES + o % LANES) * group + i % group] = step;
                offsets[o] += 128 * step;
            }
        }
    }

    void convolve(const Images &input, const float *packed, const float *bias, float *output) const {
        const float *scales = packed + padded(outputs) * depth;
        const QuantizedWeight weight{reinterpret_cast<const int8_t *>(packed), scales,
                                     reinterpret_cast<const int32_t *>(scales + padded(outputs))};
        const int64_t pixels = input.height * input.width, row_bytes = padded(inputs), floats = row_bytes / float_bytes;
        const int64_t at_once = std::max<int64_t>(1, most_bytes / row_bytes / block_rows) * block_rows, parts = groups(pixels, at_once);
        // A pixel, and then bytes and scales of all.
        const OwnMemory memory(resources, row_bytes + at_once * (floats + 1));
        run(resources, [&](Member &member) {
            float *pixel = memory.of(member.index), *steps = pixel + row_bytes;
            auto *bytes = reinterpret_cast<uint8_t *>(steps + at_once);
            member.share(input.count * parts, [&](int64_t task) {
                const int64_t image = task / parts, begin = task % parts * at_once, rows = std::min(at_once, pixels - begin);
                const Prologue prologue(input, image);
                const float *from = input.data + (image * pixels + begin) * inputs;
                for (int64_t row = 0; row < rows; row++, from += inputs) {
                    const float *seen = from;
                    if (!input.is_plain()) {
                        read_pixels(from, 1, inputs, false, prologue, pixel);
                        seen = pixel;
                    }
                    steps[row] = quantize(seen, inputs, bytes + row * row_bytes);
                }
                multiply_bytes({bytes, row_bytes, steps}, rows, weight, depth, outputs, bias, output + (image * pixels + begin) * outputs);
            });
        });
    }
};

}  // namespace kernels::INSTRUCTION_SET
