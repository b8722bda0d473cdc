// Vectors of the compiler's own kind, and how they meet memory.
#pragma once

#define ALWAYS_INLINE inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

namespace kernels::INSTRUCTION_SET {

using Vector = float __attribute__((vector_size(LANES * sizeof(float))));
using Mask = int32_t __attribute__((vector_size(LANES * sizeof(float))));

ALWAYS_INLINE Vector load(const float *from) {
    Vector value;
    std::memcpy(&value, from, sizeof(value));
    return value;
}
ALWAYS_INLINE void store(float *to, Vector value) { std::memcpy(to, &value, sizeof(value)); }
// Less zero, not plus: only that leaves -0 alone, so that no addition remains.
ALWAYS_INLINE Vector broadcast(float value) { return value - Vector{}; }

/// The first `count` lanes, at least one, the rest zero; nothing behind them is touched.
ALWAYS_INLINE Vector load(const float *from, int64_t count) {
    if (count >= LANES) return load(from);
#if LANES == 16
    return _mm512_maskz_loadu_ps(static_cast<__mmask16>(0xffff >> (LANES - count)), from);
#elif LANES == 8
    static constexpr int32_t masks[2 * LANES] = {-1, -1, -1, -1, -1, -1, -1, -1};
    return _mm256_maskload_ps(from, _mm256_loadu_si256(reinterpret_cast<const __m256i *>(masks + LANES - count)));
#else
    Vector value{};
    value[0] = from[0];
    UNROLL for (int i = 1; i < LANES - 1; i++) {
        if (i < count) value[i] = from[i];
    }
    return value;
#endif
}

ALWAYS_INLINE void store(float *to, Vector value, int64_t count) {
    if (count >= LANES) return store(to, value);
#if LANES == 16
    _mm512_mask_storeu_ps(to, static_cast<__mmask16>(0xffff >> (LANES - count)), value);
#elif LANES == 8
    // By parts: stores with masks take a dozen cycles on some processors.
    __m128 part = _mm256_castps256_ps128(value);
    if (count & 4) {
        _mm_storeu_ps(to, part);
        part = _mm256_extractf128_ps(value, 1);
        to += 4;
    }
    if (count & 2) {
        std::memcpy(to, &part, 2 * sizeof(float));
        part = _mm_movehl_ps(part, part);
        to += 2;
    }
    if (count & 1) *to = part[0];
#else
    to[0] = value[0];
    UNROLL for (int i = 1; i < LANES - 1; i++) {
        if (i < count) to[i] = value[i];
    }
#endif
}

template <int Width, size_t... I>
ALWAYS_INLINE Vector exchanged(Vector a, Vector b, std::index_sequence<I...>) {
    return __builtin_shufflevector(a, b, ((I & Width) ? LANES + I - Width : I)...);
}
template <int Width, size_t... I>
ALWAYS_INLINE Vector exchanged_rest(Vector a, Vector b, std::index_sequence<I...>) {
    return __builtin_shufflevector(a, b, ((I & Width) ? LANES + I : I + Width)...);
}

/// Makes the rows of a square of floats its columns: blocks of Width and of twice as many change places across the diagonal.
template <int Width = 1>
ALWAYS_INLINE void transpose(Vector (&rows)[LANES]) {
    if constexpr (Width < LANES) {
        constexpr auto lanes = std::make_index_sequence<LANES>();
        UNROLL for (int i = 0; i < LANES; i++) {
            if (i & Width) continue;
            const Vector a = rows[i], b = rows[i + Width];
            rows[i] = exchanged<Width>(a, b, lanes);
            rows[i + Width] = exchanged_rest<Width>(a, b, lanes);
        }
        transpose<2 * Width>(rows);
    }
}

/// The sums of the lanes of each of several vectors.
template <int Count>
ALWAYS_INLINE void sum_each(const Vector *vectors, float *sums) {
    UNROLL for (int first = 0; first < Count; first += LANES) {
        Vector rows[LANES];
        UNROLL for (int i = 0; i < LANES; i++) rows[i] = first + i < Count ? vectors[first + i] : Vector{};
        transpose(rows);
        UNROLL for (int width = LANES / 2; width > 0; width /= 2) {
            UNROLL for (int i = 0; i < width; i++) rows[i] += rows[i + width];
        }
        store(sums + first, rows[0], Count - first);
    }
}

/// x where positive, slope · x elsewhere, for slopes of at most 1.
ALWAYS_INLINE Vector activate(Vector x, Vector slope) {
    const Vector scaled = x * slope;
    return scaled > x ? scaled : x;
}

constexpr int64_t groups(int64_t count, int64_t size) { return (count + size - 1) / size; }
constexpr int64_t padded(int64_t count, int64_t size = LANES) { return groups(count, size) * size; }

}  // namespace kernels::INSTRUCTION_SET
