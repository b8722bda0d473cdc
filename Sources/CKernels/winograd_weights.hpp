// Weights in the transformed domain: packed for the products, and the way back of their gradient.
#pragma once

#include "gemm.hpp"
#include "tiles.hpp"

namespace kernels::INSTRUCTION_SET {

template <class Filter>
class WinogradWeights {
    static constexpr int products = Filter::products, positions = products * products, area = Filter::taps * Filter::taps;
    using ToProducts = Matrix<Filter::weight, false>;
    // Weights are transformed a square of channels at a time.
    static constexpr int64_t square = 16;
    // The side of the blocks of channels whose dU stays in a core's second cache, where there are few tiles.
    static constexpr int64_t few_channels = 32;

    const Convolution &convolution;
    float *const gradient;
    // dU, [positions][in][out].
    const int64_t stride = padded(convolution.out_channels), plane = convolution.in_channels * stride + LANES;
    static constexpr int64_t few_plane = few_channels * few_channels + LANES;
    float *const sums;
    const OwnMemory blocks;

public:
    /// - `gradient`: [out][in][taps][taps], written by `finish` or `gradient_of_few_tiles`.
    WinogradWeights(const Convolution &convolution, const Resources &resources, float *gradient, bool has_few_tiles)
        : convolution(convolution), gradient(gradient), sums(has_few_tiles ? nullptr : resources(Scratch::sums, positions * plane)),
          blocks(has_few_tiles ? OwnMemory(resources, positions * few_plane) : OwnMemory()) {}

    /// Products of one position; a little apart, because lines at equal places of many pages push each other out of a cache.
    static int64_t packed_plane(int64_t columns, int64_t depth) { return padded(columns) * depth + LANES; }

    static int64_t packed_size(const Convolution &c, bool transposed) {
        return positions * (transposed ? packed_plane(c.in_channels, c.out_channels) : packed_plane(c.out_channels, c.in_channels));
    }

    /// U = G w Gᵀ as [positions][out / LANES][in][LANES]; transposed as [positions][in / LANES][out][LANES].
    static void pack(const Convolution &c, const float *weight, bool transposed, float *packed, const Resources &resources) {
        const Packing packing(c, weight, transposed);
        const int64_t plane = packed_plane(packing.lanes, packing.items), blocks = groups(packing.items, square);
        run(resources, [&](Member &member) {
            member.share(groups(packing.lanes, LANES) * blocks, [&](int64_t task) {
                const int64_t lane = task / blocks * LANES, item = task % blocks * square;
                packing.pack_square(lane, item, packed + lane * packing.items, plane);
            });
        });
    }

    /// The same for some of the channels that lanes run along, as if there were no others, with so much from one position to the next.
    static void pack_channels(const Convolution &c, const float *weight, bool transposed, int64_t begin, int64_t end, float *packed,
                              int64_t plane) {
        const Packing packing(c, weight, transposed);
        for (int64_t lane = begin; lane < end; lane += LANES) {
            for (int64_t item = 0; item < packing.items; item += square) {
                packing.pack_square(lane, item, packed + (lane - begin) * packing.items, plane);
            }
        }
    }

    /// Where dU of a position is summed up, from an input channel on.
    Result sums_of(int64_t position, int64_t in) const { return {sums + position * plane + in * stride, stride}; }

    /// The gradient, once all is summed up.
    void finish(Member &member) const {
        const int64_t in = convolution.in_channels, blocks = groups(in, square);
        member.share(groups(convolution.out_channels, LANES) * blocks, [&](int64_t task) {
            const int64_t lane = task / blocks * LANES, item = task % blocks * square;
            write_block(sums + item * stride + lane, stride, plane, lane, item, std::min(square, in - item));
        });
    }

