// 3×3 convolutions of stride 1 by Winograd's minimal filtering.
//
// Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", arXiv 1509.09308: with the transforms B, G and A of F(M×M, 3×3), a
// tile of M×M outputs is Aᵀ [(G w Gᵀ) ⊙ (Bᵀ x B)] A, where x is the tile of (M + 2)² inputs and the products summed over channels are one
// matrix product for each of the (M + 2)² positions. The gradients use the same products transposed: with dM = A dy Aᵀ, those of the
// input are B (dM Uᵀ) Bᵀ, added up where tiles overlap, and those of the weight Gᵀ (Vᵀ dM) G.
#pragma once

#include "borders.hpp"
#include "gemm.hpp"

namespace {

/// The one-dimensional transforms for M outputs; `from` and `to` are vectors so many elements apart.
template <int M>
struct Filtering;

/// Points 0, ±1, ±2 and infinity: 4 times fewer products than a direct convolution, rounding errors about 5 times larger.
template <>
struct Filtering<4> {
    static constexpr float weight[6][3] = {{1 / 4.f, 0, 0},          {-1 / 6.f, -1 / 6.f, -1 / 6.f},  {-1 / 6.f, 1 / 6.f, -1 / 6.f},
                                           {1 / 24.f, 1 / 12.f, 1 / 6.f}, {1 / 24.f, -1 / 12.f, 1 / 6.f}, {0, 0, 1}};
    ALWAYS_INLINE static void input(const Vector *from, int step, Vector *to, int to_step) {
        const Vector x0 = from[0], x1 = from[step], x2 = from[2 * step], x3 = from[3 * step], x4 = from[4 * step], x5 = from[5 * step];
        const Vector even = x4 - 4 * x2, odd = x3 - 4 * x1, even2 = x4 - x2, odd2 = 2 * (x3 - x1);
        to[0] = 4 * x0 - 5 * x2 + x4;
        to[to_step] = even + odd;
        to[2 * to_step] = even - odd;
        to[3 * to_step] = even2 + odd2;
        to[4 * to_step] = even2 - odd2;
        to[5 * to_step] = 4 * x1 - 5 * x3 + x5;
    }
    ALWAYS_INLINE static void input_transposed(const Vector *from, int step, Vector *to, int to_step) {
        const Vector x0 = from[0], x5 = from[5 * step];
        const Vector sum = from[step] + from[2 * step], difference = from[step] - from[2 * step];
        const Vector sum2 = from[3 * step] + from[4 * step], difference2 = from[3 * step] - from[4 * step];
        to[0] = 4 * x0;
        to[to_step] = 4 * (x5 - difference) - 2 * difference2;
        to[2 * to_step] = -5 * x0 - 4 * sum - sum2;
        to[3 * to_step] = difference + 2 * difference2 - 5 * x5;
        to[4 * to_step] = x0 + sum + sum2;
        to[5 * to_step] = x5;
    }
    ALWAYS_INLINE static void output(const Vector *from, int step, Vector *to, int to_step) {
        const Vector sum = from[step] + from[2 * step], difference = from[step] - from[2 * step];
        const Vector sum2 = from[3 * step] + from[4 * step], difference2 = from[3 * step] - from[4 * step];
        to[0] = from[0] + sum + sum2;
        to[to_step] = difference + 2 * difference2;
        to[2 * to_step] = sum + 4 * sum2;
        to[3 * to_step] = from[5 * step] + difference + 8 * difference2;
    }
    ALWAYS_INLINE static void output_transposed(const Vector *from, int step, Vector *to, int to_step) {
        const Vector x0 = from[0], x1 = from[step], x2 = from[2 * step], x3 = from[3 * step];
        const Vector even = x0 + x2, odd = x1 + x3, even2 = x0 + 4 * x2, odd2 = 2 * x1 + 8 * x3;
        to[0] = x0;
        to[to_step] = even + odd;
        to[2 * to_step] = even - odd;
        to[3 * to_step] = even2 + odd2;
        to[4 * to_step] = even2 - odd2;
        to[5 * to_step] = x3;
    }
};

/// Points 0, ±1 and infinity: 2.25 times fewer products, rounding errors of a direct convolution.
template <>
struct Filtering<2> {
    static constexpr float weight[4][3] = {{1, 0, 0}, {.5f, .5f, .5f}, {.5f, -.5f, .5f}, {0, 0, 1}};
    ALWAYS_INLINE static void input(const Vector *from, int step, Vector *to, int to_step) {
        const Vector x0 = from[0], x1 = from[step], x2 = from[2 * step], x3 = from[3 * step];
        to[0] = x0 - x2;
        to[to_step] = x1 + x2;
        to[2 * to_step] = x2 - x1;
        to[3 * to_step] = x1 - x3;
    }
    ALWAYS_INLINE static void input_transposed(const Vector *from, int step, Vector *to, int to_step) {
        const Vector x0 = from[0], x1 = from[step], x2 = from[2 * step], x3 = from[3 * step];
        to[0] = x0;
        to[to_step] = x1 - x2 + x3;
        to[2 * to_step] = x1 + x2 - x0;
        to[3 * to_step] = -x3;
    }
    ALWAYS_INLINE static void output(const Vector *from, int step, Vector *to, int to_step) {
        to[0] = from[0] + from[step] + from[2 * step];
        to[to_step] = from[step] - from[2 * step] - from[3 * step];
    }
    ALWAYS_INLINE static void output_transposed(const Vector *from, int step, Vector *to, int to_step) {
        const Vector x0 = from[0], x1 = from[step];
        to[0] = x0;
        to[to_step] = x0 + x1;
        to[2 * to_step] = x0 - x1;
        to[3 * to_step] = -x1;
    }
};

template <int M>
class Winograd {
    using Transform = Filtering<M>;
    static constexpr int size = M + 2, positions = size * size;
    // Weights are transformed a square of channels at a time.
    static constexpr int64_t square = 16;
    // Tiles whose products lie in the caches together.
    static constexpr int64_t chunk_bytes = 24 << 20;

