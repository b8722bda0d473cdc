// Matrix products, compiled once for each instruction set (gemm_blocks.hpp).
#pragma once

#include "vector.hpp"

namespace kernels::INSTRUCTION_SET {

/// Rows × vectors of one block: as many accumulators as the registers hold beside the operands.
constexpr int block_rows = LANES == 16 ? 12 : LANES == 8 ? 6 : 4;
constexpr int block_vectors = LANES == 4 ? 4 : 2;

/// A [rows × depth], whose depth comes in equal segments: the rows of a kernel, each of which lies without gaps in images.
struct Left {
    const float *data;
    int64_t row_stride, segments, segment_stride, depth;
};

/// C [rows × columns], of which the columns of the last vector may be missing.
struct Result {
    float *data;
    int64_t row_stride;
};

/// A matrix that is walked down its rows, whose depth comes in segments: rows of pixels.
struct Tall {
    const float *data;
    int64_t row_stride, segment_stride;

    Tall from_column(int64_t column) const { return {data + column, row_stride, segment_stride}; }
};

/// Most outputs for which lanes run along the inputs instead of along the outputs.
constexpr int narrow_outputs = 4;

/// Calls `body` with `count` as a constant, for counts of 1 to Most.
template <int Most, class Body>
ALWAYS_INLINE void with_constant(int64_t count, Body body) {
    if constexpr (Most > 0) {
        if (count == Most) {
            body(std::integral_constant<int, Most>());
        } else {
            with_constant<Most - 1>(count, body);
        }
    }
}

/// Calls `body(begin, count)` for blocks of at most Most rows, as equal as can be, with the count as a constant.
template <int Most = block_rows, class Body>
ALWAYS_INLINE void for_row_blocks(int64_t rows, Body body) {
    const int64_t blocks = groups(rows, Most);
    for (int64_t block = 0; block < blocks; block++) {
        const int64_t begin = rows * block / blocks, end = rows * (block + 1) / blocks;
        with_constant<Most>(end - begin, [&](auto count) { body(begin, count); });
    }
}

/// C [rows × columns] = A B + bias, where B comes in panels [columns / LANES][depth][LANES] and the bias may be null.
void multiply(const Left &a, int64_t rows, const float *b, int64_t columns, const float *bias, const Result &c);

/// A [rows × depth] becomes A B [rows × columns] where it lies, so that the result finds its place in the caches. `copy` holds
/// block_rows · depth floats.
void multiply_in_place(float *a, int64_t row_stride, int64_t rows, int64_t depth, const float *b, int64_t columns, float *copy);

/// C [rows × outputs] = A Bᵀ + bias for at most `narrow_outputs` outputs, where each segment of a row of B is filled up with zeros to whole
/// vectors and the bias may be null.
void multiply_narrow(const Left &a, int64_t rows, const float *b, int64_t outputs, const float *bias, const Result &c);

/// C [rows × columns] = Aᵀ B, or += where it adds, for A [segments · depth × rows] and B [segments · depth × columns].
void accumulate(int64_t segments, int64_t depth, const Tall &a, int64_t rows, const Tall &b, int64_t columns, const Result &c, bool adds);

}  // namespace kernels::INSTRUCTION_SET
