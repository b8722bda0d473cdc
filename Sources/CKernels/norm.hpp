// Instance norm with an activation and a residual behind it, and its gradient.
//
// Sums over the pixels of a channel are taken in blocks of a fixed size, whose results are put together in double precision, so that they
// do not depend on the number of threads.
#pragma once

#include <cmath>

#include "borders.hpp"

namespace {

/// Pixels whose channels lie in the first cache together.
struct PixelBlocks {
    int64_t pixels, pixels_at_once, per_image;

    explicit PixelBlocks(const Images &images)
        : pixels(images.height * images.width), pixels_at_once(std::max<int64_t>(16, 6144 / images.channels)),
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
    float *partial = resources.scratch(0, images.count * blocks.per_image * 2 * channels);
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

/// Calls `body(image, task, offset, channel, count, group)` for each block of pixels, a task, and each group of its channels.
template <class Body>
void share_blocks(Member &member, const Images &images, const PixelBlocks &blocks, Body body) {
    member.share(images.count * blocks.per_image, [&](int64_t task) {
        const int64_t image = task / blocks.per_image, block = task % blocks.per_image;
        const int64_t offset = (image * blocks.pixels + blocks.begin(block)) * images.channels;
        const Prologue prologue(images, image);
        for (int64_t c = 0; c < images.channels; c += LANES) {
            body(image, task, offset + c, c, blocks.count(block), prologue.group(c, images.channels));
        }
    });
}

inline void apply(const Images &images, const float *residual, float *output, const Resources &resources) {
    const PixelBlocks blocks(images);
    const int64_t channels = images.channels;
    run(resources, [&](Member &member) {
        share_blocks(member, images, blocks, [&](int64_t, int64_t, int64_t offset, int64_t c, int64_t count, const auto &group) {
            for (int64_t i = 0; i < count; i++) {
                const int64_t at = offset + i * channels;
                Vector value = group(load(images.data + at, channels - c));
                if (residual) value += load(residual + at, channels - c);
                store(output + at, value, channels - c);
            }
        });
    });
}

/// With n pixels, x̂ the normalised image and g its gradient behind the activation: (g - Σg/n - x̂ Σ(g x̂)/n) / σ.
inline void apply_backward(const Images &images, const float *gradient, float *output, const Resources &resources) {
    const PixelBlocks blocks(images);
    const int64_t channels = images.channels;
    const bool has_norm = images.statistics;
    // Sums of every block [image][block][2][channel], and the two means of every image [image][2][channel].
    float *partial = has_norm ? resources.scratch(0, images.count * blocks.per_image * 2 * channels) : nullptr;
    float *means = has_norm ? resources.scratch(1, images.count * 2 * channels) : nullptr;
    const auto visit = [&](Member &member, auto body) {
        share_blocks(member, images, blocks, [&](int64_t image, int64_t task, int64_t offset, int64_t c, int64_t count, const auto &group) {
            const auto normalized = [&](int64_t i) { return group.normalized(load(images.data + offset + i * channels, channels - c)); };
            const auto passed = [&](int64_t i, Vector x) {
                const Vector g = load(gradient + offset + i * channels, channels - c);
                const Mask positive = x > 0;
                return positive ? g : g * group.slope;
            };
            body(image, task, c, count, group, normalized, passed, output + offset);
        });
    };
    run(resources, [&](Member &member) {
        if (has_norm) {
            visit(member, [&](int64_t, int64_t task, int64_t c, int64_t count, const auto &, auto normalized, auto passed, float *) {
                float *to = partial + task * 2 * channels + c;
                store(to, sum_pixels(count, [&](int64_t i) { return passed(i, normalized(i)); }), channels - c);
                store(to + channels, sum_pixels(count, [&](int64_t i) {
                    const Vector x = normalized(i);
                    return passed(i, x) * x;
                }), channels - c);
            });
            member.wait();
            member.share(images.count * 2 * channels, [&](int64_t task) {
                const int64_t image = task / (2 * channels), entry = task % (2 * channels);
                double sum = 0;
                for (int64_t b = 0; b < blocks.per_image; b++) sum += partial[(image * blocks.per_image + b) * 2 * channels + entry];
                means[task] = static_cast<float>(sum / static_cast<double>(blocks.pixels));
            });
            member.wait();
        }
        visit(member, [&](int64_t image, int64_t, int64_t c, int64_t count, const auto &group, auto normalized, auto passed, float *to) {
            Vector mean{}, mean_product{};
            if (has_norm) {
                mean = load(means + image * 2 * channels + c, channels - c);
                mean_product = load(means + (image * 2 + 1) * channels + c, channels - c);
            }
            for (int64_t i = 0; i < count; i++) {
                const Vector x = normalized(i);
                store(to + i * channels, (passed(i, x) - mean - x * mean_product) * group.reciprocal, channels - c);
            }
        });
    });
}

}  // namespace