    const Convolution &convolution;
    const Resources &resources;
    const int64_t height, width, output_height, output_width;
    const int64_t tile_rows = groups(output_height, M), tile_columns = groups(output_width, M);
    // Rows of V [positions][tiles][in] and M [positions][tiles][out] are kept off powers of two, whose lines share few places in a cache.
    const int64_t input_stride = padded(convolution.in_channels) + LANES, output_stride = padded(convolution.out_channels) + LANES;

public:
    Winograd(const Convolution &convolution, int64_t height, int64_t width, const Resources &resources)
        : convolution(convolution), resources(resources), height(height), width(width),
          output_height(convolution.output_size(height)), output_width(convolution.output_size(width)) {}

    static int64_t packed_size(const Convolution &c, bool transposed) {
        return positions * (transposed ? packed_plane(c.in_channels, c.out_channels) : packed_plane(c.out_channels, c.in_channels));
    }

    /// U = G w Gᵀ as [positions][out / LANES][in][LANES]; transposed as [positions][in / LANES][out][LANES].
    static void pack(const Convolution &c, const float *weight, bool transposed, float *packed, const Resources &resources) {
        const int64_t lanes = transposed ? c.in_channels : c.out_channels, items = transposed ? c.out_channels : c.in_channels;
        const int64_t lane_stride = transposed ? 9 : 9 * c.in_channels, item_stride = transposed ? 9 * c.in_channels : 9;
        const int64_t plane = packed_plane(lanes, items), blocks = groups(items, square);
        run(resources, [&](Member member) {
            member.share(groups(lanes, LANES) * blocks, [&](int64_t task) {
                const int64_t lane = task / blocks * LANES, item = task % blocks * square;
                const int64_t lane_count = std::min<int64_t>(LANES, lanes - lane), end = std::min(item + square, items);
                // Read along whichever of the two lies side by side.
                float kernels[square][9][LANES] = {};
                const auto copy = [&](int64_t l, int64_t i) {
                    const float *from = weight + (lane + l) * lane_stride + i * item_stride;
                    UNROLL for (int k = 0; k < 9; k++) kernels[i - item][k][l] = from[k];
                };
                if (transposed) {
                    for (int64_t i = item; i < end; i++) {
                        for (int64_t l = 0; l < lane_count; l++) copy(l, i);
                    }
                } else {
                    for (int64_t l = 0; l < lane_count; l++) {
                        for (int64_t i = item; i < end; i++) copy(l, i);
                    }
                }
                for (int64_t i = item; i < end; i++) {
                    const auto &taps = kernels[i - item];
                    Vector half[3][size];
                    for (int k = 0; k < 3; k++) {
                        UNROLL for (int p = 0; p < size; p++) {
                            half[k][p] = Transform::weight[p][0] * load(taps[k]) + Transform::weight[p][1] * load(taps[3 + k])
                                         + Transform::weight[p][2] * load(taps[6 + k]);
                        }
                    }
                    float *to = packed + (lane / LANES * items + i) * LANES;
                    for (int p = 0; p < size; p++) {
                        UNROLL for (int q = 0; q < size; q++) {
                            store(to + (p * size + q) * plane, Transform::weight[q][0] * half[0][p] + Transform::weight[q][1] * half[1][p]
                                                                   + Transform::weight[q][2] * half[2][p]);
                        }
                    }
                }
            });
        });
    }

