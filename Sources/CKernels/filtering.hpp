// Minimal filtering algorithms along one axis, and how their matrices are applied to vectors.
//
// With the matrices of an algorithm, outputs y of a filter w over inputs x are y = Aᵀ [(G w) ⊙ (Bᵀ x)]: one product for each row of G
// instead of one for each tap of each output (Winograd, "Arithmetic Complexity of Computations", 1980; Lavin and Gray, "Fast Algorithms
// for Convolutional Neural Networks", arXiv 1509.09308). Rows belong to the points at which polynomials are evaluated, the last to infinity.
#pragma once

#include "vector.hpp"

namespace kernels::INSTRUCTION_SET {

/// Three taps, four outputs; points 0, ±1, ±2. A quarter of the products in two dimensions, rounding errors about five times larger.
struct Filter3Tile4 {
    static constexpr int taps = 3, stride = 1, outputs = 4, inputs = 6, products = 6;
    static constexpr float weight[6][3] = {{1 / 4.f, 0, 0},          {-1 / 6.f, -1 / 6.f, -1 / 6.f},  {-1 / 6.f, 1 / 6.f, -1 / 6.f},
                                           {1 / 24.f, 1 / 12.f, 1 / 6.f}, {1 / 24.f, -1 / 12.f, 1 / 6.f}, {0, 0, 1}};
    static constexpr float input[6][6] = {{4, 0, -5, 0, 1, 0},  {0, -4, -4, 1, 1, 0}, {0, 4, -4, -1, 1, 0},
                                          {0, -2, -1, 2, 1, 0}, {0, 2, -1, -2, 1, 0}, {0, 4, 0, -5, 0, 1}};
    static constexpr float output[4][6] = {{1, 1, 1, 1, 1, 0}, {0, 1, -1, 2, -2, 0}, {0, 1, 1, 4, 4, 0}, {0, 1, -1, 8, -8, 1}};
};

/// Three taps, two outputs; points 0, ±1. Less than half of the products, rounding errors of a direct convolution.
struct Filter3Tile2 {
    static constexpr int taps = 3, stride = 1, outputs = 2, inputs = 4, products = 4;
    static constexpr float weight[4][3] = {{1, 0, 0}, {.5f, .5f, .5f}, {.5f, -.5f, .5f}, {0, 0, 1}};
    static constexpr float input[4][4] = {{1, 0, -1, 0}, {0, 1, 1, 0}, {0, -1, 1, 0}, {0, -1, 0, 1}};
    static constexpr float output[2][4] = {{1, 1, 1, 0}, {0, 1, -1, 1}};
};

/// Four taps, three outputs; points 0, ±1, ±2.
struct Filter4Tile3 {
    static constexpr int taps = 4, stride = 1, outputs = 3, inputs = 6, products = 6;
    static constexpr float weight[6][4] = {{1 / 4.f, 0, 0, 0},
                                           {-1 / 6.f, -1 / 6.f, -1 / 6.f, -1 / 6.f},
                                           {-1 / 6.f, 1 / 6.f, -1 / 6.f, 1 / 6.f},
                                           {1 / 24.f, 1 / 12.f, 1 / 6.f, 1 / 3.f},
                                           {1 / 24.f, -1 / 12.f, 1 / 6.f, -1 / 3.f},
                                           {0, 0, 0, 1}};
    static constexpr const auto &input = Filter3Tile4::input;
    static constexpr float output[3][6] = {{1, 1, 1, 1, 1, 0}, {0, 1, -1, 2, -2, 0}, {0, 1, 1, 4, 4, 1}};
};

/// Four taps, four outputs; points 0, ±1, ±2, 1/2.
struct Filter4Tile4 {
    static constexpr int taps = 4, stride = 1, outputs = 4, inputs = 7, products = 7;
    static constexpr float weight[7][4] = {{-1 / 4.f, 0, 0, 0},
                                           {-1 / 6.f, -1 / 6.f, -1 / 6.f, -1 / 6.f},
                                           {1 / 18.f, -1 / 18.f, 1 / 18.f, -1 / 18.f},
                                           {1 / 72.f, 1 / 36.f, 1 / 18.f, 1 / 9.f},
                                           {-1 / 120.f, 1 / 60.f, -1 / 30.f, 1 / 15.f},
                                           {32 / 45.f, 16 / 45.f, 8 / 45.f, 4 / 45.f},
                                           {0, 0, 0, 1 / 2.f}};
    static constexpr float input[7][7] = {{-4, 8, 5, -10, -1, 2, 0}, {0, 4, -4, -9, 1, 2, 0}, {0, -4, 12, -7, -3, 2, 0}, {0, 2, -3, -4, 3, 2, 0},
                                          {0, -2, 5, 0, -5, 2, 0},   {0, 4, 0, -5, 0, 1, 0},  {0, -4, 8, 5, -10, -1, 2}};
    static constexpr float output[4][7] = {{1, 1, 1, 1, 1, 1, 0},
                                           {0, 1, -1, 2, -2, 1 / 2.f, 0},
                                           {0, 1, 1, 4, 4, 1 / 4.f, 0},
                                           {0, 1, -1, 8, -8, 1 / 8.f, 1}};
};

/// Three taps, stride 2: the even inputs with two taps by points 0, ±1, 2, the odd ones with one tap as they are.
struct Filter3Stride2 {
    static constexpr int taps = 3, stride = 2, outputs = 4, inputs = 9, products = 9;
    static constexpr float weight[9][3] = {{1 / 2.f, 0, 0}, {-1 / 2.f, 0, -1 / 2.f}, {-1 / 6.f, 0, 1 / 6.f}, {1 / 6.f, 0, 1 / 3.f}, {0, 0, 1},
                                           {0, 1, 0},       {0, 1, 0},               {0, 1, 0},              {0, 1, 0}};
    static constexpr float input[9][9] = {{2, 0, -1, 0, -2, 0, 1, 0, 0}, {0, 0, -2, 0, -1, 0, 1, 0, 0}, {0, 0, 2, 0, -3, 0, 1, 0, 0},
                                          {0, 0, -1, 0, 0, 0, 1, 0, 0},  {0, 0, 2, 0, -1, 0, -2, 0, 1}, {0, 1, 0, 0, 0, 0, 0, 0, 0},
                                          {0, 0, 0, 1, 0, 0, 0, 0, 0},   {0, 0, 0, 0, 0, 1, 0, 0, 0},   {0, 0, 0, 0, 0, 0, 0, 1, 0}};
    static constexpr float output[4][9] = {
        {1, 1, 1, 1, 0, 1, 0, 0, 0}, {0, 1, -1, 2, 0, 0, 1, 0, 0}, {0, 1, 1, 4, 0, 0, 0, 1, 0}, {0, 1, -1, 8, 1, 0, 0, 0, 1}};
};

/// Four taps, stride 2: even and odd inputs with two taps each, by points 0, ±1, 2.
struct Filter4Stride2 {
    static constexpr int taps = 4, stride = 2, outputs = 4, inputs = 10, products = 10;
    static constexpr float weight[10][4] = {{1 / 2.f, 0, 0, 0},         {-1 / 2.f, 0, -1 / 2.f, 0}, {-1 / 6.f, 0, 1 / 6.f, 0},
                                            {1 / 6.f, 0, 1 / 3.f, 0},   {0, 0, 1, 0},               {0, 1 / 2.f, 0, 0},
                                            {0, -1 / 2.f, 0, -1 / 2.f}, {0, -1 / 6.f, 0, 1 / 6.f},  {0, 1 / 6.f, 0, 1 / 3.f},
                                            {0, 0, 0, 1}};
    static constexpr float input[10][10] = {{2, 0, -1, 0, -2, 0, 1, 0, 0, 0}, {0, 0, -2, 0, -1, 0, 1, 0, 0, 0}, {0, 0, 2, 0, -3, 0, 1, 0, 0, 0},
                                            {0, 0, -1, 0, 0, 0, 1, 0, 0, 0},  {0, 0, 2, 0, -1, 0, -2, 0, 1, 0}, {0, 2, 0, -1, 0, -2, 0, 1, 0, 0},
                                            {0, 0, 0, -2, 0, -1, 0, 1, 0, 0}, {0, 0, 0, 2, 0, -3, 0, 1, 0, 0},  {0, 0, 0, -1, 0, 0, 0, 1, 0, 0},
                                            {0, 0, 0, 2, 0, -1, 0, -2, 0, 1}};
    static constexpr float output[4][10] = {{1, 1, 1, 1, 0, 1, 1, 1, 1, 0},
                                            {0, 1, -1, 2, 0, 0, 1, -1, 2, 0},
                                            {0, 1, 1, 4, 0, 0, 1, 1, 4, 0},
                                            {0, 1, -1, 8, 1, 0, 1, -1, 8, 1}};
};

/// A matrix of an algorithm, or its transpose, as a type.
template <const auto &Values, bool IsTransposed>
struct Matrix {
    static constexpr int height = sizeof(Values) / sizeof(Values[0]), width = sizeof(Values[0]) / sizeof(Values[0][0]);
    static constexpr int rows = IsTransposed ? width : height, columns = IsTransposed ? height : width;

