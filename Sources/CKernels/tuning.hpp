// How work is cut up: every size that depends on the machine's caches, with the measurement it came from. Results depend on it by no more
// than rounding.
//
// "Zen 4" is a processor with caches of 1 MiB and 32 MiB, measured with AVX-512 and held to AVX2 (`cyclegan-benchmark products`). Halves and
// doubles of the sizes are within 2% of each other there where nothing else is said, so they need not be exact.
#pragma once

#include "include/cyclegan_kernels.hpp"

namespace kernels::INSTRUCTION_SET {

constexpr int64_t float_bytes = sizeof(float);

/// Bytes of transformed tiles that a thread takes through a whole convolution at a time: 600 KiB of a second cache of 1 MiB, which the
/// weights pass through as well. All weights are read for each piece, from the third cache. Where the second is too small for a dozen tiles
/// of 256 channels (470 KB) beside them, tiles come from the third as well, and pieces of twice the size read half as much in all: 550 KB
/// instead of 940 KB a tile. With AVX2 on Zen 4 such pieces are as fast as the smaller ones (within 1%), those of 300 KiB are 2% slower.
inline int64_t tile_piece_bytes() { return caches().second < 1 << 20 ? 1200 << 10 : caches().second * 600 / 1024; }

/// Bytes of transformed weights up to which threads take pieces of tiles by themselves. Larger ones come from memory, so that threads share
/// the steps of larger pieces instead.
inline int64_t most_weight_bytes_alone() { return caches().third / 2; }

/// Bytes of transformed tiles that a team takes through a whole convolution at a time.
inline int64_t team_piece_bytes() { return caches().third / 4 * 3; }

/// Bytes of transformed tiles and gradients from which a thread sums up a weight's gradient at a time. The sums pass through the second cache
/// for each of these pieces, which costs more than pixels that do not stay there: half of it made residual blocks 4% slower on Zen 4 with
/// AVX2, so that it does not become less with a smaller cache.
inline int64_t gradient_piece_bytes() { return std::max<int64_t>(caches().second, 1 << 20) * 1200 / 1024; }

/// Bytes of transformed tiles that stay in the caches while one part of a weight after the other meets them. Of 0 to 3.5 MB, 1.5 MB was best
/// for batches of 4 images of 64x64 on Zen 4, by 3%.
inline int64_t few_tiles_bytes() { return caches().second * 3 / 2; }

/// Bytes of pixels that a thread spreads out for a direct convolution at a time. Rows that two pieces see are spread out twice: half of this
/// made 7x7 convolutions to 3 channels 7% to 12% slower on Zen 4.
inline int64_t window_bytes() { return caches().second / 4 * 3; }

/// Floats of pixels whose statistics are taken at a time: three quarters of a first cache of 32 KiB. The same on all machines, because sums
/// of parts are.
constexpr int64_t statistics_floats = 6144;

}  // namespace kernels::INSTRUCTION_SET