    void convolve(const Images &input, const float *packed, const float *bias, float *output) const {
        const Chunks chunks = this->chunks(input.count);
        float *v = resources.scratch(0, chunks.input_plane * positions), *m = resources.scratch(1, chunks.output_plane * positions);
        run(resources, [&](Member member) {
            for (int64_t begin = 0; begin < chunks.rows; begin += chunks.rows_at_once) {
                const int64_t rows = std::min(chunks.rows_at_once, chunks.rows - begin);
                member.share(rows, [&](int64_t row) { transform_input(input, begin + row, v + row * tile_columns * input_stride, chunks); });
                member.wait();
                multiply_positions(member, rows * tile_columns, v, input_stride, chunks.input_plane, convolution.in_channels, packed,
                                   convolution.out_channels, m, output_stride, chunks.output_plane);
                member.wait();
                member.share(rows, [&](int64_t row) {
                    transform_output(m + row * tile_columns * output_stride, begin + row, bias, output, chunks);
                });
                member.wait();
            }
        });
    }

    void gradients(const Images &input, const float *gradient, const float *packed_transposed, float *input_gradient,
                   float *weight_gradient) const {
        const Chunks chunks = this->chunks(input.count);
        const int64_t in = convolution.in_channels, out = convolution.out_channels, weight_plane = in * padded(out) + LANES;
        float *v = resources.scratch(0, chunks.input_plane * positions), *m = resources.scratch(1, chunks.output_plane * positions);
        float *u = weight_gradient ? resources.scratch(2, weight_plane * positions) : nullptr;
        if (input_gradient) std::memset(input_gradient, 0, static_cast<size_t>(input.count * height * width * in) * sizeof(float));
        run(resources, [&](Member member) {
            for (int64_t begin = 0; begin < chunks.rows; begin += chunks.rows_at_once) {
                const int64_t rows = std::min(chunks.rows_at_once, chunks.rows - begin), tiles = rows * tile_columns;
                member.share(rows, [&](int64_t row) {
                    transform_gradient(gradient, begin + row, m + row * tile_columns * output_stride, chunks);
                    if (u) transform_input(input, begin + row, v + row * tile_columns * input_stride, chunks);
                });
                member.wait();
                if (u) {
                    const int64_t columns = column_block(out), blocks = groups(out, columns);
                    member.share(positions * blocks, [&](int64_t task) {
                        const int64_t position = task / blocks, column = task % blocks * columns;
                        accumulate(1, tiles, {v + position * chunks.input_plane, input_stride, 0}, in,
                                   {m + position * chunks.output_plane + column, output_stride, 0}, std::min(columns, out - column),
                                   {u + position * weight_plane + column, padded(out)}, begin > 0);
                    });
                    member.wait();
                }
                if (input_gradient) {
                    multiply_positions(member, tiles, m, output_stride, chunks.output_plane, out, packed_transposed, in, v, input_stride,
                                       chunks.input_plane);
                    member.wait();
                    // Tiles of neighbouring rows overlap, those of every other row do not.
                    for (int64_t parity : {0, 1}) {
                        member.share((rows + 1 - parity) / 2, [&](int64_t half) {
                            const int64_t row = 2 * half + parity;
                            add_input_gradient(v + row * tile_columns * input_stride, begin + row, input_gradient, chunks);
                        });
                        member.wait();
                    }
                }
            }
            if (u) untransform_weight(member, u, weight_plane, weight_gradient);
        });
    }

private:
    /// Rows of tiles over all images, cut so that the transformed tiles fit into the caches.
    struct Chunks {
        int64_t rows, rows_at_once, input_plane, output_plane;
    };

    Chunks chunks(int64_t images) const {
        const int64_t rows = images * tile_rows;
        const int64_t bytes = tile_columns * positions * (input_stride + output_stride) * static_cast<int64_t>(sizeof(float));
        const int64_t at_once = std::max<int64_t>(1, std::min(rows, chunk_bytes / bytes));
        const int64_t pad = 5 * 16;
        return {rows, at_once, at_once * tile_columns * input_stride + pad, at_once * tile_columns * output_stride + pad};
    }

    /// Products of one position; a little apart, because lines at equal places of many pages push each other out of a cache.
    static int64_t packed_plane(int64_t columns, int64_t depth) { return padded(columns) * depth + LANES; }

