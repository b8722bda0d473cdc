// How work is cut up: every size that depends on the machine's caches, with the measurement it came from.
//
// Results depend on it by no more than rounding.
#pragma once

namespace kernels::INSTRUCTION_SET {

constexpr int64_t float_bytes = sizeof(float);

/// Bytes of transformed tiles that a thread takes through a whole convolution at a time.
///
/// 600 KiB of a second cache of 1 MiB.
inline int64_t tile_piece_bytes() { return caches().second * 600 / 1024; }

/// Bytes of transformed weights up to which threads take pieces of tiles by themselves, and read all weights for each piece. Beyond it the
/// weights come from memory, and threads share the steps of larger pieces instead.
inline int64_t most_weight_bytes_alone() { return caches().third / 2; }

/// Bytes of transformed tiles that a team takes through a whole convolution at a time.
inline int64_t team_piece_bytes() { return caches().third / 4 * 3; }

/// Bytes of transformed tiles and gradients from which a thread sums up a weight's gradient at a time.
inline int64_t gradient_piece_bytes() { return caches().second * 1200 / 1024; }

/// Bytes of transformed tiles that stay in the caches while one part of a weight after the other meets them.
inline int64_t few_tiles_bytes() { return caches().second * 3 / 2; }

/// Bytes of pixels that a thread spreads out for a direct convolution at a time.
inline int64_t window_bytes() { return caches().second * 3 / 8; }

/// Floats of pixels whose statistics are taken at a time: three quarters of a first cache of 32 KiB. The same on all machines, because sums
/// of parts are.
constexpr int64_t statistics_floats = 6144;

}  // namespace kernels::INSTRUCTION_SET
