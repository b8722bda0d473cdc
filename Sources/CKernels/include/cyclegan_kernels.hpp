// Convolutions and instance norms of float32 images on the CPU, without libtorch: plain pointers in, plain pointers out.
//
// Images lie channels last, [N, H, W, C] without gaps, which is libtorch's channels-last memory format. One source is compiled for
// several instruction sets; `all_for_this_machine` picks among them.
#pragma once

#include <cassert>
#include <cstdint>

namespace kernels {

/// How pixels outside an image are made up.
enum class Border { zero, reflect };

/// How a convolution is computed; weights are packed for one of the ways.
enum class Method {
    /// As it is written.
    direct,
    /// With fewer products in a transformed domain.
    winograd,
    /// The same with larger tiles, where these cover an image with fewer products.
    large_winograd,
    /// The same with smaller tiles, whose rounding errors are those of a direct convolution.
    small_winograd,
    /// Each channel by itself.
    depthwise,
    /// In products of bytes.
    quantized,
};

/// How far a convolution may be from the exact one.
enum class Rounding {
    /// As far as a direct one.
    direct,
    /// As far as the largest tiles are.
    tiles,
    /// 1x1 convolutions as far as bytes are, where the processor multiplies them; others as far as tiles. Their weights have no gradient.
    bytes,
};

/// A convolution with a weight [out_channels][in_channels / groups][size][size].
struct Convolution {
    int64_t in_channels, out_channels, size, stride, padding;
    Border border;
    Method method;
    /// Whether the weight is given as `pack` brings it into order; otherwise it is given as it is, and transformed where it is used.
    bool packs_weight;
    /// 1, or as many as there are input and output channels: then each of them is convolved by itself, with size 3, stride 1 and a padding
    /// of at most 2.
    int64_t groups = 1;

    int64_t output_size(int64_t input) const { return (input + 2 * padding - size) / stride + 1; }
};

/// Images [count, height, width, channels], and what is done to each pixel as it is read.
struct Images {
    const float *data;
    int64_t count, height, width, channels;
    /// [count, 2, channels]: means, then reciprocals of standard deviations; null for images that are not normalised.
    const float *statistics;
    /// Applied after the norm: x where positive, slope · x elsewhere. 1, the most there may be, leaves everything; 0 is a ReLU.
    float slope;

    bool is_plain() const { return !statistics && slope == 1; }
    Images first(int64_t images) const { return {data, images, height, width, channels, statistics, slope}; }
    const float *row(int64_t image, int64_t y) const { return data + (image * height + y) * width * channels; }
};

/// What a piece of scratch memory is for.
enum class Scratch {
    /// Images as a kernel needs them: windows, or transformed tiles.
    images,
    /// The same of gradients.
    gradients,
    /// Rows of pixels that two rows of tiles have in common.
    shared_rows,
    /// Sums of parts.
    sums,
    /// What one thread of a team needs, and no other ever touches; the last, because there is one for each.
    own,
};

/// Threads, and memory that outlives a call, so that it is not asked of the system again and again.
struct Resources {
    int threads;
    /// At least `count` floats aligned to 64 bytes, until the next call for the same purpose and member; `member` is 0 for all but
    /// `Scratch::own`.
    float *(*scratch)(Scratch purpose, int member, int64_t count);

    float *operator()(Scratch purpose, int64_t count, int member = 0) const {
        assert(member == 0 || purpose == Scratch::own);
        float *memory = scratch(purpose, member, count);
        assert(reinterpret_cast<uintptr_t>(memory) % 64 == 0);
        return memory;
    }
};

/// The kernels of one instruction set.
struct Table {
    const char *name;
    /// Floats in a register.
    int lanes;

    /// Whether the processor multiplies bytes.
    bool (*multiplies_bytes)();

    /// Sets the fastest way for images of that many output pixels.
    void (*choose_method)(Convolution &, int64_t count, int64_t output_height, int64_t output_width, Rounding);
    /// Floats that `pack` writes.
    int64_t (*packed_size)(const Convolution &, bool transposed);
    /// Brings a weight, if it is to be packed, into the order of `convolve` or of `convolve_transposed`.
    void (*pack)(const Convolution &, const float *weight, bool transposed, float *packed, const Resources &);
    /// output [N, H', W', out] = the convolution of the input, plus the bias [out] unless it is null.
    void (*convolve)(const Convolution &, const Images &input, const float *weight, const float *bias, float *output, const Resources &);
    /// The transpose: from [N, H', W', out] to output [N, height, width, in], plus the bias [in] unless it is null.
    void (*convolve_transposed)(const Convolution &, const Images &input, const float *weight, const float *bias, int64_t height,
                                int64_t width, float *output, const Resources &);
    /// The gradient of the weight, in its own order, from the input of `convolve` and the gradient of its output. That of the input as the
    /// convolution saw it, normalised and activated, is `convolve_transposed` of the gradient of the output.
    void (*weight_gradient)(const Convolution &, const Images &input, const Images &gradient, float *output, const Resources &);

    /// The statistics of `Images`.
    void (*statistics)(const Images &, double epsilon, float *statistics, const Resources &);
    /// output = the normalised and activated images, plus the residual unless it is null.
    void (*apply)(const Images &, const float *residual, float *output, const Resources &);
    /// From the gradient of the normalised and activated images to that of the images; the output may be the gradient.
    void (*apply_backward)(const Images &, const float *gradient, float *output, const Resources &);
};

/// The sizes in bytes by which work is cut up.
struct Caches {
    /// A core's own second cache, and the third, which cores share.
    int64_t second, third;
    /// Processors that this process sees at the third cache; 0 where the system does not tell.
    int sharers;
    /// Where the sizes come from: the system, CYCLEGAN_CACHE or nowhere.
    enum class Source { system, environment, fallback } source;
};

/// This machine's caches, read once. CYCLEGAN_CACHE, such as `512K,32M`, says other sizes.
const Caches &caches();
/// Sizes such as `512K,32M` for the second and the third cache; false, and nothing written, where a text says no sizes that can be.
bool parse_caches(const char *text, Caches &caches);

/// The tables that this machine's processor can run, the best one first; null behind the last.
const Table *const *all_for_this_machine();

/// Whether the processor multiplies bytes four at a time: AVX-512 VNNI.
bool has_byte_products();

/// Calls `body(context, index, count)` on `count` threads, at most `threads`, of libtorch's own pool.
void run_team(int threads, void (*body)(void *context, int index, int count), void *context);
/// Waits for the whole team.
void team_barrier();
/// How many threads a team of so many has: fewer where the OpenMP runtime was not found.
int team_size(int threads);

}  // namespace kernels
