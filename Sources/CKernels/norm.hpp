// Instance norm with an activation and a residual behind it, and its gradient.
//
// Sums over the pixels of a channel are taken in blocks of a fixed size, whose results are put together in double precision, so that they
// do not depend on the number of threads.
#pragma once

#include "borders.hpp"
#include "tuning.hpp"

namespace kernels::INSTRUCTION_SET {

/// Pixels whose channels lie in the first cache together.
struct PixelBlocks {
    int64_t pixels, pixels_at_once, per_image;

    explicit PixelBlocks(const Images &images)
        : pixels(images.height * images.width), pixels_at_once(std::max<int64_t>(16, statistics_floats / images.channels)),
          per_image(groups(pixels, pixels_at_once)) {}

    int64_t begin(int64_t block) const { return block * pixels_at_once; }
    int64_t count(int64_t block) const { return std::min(pixels_at_once, pixels - begin(block)); }
};

/// The sum of `term(pixel)` over pixels, along four chains of additions.
template <class Term>
ALWAYS_INLINE Vector sum_pixels(int64_t count, Term term) {
    Vector sums[4] = {};
    int64_t i = 0;
    for (; i + 4 <= count; i += 4) {
        UNROLL for (int k = 0; k < 4; k++) sums[k] += term(i + k);
    }
    for (; i < count; i++) sums[0] += term(i);
    return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

inline void statistics(const Images &images, double epsilon, float *output, const Resources &resources) {
    const PixelBlocks blocks(images);
    const int64_t channels = images.channels;
    // Mean and sum of squared deviations of every block: [image][block][2][channel].
    float *partial = resources(Scratch::sums, images.count * blocks.per_image * 2 * channels);
    run(resources, [&](Member &member) {
        member.share(images.count * blocks.per_image, [&](int64_t task) {
            const int64_t image = task / blocks.per_image, block = task % blocks.per_image, count = blocks.count(block);
            const float *from = images.data + (image * blocks.pixels + blocks.begin(block)) * channels;
            float *to = partial + task * 2 * channels;
            for (int64_t c = 0; c < channels; c += LANES) {
                const auto value = [&](int64_t i) { return load(from + i * channels + c, channels - c); };
                const Vector mean = sum_pixels(count, value) / broadcast(static_cast<float>(count));
                const Vector squares = sum_pixels(count, [&](int64_t i) {
                    const Vector deviation = value(i) - mean;
                    return deviation * deviation;
                });
                store(to + c, mean, channels - c);
                store(to + channels + c, squares, channels - c);
            }
        });
        member.wait();
        member.share(images.count * channels, [&](int64_t task) {
            const int64_t image = task / channels, channel = task % channels;
            const float *from = partial + image * blocks.per_image * 2 * channels + channel;
            double sum = 0, squares = 0;
            for (int64_t b = 0; b < blocks.per_image; b++) sum += static_cast<double>(from[b * 2 * channels]) * static_cast<double>(blocks.count(b));
            const double mean = sum / static_cast<double>(blocks.pixels);
            for (int64_t b = 0; b < blocks.per_image; b++) {
                const double shift = from[b * 2 * channels] - mean;
                squares += from[(b * 2 + 1) * channels] + shift * shift * static_cast<double>(blocks.count(b));
            }
            output[image * 2 * channels + channel] = static_cast<float>(mean);
            output[(image * 2 + 1) * channels + channel] =
                static_cast<float>(1 / std::sqrt(squares / static_cast<double>(blocks.pixels) + epsilon));
        });
    });
}

/// Calls `body(offset, channel, count, group)` for each block of pixels, a task, and each group of its channels.
template <class Body>
void share_blocks(Member &member, const Images &images, const PixelBlocks &blocks, Body body) {
    member.share(images.count * blocks.per_image, [&](int64_t task) {
        const int64_t image = task / blocks.per_image, block = task % blocks.per_image;
        const int64_t offset = (image * blocks.pixels + blocks.begin(block)) * images.channels;
        const Prologue prologue(images, image);
        for (int64_t c = 0; c < images.channels; c += LANES) {
            body(offset + c, c, blocks.count(block), prologue.group(c, images.channels));
        }
    });
}

inline void apply(const Images &images, const float *residual, float *output, const Resources &resources) {
    const PixelBlocks blocks(images);
    const int64_t channels = images.channels;
    run(resources, [&](Member &member) {
        share_blocks(member, images, blocks, [&](int64_t offset, int64_t c, int64_t count, const auto &group) {
            for (int64_t i = 0; i < count; i++) {
                const int64_t at = offset + i * channels;
                Vector value = group(load(images.data + at, channels - c));
                if (residual) value += load(residual + at, channels - c);
                store(output + at, value, channels - c);
            }
        });
    });
}

/// The gradient behind an activation as it is in front of it.
ALWAYS_INLINE Vector through_activation(Vector gradient, Vector x, Vector slope) {
    const Mask positive = x > 0;
    return positive ? gradient : gradient * slope;
}

/// Of channels from `c` on of one image: with n pixels, x̂ the normalised image and g its gradient in front of the activation,
/// (g - Σg/n - x̂ Σ(g x̂)/n) / σ.
ALWAYS_INLINE void normalize_backward(const Images &images, int64_t image, int64_t c, const float *gradient, float *output) {
    constexpr int64_t pixels_at_once = 256, ahead = 16;
    const int64_t channels = images.channels, pixels = images.height * images.width, offset = image * pixels * channels + c;
    const auto group = Prologue(images, image).group(c, channels);
    const float *x = images.data + offset, *g = gradient + offset;
    const auto normalized = [&](int64_t i) { return group.normalized(load(x + i * channels, channels - c)); };
    const auto passed = [&](int64_t i, Vector x) { return through_activation(load(g + i * channels, channels - c), x, group.slope); };
    double sums[LANES] = {}, product_sums[LANES] = {};
    for (int64_t begin = 0; begin < pixels; begin += pixels_at_once) {
        Vector sum[2] = {}, product_sum[2] = {};
        const auto add = [&](int64_t i, int chain) {
            __builtin_prefetch(x + (i + ahead) * channels, 0, 2);
            __builtin_prefetch(g + (i + ahead) * channels, 1, 2);
            const Vector value = normalized(i), gradient = passed(i, value);
            sum[chain] += gradient;
            product_sum[chain] += gradient * value;
        };
        const int64_t end = std::min(begin + pixels_at_once, pixels);
        for (int64_t i = begin; i + 1 < end; i += 2) UNROLL for (int chain = 0; chain < 2; chain++) add(i + chain, chain);
        if ((end - begin) % 2 == 1) add(end - 1, 0);
        const Vector total = sum[0] + sum[1], product_total = product_sum[0] + product_sum[1];
        for (int lane = 0; lane < LANES; lane++) {
            sums[lane] += total[lane];
            product_sums[lane] += product_total[lane];
        }
    }
    Vector mean, mean_product;
    for (int lane = 0; lane < LANES; lane++) {
        mean[lane] = static_cast<float>(sums[lane] / static_cast<double>(pixels));
        mean_product[lane] = static_cast<float>(product_sums[lane] / static_cast<double>(pixels));
    }
    for (int64_t i = 0; i < pixels; i++) {
        const Vector value = normalized(i);
        store(output + offset + i * channels, (passed(i, value) - mean - value * mean_product) * group.reciprocal, channels - c);
    }
}

inline void apply_backward(const Images &images, const float *gradient, float *output, const Resources &resources) {
    const int64_t channels = images.channels;
    if (images.statistics) {
        // A line of a cache of each pixel: few enough to be still there when they are read for the second time.
        constexpr int64_t line = 16;
        run(resources, [&](Member &member) {
            member.share(images.count * groups(channels, line), [&](int64_t task) {
                const int64_t image = task / groups(channels, line), first = task % groups(channels, line) * line;
                for (int64_t c = first; c < std::min(first + line, channels); c += LANES) normalize_backward(images, image, c, gradient, output);
            });
        });
        return;
    }
    const PixelBlocks blocks(images);
    run(resources, [&](Member &member) {
        share_blocks(member, images, blocks, [&](int64_t offset, int64_t c, int64_t count, const auto &group) {
            for (int64_t at = offset; at < offset + count * channels; at += channels) {
                const Vector x = load(images.data + at, channels - c);
                store(output + at, through_activation(load(gradient + at, channels - c), x, group.slope), channels - c);
            }
        });
    });
}

}  // namespace kernels::INSTRUCTION_SET