    /// The gradient from V and dM, by blocks of channels.
    void gradient_of_few_tiles(Member &member, const Transformed &v, const Transformed &m, int64_t tiles) const {
        const int64_t in = convolution.in_channels, out = convolution.out_channels, blocks = groups(in, few_channels);
        float *block = this->blocks.of(member.index);
        member.share(groups(out, few_channels) * blocks, [&](int64_t task) {
            const int64_t o = task / blocks * few_channels, i = task % blocks * few_channels;
            const int64_t outs = std::min(few_channels, out - o), ins = std::min(few_channels, in - i);
            for (int64_t position = 0; position < positions; position++) {
                accumulate(1, tiles, {v.data + position * v.plane + i, v.row_stride, 0}, ins,
                           {m.data + position * m.plane + o, m.row_stride, 0}, outs, {block + position * few_plane, few_channels}, false);
            }
            for (int64_t lane = 0; lane < outs; lane += LANES) {
                for (int64_t item = 0; item < ins; item += square) {
                    write_block(block + item * few_channels + lane, few_channels, few_plane, o + lane, i + item, std::min(square, ins - item));
                }
            }
        });
    }

private:
    /// To [float][lane] from rows of `count` floats, one for each lane; zeros behind the last.
    static ALWAYS_INLINE void transpose_rows(const float *from, int64_t stride, int64_t rows, int64_t count, float *to) {
        for (int64_t f = 0; f < count; f += LANES) {
            Vector values[LANES];
            UNROLL for (int l = 0; l < LANES; l++) {
                values[l] = l < rows ? load(from + l * stride + f, count - f) : Vector{};
                __builtin_prefetch(from + l * stride + f + count, 0, 3);
            }
            transpose(values);
            UNROLL for (int l = 0; l < LANES; l++) {
                if (f + l < count) store(to + (f + l) * LANES, values[l]);
            }
        }
    }

    struct Packing {
        const float *weight;
        const bool transposed;
        // Lanes run along one kind of channels, their products lie side by side for the other.
        const int64_t lanes, items, lane_stride, item_stride;

        Packing(const Convolution &c, const float *weight, bool transposed)
            : weight(weight), transposed(transposed), lanes(transposed ? c.in_channels : c.out_channels),
              items(transposed ? c.out_channels : c.in_channels), lane_stride(transposed ? area : area * c.in_channels),
              item_stride(transposed ? area * c.in_channels : area) {}

        /// U of LANES and a square's other channels, to planes so far apart.
        void pack_square(int64_t lane, int64_t item, float *to, int64_t plane) const {
            assert(lane % LANES == 0 && lane < lanes && item % square == 0);
            const int64_t lane_count = std::min<int64_t>(LANES, lanes - lane), end = std::min(item + square, items);
            const float *from = weight + lane * lane_stride + item * item_stride;
            float kernels[square][area][LANES];
            // Along whichever of the two lies side by side.
            if (transposed) {
                for (int64_t i = item; i < end; i++, from += item_stride) transpose_rows(from, lane_stride, lane_count, area, kernels[i - item][0]);
            } else {
                transpose_rows(from, lane_stride, lane_count, (end - item) * area, kernels[0][0]);
            }
            for (int64_t i = item; i < end; i++) {
                Vector taps[Filter::taps][Filter::taps], half[Filter::taps][products], line[products];
                UNROLL for (int k = 0; k < area; k++) taps[k % Filter::taps][k / Filter::taps] = load(kernels[i - item][k]);
                UNROLL for (int k = 0; k < Filter::taps; k++) multiply_matrix<ToProducts>(taps[k], half[k], 1);
                UNROLL for (int p = 0; p < products; p++) {
                    Vector column[Filter::taps];
                    UNROLL for (int k = 0; k < Filter::taps; k++) column[k] = half[k][p];
                    multiply_matrix<ToProducts>(column, line, 1);
                    UNROLL for (int q = 0; q < products; q++) store(to + i * LANES + (p * products + q) * plane, line[q]);
                }
            }
        }
    };

    /// dw = Gᵀ dU G of up to LANES output channels and a square's input channels, written as [out][in][taps][taps].
    void write_block(const float *from, int64_t stride, int64_t plane, int64_t out, int64_t in, int64_t ins) const {
        using FromProducts = Matrix<Filter::weight, true>;
        float kernels[LANES][square][area];
        for (int64_t i = 0; i < ins; i++) {
            untransform_tile<FromProducts>(from + i * stride, plane, [&](int y, int x, Vector value) {
                UNROLL for (int l = 0; l < LANES; l++) kernels[l][i][y * Filter::taps + x] = value[l];
            });
        }
        for (int64_t l = 0; l < std::min<int64_t>(LANES, convolution.out_channels - out); l++) {
            std::memcpy(gradient + ((out + l) * convolution.in_channels + in) * area, kernels[l], static_cast<size_t>(ins * area) * sizeof(float));
        }
    }
};

}  // namespace kernels::INSTRUCTION_SET
