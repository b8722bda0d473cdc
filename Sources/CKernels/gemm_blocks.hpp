// Matrix products of blocks that stay in the registers: what gemm.hpp declares.
#pragma once

#include "gemm.hpp"

namespace kernels::INSTRUCTION_SET {

constexpr int narrow_rows = LANES == 16 ? 5 : 3;

/// C = A B + bias for R rows and V panels of B, each [depth][LANES].
template <int R, int V>
ALWAYS_INLINE void multiply_block(const Left &a, int64_t row, const float *b, int64_t panel_stride, const float *bias, const Result &c,
                                  int64_t column, int64_t columns) {
    Vector sums[R][V];
    UNROLL for (int v = 0; v < V; v++) {
        const Vector start = bias ? load(bias + column + v * LANES, columns - column - v * LANES) : Vector{};
        UNROLL for (int r = 0; r < R; r++) sums[r][v] = start;
    }
    const float *left = a.data + row * a.row_stride;
    // Fetched ahead: the processor does not foresee so many streams by itself.
    UNROLL for (int r = 0; r < R; r++) {
        UNROLL for (int v = 0; v < V; v++) __builtin_prefetch(c.data + (row + r) * c.row_stride + column + v * LANES, 1, 3);
    }
    for (int64_t segment = 0; segment < a.segments; segment++, left += a.segment_stride) {
        for (int64_t k = 0; k < a.depth; k++, b += LANES) {
            Vector right[V];
            UNROLL for (int v = 0; v < V; v++) {
                right[v] = load(b + v * panel_stride);
                // For the next panels, as far ahead as these take: the third cache may be slow where others work in it too.
                __builtin_prefetch(b + (v + V) * panel_stride, 0, 2);
            }
            UNROLL for (int r = 0; r < R; r++) {
                const Vector value = broadcast(left[r * a.row_stride + k]);
                UNROLL for (int v = 0; v < V; v++) sums[r][v] += value * right[v];
            }
        }
    }
    UNROLL for (int r = 0; r < R; r++) {
        float *to = c.data + (row + r) * c.row_stride + column;
        UNROLL for (int v = 0; v < V; v++) store(to + v * LANES, sums[r][v], columns - column - v * LANES);
    }
}

/// C = Aᵀ B, or += where it adds, for R rows and V vectors of columns of C. The next block's C, fetched ahead, begins at `next`: never what
/// lies behind all blocks, where another thread may be writing.
template <int R, int V, bool IsWhole>
ALWAYS_INLINE void accumulate_block(int64_t segments, int64_t depth, const Tall &a, const Tall &b, const Result &c, const float *next,
                                    int64_t columns, bool adds) {
    if constexpr (IsWhole) columns = V * LANES;
    Vector sums[R][V];
    UNROLL for (int r = 0; r < R; r++) {
        UNROLL for (int v = 0; v < V; v++) {
            sums[r][v] = adds ? load(c.data + r * c.row_stride + v * LANES, columns - v * LANES) : Vector{};
        }
    }
    UNROLL for (int r = 0; r < R; r++) {
        UNROLL for (int v = 0; v < V; v++) __builtin_prefetch(next + r * c.row_stride + v * LANES, 1, 2);
    }
    for (int64_t segment = 0; segment < segments; segment++) {
        const float *left = a.data + segment * a.segment_stride, *right_row = b.data + segment * b.segment_stride;
        for (int64_t k = 0; k < depth; k++, left += a.row_stride, right_row += b.row_stride) {
            Vector right[V];
            UNROLL for (int v = 0; v < V; v++) right[v] = load(right_row + v * LANES, columns - v * LANES);
            UNROLL for (int r = 0; r < R; r++) {
                const Vector value = broadcast(left[r]);
                UNROLL for (int v = 0; v < V; v++) sums[r][v] += value * right[v];
            }
        }
    }
    UNROLL for (int r = 0; r < R; r++) {
        UNROLL for (int v = 0; v < V; v++) store(c.data + r * c.row_stride + v * LANES, sums[r][v], columns - v * LANES);
    }
}

void multiply(const Left &a, int64_t rows, const float *b, int64_t columns, const float *bias, const Result &c) {
    assert(rows > 0 && columns > 0 && a.depth > 0);
    const int64_t panel_stride = a.segments * a.depth * LANES;
    for (int64_t column = 0; column < columns; column += block_vectors * LANES) {
        const float *panels = b + column / LANES * panel_stride;
        with_constant<block_vectors>(std::min<int64_t>(groups(columns - column, LANES), block_vectors), [&](auto vectors) {
            for_row_blocks(rows, [&](int64_t row, auto count) {
                multiply_block<decltype(count)::value, decltype(vectors)::value>(a, row, panels, panel_stride, bias, c, column, columns);
            });
        });
    }
}

void multiply_in_place(float *a, int64_t row_stride, int64_t rows, int64_t depth, const float *b, int64_t columns, float *copy) {
    for (int64_t row = 0; row < rows; row += block_rows) {
        const int64_t count = std::min<int64_t>(block_rows, rows - row);
        float *from = a + row * row_stride;
        for (int64_t r = 0; r < count; r++) {
            std::memcpy(copy + r * depth, from + r * row_stride, static_cast<size_t>(depth) * sizeof(float));
        }
        multiply({copy, depth, 1, 0, depth}, count, b, columns, nullptr, {from, row_stride});
    }
}

void accumulate(int64_t segments, int64_t depth, const Tall &a, int64_t rows, const Tall &b, int64_t columns, const Result &c,
                       bool adds) {
    for (int64_t column = 0; column < columns; column += block_vectors * LANES) {
        with_constant<block_vectors>(std::min<int64_t>(groups(columns - column, LANES), block_vectors), [&](auto vectors) {
            for_row_blocks(rows, [&](int64_t row, auto count) {
                constexpr int R = decltype(count)::value, V = decltype(vectors)::value;
                const Tall left = a.from_column(row), right = b.from_column(column);
                const Result to{c.data + row * c.row_stride + column, c.row_stride};
                const float *next = row + R < rows ? to.data + R * c.row_stride
                                    : column + V * LANES < columns ? c.data + column + V * LANES : to.data;
                if (columns - column < V * LANES) {
                    accumulate_block<R, V, false>(segments, depth, left, right, to, next, columns - column, adds);
                } else {
                    accumulate_block<R, V, true>(segments, depth, left, right, to, next, V * LANES, adds);
                }
            });
        });
    }
}

/// Sums over the depth for R pixels and N outputs, with the lanes along the depth.
template <int R, int N>
ALWAYS_INLINE void multiply_narrow_block(const Left &a, int64_t row, const float *b, const float *bias, const Result &c) {
    Vector sums[R][N] = {};
    const float *left = a.data + row * a.row_stride;
    const int64_t b_stride = a.segments * padded(a.depth);
    for (int64_t segment = 0; segment < a.segments; segment++, left += a.segment_stride, b += padded(a.depth)) {
        for (int64_t k = 0; k < a.depth; k += LANES) {
            Vector right[N];
            UNROLL for (int n = 0; n < N; n++) right[n] = load(b + n * b_stride + k);
            UNROLL for (int r = 0; r < R; r++) {
                const Vector value = load(left + r * a.row_stride + k, a.depth - k);
                UNROLL for (int n = 0; n < N; n++) sums[r][n] += value * right[n];
            }
        }
    }
    float results[R * N];
    sum_each<R * N>(&sums[0][0], results);
    UNROLL for (int r = 0; r < R; r++) {
        UNROLL for (int n = 0; n < N; n++) c.data[(row + r) * c.row_stride + n] = results[r * N + n] + (bias ? bias[n] : 0);
    }
}

void multiply_narrow(const Left &a, int64_t rows, const float *b, int64_t outputs, const float *bias, const Result &c) {
    assert(rows > 0 && outputs > 0 && outputs <= narrow_outputs);
    with_constant<narrow_outputs>(outputs, [&](auto n) {
        for_row_blocks<narrow_rows>(rows, [&](int64_t row, auto count) {
            multiply_narrow_block<decltype(count)::value, decltype(n)::value>(a, row, b, bias, c);
        });
    });
}

}  // namespace kernels::INSTRUCTION_SET