    int64_t column_block(int64_t columns) const { return std::min<int64_t>(padded(columns), 8 * LANES); }

    void multiply_positions(Member member, int64_t tiles, const float *from, int64_t from_stride, int64_t from_plane, int64_t depth,
                            const float *packed, int64_t columns, float *to, int64_t to_stride, int64_t to_plane) const {
        const int64_t block = column_block(columns), blocks = groups(columns, block), packed_plane = Winograd::packed_plane(columns, depth);
        member.share(positions * blocks, [&](int64_t task) {
            const int64_t position = task / blocks, column = task % blocks * block;
            multiply({from + position * from_plane, from_stride, 1, 0, depth}, tiles, packed + position * packed_plane + column * depth,
                     std::min(block, columns - column), nullptr, {to + position * to_plane + column, to_stride});
        });
    }

    /// Where the inputs of a tile lie: indices of pixels along one axis, -1 for zeros.
    struct Axis {
        int64_t indices[size];
        bool is_inside = true;

        Axis(int64_t tile, int64_t pixels, const Convolution &c) {
            for (int i = 0; i < size; i++) {
                indices[i] = source_index(tile * M - c.padding + i, pixels, c.padding, c.border);
                is_inside &= indices[i] >= 0;
            }
        }
    };

    /// V = Bᵀ x B for one row of tiles.
    void transform_input(const Images &input, int64_t row, float *to, const Chunks &chunks) const {
        const int64_t image = row / tile_rows, channels = input.channels;
        const float *from = input.data + image * height * width * channels;
        const Prologue prologue(input, image);
        const Axis rows(row % tile_rows, height, convolution);
        for (int64_t tile = 0; tile < tile_columns; tile++, to += input_stride) {
            const Axis columns(tile, width, convolution);
            const bool is_whole = rows.is_inside && columns.is_inside && channels % LANES == 0;
            for (int64_t c = 0; c < channels; c += LANES) {
                const auto pixel = [&](int i, int j) { return from + (rows.indices[i] * width + columns.indices[j]) * channels + c; };
                if (is_whole && input.is_plain()) {
                    transform<&Transform::input, size>([&](int i, int j) { return load(pixel(i, j)); }, to + c, chunks.input_plane);
                    continue;
                }
                const auto group = prologue.group(c, channels);
                if (is_whole) {
                    transform<&Transform::input, size>([&](int i, int j) { return group(load(pixel(i, j))); }, to + c, chunks.input_plane);
                    continue;
                }
                transform<&Transform::input, size>([&](int i, int j) {
                    const bool is_zero = rows.indices[i] < 0 || columns.indices[j] < 0;
                    return is_zero ? Vector{} : group(load(pixel(i, j), channels - c));
                }, to + c, chunks.input_plane);
            }
        }
    }

    /// dM = A dy Aᵀ for one row of tiles.
    void transform_gradient(const float *gradient, int64_t row, float *to, const Chunks &chunks) const {
        const int64_t image = row / tile_rows, y = row % tile_rows * M, channels = convolution.out_channels;
        for (int64_t tile = 0; tile < tile_columns; tile++, to += output_stride) {
            const int64_t x = tile * M;
            const bool is_whole = y + M <= output_height && x + M <= output_width && channels % LANES == 0;
            const float *from = gradient + ((image * output_height + y) * output_width + x) * channels;
            for (int64_t c = 0; c < channels; c += LANES) {
                const auto pixel = [&](int i, int j) { return from + (i * output_width + j) * channels + c; };
                if (is_whole) {
                    transform<&Transform::output_transposed, M>([&](int i, int j) { return load(pixel(i, j)); }, to + c, chunks.output_plane);
                    continue;
                }
                transform<&Transform::output_transposed, M>([&](int i, int j) {
                    const bool is_zero = y + i >= output_height || x + j >= output_width;
                    return is_zero ? Vector{} : load(pixel(i, j), channels - c);
                }, to + c, chunks.output_plane);
            }
        }
    }

