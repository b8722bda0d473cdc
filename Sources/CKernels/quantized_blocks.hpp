// Products of bytes: what quantized.hpp declares, for AVX-512 with VNNI.
#pragma once

#include "quantized.hpp"

namespace kernels::INSTRUCTION_SET {

using Integers = int32_t __attribute__((vector_size(LANES * sizeof(int32_t))));

float quantize(const float *pixel, int64_t channels, uint8_t *bytes) {
    // As integers, so that what is no number counts as the largest.
    __m512i largest = _mm512_setzero_si512();
    const __m512i magnitude = _mm512_set1_epi32(0x7fffffff);
    for (int64_t c = 0; c < channels; c += LANES) {
        const auto values = reinterpret_cast<__m512i>(load(pixel + c, channels - c));
        largest = _mm512_max_epi32(largest, _mm512_and_si512(values, magnitude));
    }
    const int32_t bits = _mm512_reduce_max_epi32(largest);
    float range;
    std::memcpy(&range, &bits, sizeof(range));
    const Vector steps = broadcast(range > std::numeric_limits<float>::min() * 127 ? 127 / range : 0);
    for (int64_t c = 0; c < channels; c += LANES) {
        const __m512i rounded = _mm512_cvtps_epi32(load(pixel + c, channels - c) * steps);
        const __m128i moved = _mm_xor_si128(_mm512_cvtsepi32_epi8(rounded), _mm_set1_epi8(-128));
        _mm_storeu_si128(reinterpret_cast<__m128i *>(bytes + c), moved);
    }
    return range / 127;
}

template <int R, int V>
ALWAYS_INLINE void multiply_bytes_block(const QuantizedRows &a, int64_t row, const QuantizedWeight &b, int64_t depth, int64_t column,
                                        int64_t columns, const float *bias, float *c) {
    Integers sums[R][V] = {};
    const uint8_t *left = a.bytes + row * a.row_bytes;
    const int8_t *right = b.panels + column * depth * 4;
    for (int64_t k = 0; k < depth; k++) {
        __m512i steps[V];
        UNROLL for (int v = 0; v < V; v++) steps[v] = _mm512_loadu_si512(right + (v * depth + k) * LANES * 4);
        UNROLL for (int r = 0; r < R; r++) {
            int32_t four;
            std::memcpy(&four, left + r * a.row_bytes + k * 4, sizeof(four));
            UNROLL for (int v = 0; v < V; v++) {
                sums[r][v] = reinterpret_cast<Integers>(
                    _mm512_dpbusd_epi32(reinterpret_cast<__m512i>(sums[r][v]), _mm512_set1_epi32(four), steps[v]));
            }
        }
    }
    UNROLL for (int v = 0; v < V; v++) {
        const int64_t first = column + v * LANES;
        const auto offset = reinterpret_cast<Integers>(_mm512_loadu_si512(b.offsets + first));
        const Vector scale = load(b.scales + first), start = bias ? load(bias + first, columns - first) : Vector{};
        UNROLL for (int r = 0; r < R; r++) {
            const Vector sum = __builtin_convertvector(sums[r][v] - offset, Vector);
            store(c + (row + r) * columns + first, sum * (scale * broadcast(a.scales[row + r])) + start, columns - first);
        }
    }
}

void multiply_bytes(const QuantizedRows &a, int64_t rows, const QuantizedWeight &b, int64_t depth, int64_t columns, const float *bias, float *c) {
    for (int64_t column = 0; column < columns; column += block_vectors * LANES) {
        with_constant<block_vectors>(std::min<int64_t>(groups(columns - column, LANES), block_vectors), [&](auto vectors) {
            for_row_blocks(rows, [&](int64_t row, auto count) {
                multiply_bytes_block<decltype(count)::value, decltype(vectors)::value>(a, row, b, depth, column, columns, bias, c);
            });
        });
    }
}

}  // namespace kernels::INSTRUCTION_SET