    static constexpr float at(int row, int column) { return IsTransposed ? Values[column][row] : Values[row][column]; }
};

/// Some of the rows of a matrix.
template <class M, int Begin, int Count>
struct Rows {
    static constexpr int rows = Count, columns = M::columns;

    static constexpr float at(int row, int column) { return M::at(Begin + row, column); }
};

/// Whether a column and the next belong to opposite points: each row has the same number in both, or opposite ones.
template <class M>
constexpr bool has_column_pair(int column) {
    if (column < 0 || column + 1 >= M::columns || has_column_pair<M>(column - 1)) return false;
    int entries = 0;
    for (int row = 0; row < M::rows; row++) {
        const float a = M::at(row, column), b = M::at(row, column + 1);
        if (a != b && a != -b) return false;
        entries += a != 0;
    }
    return entries > 1;
}

/// The same of a row and the next, where columns have no pairs.
template <class M>
constexpr bool has_row_pair(int row) {
    if (row < 0 || row + 1 >= M::rows || has_row_pair<M>(row - 1)) return false;
    for (int column = 0; column < M::columns; column++) {
        if (has_column_pair<M>(column)) return false;
    }
    int entries = 0;
    for (int column = 0; column < M::columns; column++) {
        const float a = M::at(row, column), b = M::at(row + 1, column);
        if (a != b && a != -b) return false;
        entries += a != 0;
    }
    return entries > 1;
}

template <class M>
constexpr bool is_zero_column(int column) {
    for (int row = 0; row < M::rows; row++) {
        if (M::at(row, column) != 0) return false;
    }
    return true;
}

template <int Begin, int End, class Body>
ALWAYS_INLINE void for_constants(Body body) {
    if constexpr (Begin < End) {
        body(std::integral_constant<int, Begin>());
        for_constants<Begin + 1, End>(body);
    }
}

/// sum + factor · value, without the product where the factor is 0, 1 or -1, and without the sum at its start.
template <float Factor>
ALWAYS_INLINE void add_term(Vector &sum, bool &has_sum, Vector value) {
    if constexpr (Factor != 0) {
        if (!has_sum) {
            sum = Factor == 1 ? value : Factor == -1 ? -value : Factor * value;
        } else {
            sum = Factor == 1 ? sum + value : Factor == -1 ? sum - value : sum + Factor * value;
        }
        has_sum = true;
    }
}

/// to = M · from. What rows or columns of opposite points have in common is computed once.
template <class M>
ALWAYS_INLINE void multiply_matrix(const Vector *from, Vector *to, int to_step) {
    // Sums and differences of paired inputs.
    Vector values[M::columns];
    for_constants<0, M::columns>([&](auto c) { values[c] = from[c]; });
    for_constants<0, M::columns>([&](auto c) {
        if constexpr (has_column_pair<M>(c)) {
            values[c] = from[c] + from[c + 1];
            values[c + 1] = from[c] - from[c + 1];
        }
    });
    for_constants<0, M::rows>([&](auto r) {
        if constexpr (r > 0 && has_row_pair<M>(r - 1)) return;
        // The part that is the same in the next row, and the part that changes its sign there.
        Vector same{}, opposite{};
        bool has_same = false, has_opposite = false;
        for_constants<0, M::columns>([&](auto c) {
            if constexpr (c > 0 && has_column_pair<M>(c - 1)) return;
            constexpr float factor = M::at(r, c);
            if constexpr (has_column_pair<M>(c)) {
                add_term<factor>(same, has_same, values[factor == M::at(r, c + 1) ? c : c + 1]);
            } else if constexpr (has_row_pair<M>(r) && factor != M::at(r + 1, c)) {
                add_term<factor>(opposite, has_opposite, values[c]);
            } else {
                add_term<factor>(same, has_same, values[c]);
            }
        });
        to[r * to_step] = has_opposite ? same + opposite : same;
        if constexpr (has_row_pair<M>(r)) to[(r + 1) * to_step] = same - opposite;
    });
}

/// Both dimensions of a square of vectors, M · x · Mᵀ, or some rows of that by some rows of the first M, where `read(i, j)` gives x and
/// `write(i, j, value)` takes the result.
template <class M, class SomeRows = M, class Read, class Write>
ALWAYS_INLINE void multiply_both(Read read, Write write) {
    Vector half[SomeRows::rows][M::columns];
    for_constants<0, M::columns>([&](auto j) {
        Vector column[M::columns];
        for_constants<0, M::columns>([&](auto i) {
            if constexpr (!is_zero_column<SomeRows>(i)) column[i] = read(i, j);
        });
        multiply_matrix<SomeRows>(column, &half[0][j], M::columns);
    });
    UNROLL for (int i = 0; i < SomeRows::rows; i++) {
        Vector line[M::rows];
        multiply_matrix<M>(half[i], line, 1);
        UNROLL for (int j = 0; j < M::rows; j++) write(i, j, line[j]);
    }
}

/// The numbers of a row of a matrix that are not zero.
template <int Columns>
struct Terms {
    int count = 0, columns[Columns] = {};
    float factors[Columns] = {};
};

template <class M>
struct TermsOfRows {
    Terms<M::columns> rows[M::rows];