    /// y = Aᵀ M A + bias for one row of tiles.
    void transform_output(const float *from, int64_t row, const float *bias, float *output, const Chunks &chunks) const {
        const int64_t image = row / tile_rows, y = row % tile_rows * M, channels = convolution.out_channels;
        for (int64_t tile = 0; tile < tile_columns; tile++, from += output_stride) {
            const int64_t x = tile * M, rows = std::min<int64_t>(M, output_height - y), columns = std::min<int64_t>(M, output_width - x);
            float *to = output + ((image * output_height + y) * output_width + x) * channels;
            for (int64_t c = 0; c < channels; c += LANES) {
                const Vector start = bias ? load(bias + c, channels - c) : Vector{};
                Vector tiles[M][M];
                untransform<&Transform::output, M>(from + c, chunks.output_plane, tiles);
                for (int i = 0; i < rows; i++) {
                    for (int j = 0; j < columns; j++) {
                        store(to + (i * output_width + j) * channels + c, tiles[i][j] + start, channels - c);
                    }
                }
            }
        }
    }

    /// dx += B dV Bᵀ for one row of tiles.
    void add_input_gradient(const float *from, int64_t row, float *gradient, const Chunks &chunks) const {
        const int64_t image = row / tile_rows, channels = convolution.in_channels;
        float *to = gradient + image * height * width * channels;
        const Axis rows(row % tile_rows, height, convolution);
        for (int64_t tile = 0; tile < tile_columns; tile++, from += input_stride) {
            const Axis columns(tile, width, convolution);
            for (int64_t c = 0; c < channels; c += LANES) {
                Vector tiles[size][size];
                untransform<&Transform::input_transposed, size>(from + c, chunks.input_plane, tiles);
                for (int i = 0; i < size; i++) {
                    if (rows.indices[i] < 0) continue;
                    for (int j = 0; j < size; j++) {
                        if (columns.indices[j] < 0) continue;
                        float *pixel = to + (rows.indices[i] * width + columns.indices[j]) * channels + c;
                        store(pixel, load(pixel, channels - c) + tiles[i][j], channels - c);
                    }
                }
            }
        }
    }

    /// Both dimensions of a tile of N×N vectors, spread over planes that are `plane` apart.
    template <auto Line, int N, class Read>
    ALWAYS_INLINE static void transform(Read read, float *to, int64_t plane) {
        Vector half[size][N];
        UNROLL for (int j = 0; j < N; j++) {
            Vector column[N];
            UNROLL for (int i = 0; i < N; i++) column[i] = read(i, j);
            Line(column, 1, &half[0][j], N);
        }
        UNROLL for (int i = 0; i < size; i++) {
            Vector line[size];
            Line(half[i], 1, line, 1);
            UNROLL for (int j = 0; j < size; j++) store(to + (i * size + j) * plane, line[j]);
        }
    }

    /// The way back from planes to a tile of N×N vectors.
    template <auto Line, int N>
    ALWAYS_INLINE static void untransform(const float *from, int64_t plane, Vector (&to)[N][N]) {
        Vector half[N][size];
        UNROLL for (int j = 0; j < size; j++) {
            Vector column[size];
            UNROLL for (int i = 0; i < size; i++) column[i] = load(from + (i * size + j) * plane);
            Line(column, 1, &half[0][j], size);
        }
        UNROLL for (int i = 0; i < N; i++) Line(half[i], 1, to[i], 1);
    }

    /// dw = Gᵀ dU G, written as [out][in][3][3].
    void untransform_weight(Member member, const float *u, int64_t plane, float *weight) const {
        const int64_t in = convolution.in_channels, out = convolution.out_channels, blocks = groups(in, square);
        member.share(groups(out, LANES) * blocks, [&](int64_t task) {
            const int64_t lane = task / blocks * LANES, item = task % blocks * square, end = std::min(item + square, in);
            float taps[LANES][square][9];
            for (int64_t i = item; i < end; i++) {
                Vector half[3][size];
                UNROLL for (int q = 0; q < size; q++) {
                    Vector sums[3] = {};
                    UNROLL for (int p = 0; p < size; p++) {
                        const Vector value = load(u + (p * size + q) * plane + i * padded(out) + lane);
                        UNROLL for (int k = 0; k < 3; k++) sums[k] += Transform::weight[p][k] * value;
                    }
                    UNROLL for (int k = 0; k < 3; k++) half[k][q] = sums[k];
                }
                UNROLL for (int k = 0; k < 9; k++) {
                    Vector sum{};
                    UNROLL for (int q = 0; q < size; q++) sum += Transform::weight[q][k % 3] * half[k / 3][q];
                    UNROLL for (int l = 0; l < LANES; l++) taps[l][i - item][k] = sum[l];
                }
            }
            for (int64_t l = 0; l < std::min<int64_t>(LANES, out - lane); l++) {
                std::memcpy(weight + ((lane + l) * in + item) * 9, taps[l], static_cast<size_t>((end - item) * 9) * sizeof(float));
            }
        });
    }
};

}  // namespace