    constexpr TermsOfRows() : rows() {
        for (int row = 0; row < M::rows; row++) {
            auto &terms = rows[row];
            for (int column = 0; column < M::columns; column++) {
                if (M::at(row, column) == 0) continue;
                terms.columns[terms.count] = column;
                terms.factors[terms.count++] = M::at(row, column);
            }
        }
    }
};

/// One row of M · x · Mᵀ, whose number need not be a constant: for each of them, `multiply_both` would be compiled anew.
template <class M, class Read, class Write>
ALWAYS_INLINE void multiply_row(int row, Read read, Write write) {
    static constexpr TermsOfRows<M> all;
    const auto &terms = all.rows[row];
    Vector sums[M::columns] = {}, line[M::rows];
    for (int term = 0; term < terms.count; term++) {
        const Vector factor = broadcast(terms.factors[term]);
        UNROLL for (int j = 0; j < M::columns; j++) sums[j] += factor * read(terms.columns[term], j);
    }
    multiply_matrix<M>(sums, line, 1);
    UNROLL for (int j = 0; j < M::rows; j++) write(j, line[j]);
}

/// `multiply_both` of a square whose vectors lie in planes so many floats apart.
template <class M, class Write>
ALWAYS_INLINE void untransform_tile(const float *from, int64_t plane, Write write) {
    multiply_both<M>([&](int i, int j) { return load(from + (i * M::columns + j) * plane); }, write);
}

}  // namespace kernels::INSTRUCTION_SET
