// Reading images: pixels outside them, and the norm and activation on the way.
#pragma once

#include "team.hpp"
#include "vector.hpp"

namespace kernels::INSTRUCTION_SET {

/// The index of the pixel that stands at `index` of an axis with `size` pixels and `padding` more on both sides; -1 for a zero.
ALWAYS_INLINE int64_t source_index(int64_t index, int64_t size, int64_t padding, Border border) {
    if (index >= 0 && index < size) return index;
    if (border == Border::zero || index < -padding || index >= size + padding) return -1;
    return index < 0 ? -index : 2 * (size - 1) - index;
}

/// The pixels that stand at N neighbouring places of an axis; -1 for zeros.
template <int N>
struct Span {
    int64_t indices[N];
    // Whether there are no zeros among them, and neither zeros nor mirrored ones.
    bool is_inside = true, is_plain;

    Span(int64_t begin, int64_t pixels, int64_t padding, Border border) : is_plain(begin >= 0 && begin + N <= pixels) {
        for (int i = 0; i < N; i++) indices[i] = begin + i;
        if (is_plain) return;
        for (int i = 0; i < N; i++) {
            indices[i] = source_index(begin + i, pixels, padding, border);
            is_inside &= indices[i] >= 0;
        }
    }
};

/// The norm and the activation of one image, for a group of channels.
struct Prologue {
    const float *means, *reciprocals;
    Vector slope;

    Prologue(const Images &images, int64_t image)
        : means(images.statistics ? images.statistics + 2 * image * images.channels : nullptr),
          reciprocals(means ? means + images.channels : nullptr),
          slope(broadcast(images.slope)) {}

    /// A reader for channels from `channel` on.
    struct Group {
        Vector shift, reciprocal, slope;
        ALWAYS_INLINE Vector normalized(Vector x) const { return x * reciprocal + shift; }
        ALWAYS_INLINE Vector operator()(Vector x) const { return activate(normalized(x), slope); }
    };
    ALWAYS_INLINE Group group(int64_t channel, int64_t channels) const {
        if (!means) return {Vector{}, broadcast(1), slope};
        const Vector mean = load(means + channel, channels - channel), reciprocal = load(reciprocals + channel, channels - channel);
        return {-mean * reciprocal, reciprocal, slope};
    }
};

/// Copies neighbouring pixels with the norm and the activation.
inline void read_pixels(const float *from, int64_t pixels, int64_t channels, bool is_plain, const Prologue &prologue, float *to) {
    if (is_plain) {
        std::memcpy(to, from, static_cast<size_t>(pixels * channels) * sizeof(float));
        return;
    }
    for (int64_t c = 0; c < channels; c += LANES) {
        const auto group = prologue.group(c, channels);
        for (int64_t i = c; i < pixels * channels; i += channels) store(to + i, group(load(from + i, channels - c)), channels - c);
    }
}

/// The part of images that some rows of outputs see, in memory of its own, with borders made and pixels read.
struct Window {
    /// The input row and column of the first tap of the first output.
    int64_t origin_y, origin_x;
    int64_t kernel_height, kernel_width, stride, padding;
    Border border;
    int64_t output_width;

    int64_t columns() const { return (output_width - 1) * stride + kernel_width; }
    int64_t rows(int64_t outputs) const { return (outputs - 1) * stride + kernel_height; }

    /// Row `row` of what output rows from `output` on see of `image`.
    void read_row(const Images &images, int64_t image, int64_t output, int64_t row, float *to) const {
        const int64_t channels = images.channels;
        const int64_t y = source_index(output * stride + origin_y + row, images.height, padding, border);
        if (y < 0) {
            std::memset(to, 0, static_cast<size_t>(columns() * channels) * sizeof(float));
            return;
        }
        const float *from = images.row(image, y);
        const Prologue prologue(images, image);
        const int64_t begin = std::max<int64_t>(0, std::min(-origin_x, columns()));
        const int64_t end = std::max(begin, std::min(images.width - origin_x, columns()));
        read_pixels(from + (begin + origin_x) * channels, end - begin, channels, images.is_plain(), prologue, to + begin * channels);
        const auto read_border = [&](int64_t column) {
            const int64_t x = source_index(column + origin_x, images.width, padding, border);
            if (x < 0) {
                std::memset(to + column * channels, 0, static_cast<size_t>(channels) * sizeof(float));
            } else {
                read_pixels(from + x * channels, 1, channels, images.is_plain(), prologue, to + column * channels);
            }
        };
        for (int64_t column = 0; column < begin; column++) read_border(column);
        for (int64_t column = end; column < columns(); column++) read_border(column);
    }
};

/// Adds the gradient of padded images [N, H + 2p, W + 2p, C] up to that of the images that were mirrored at their borders, plus the bias.
inline void fold_reflection(const float *from, int64_t count, int64_t height, int64_t width, int64_t channels, int64_t padding,
                            const float *bias, float *to, const Resources &resources) {
    // The padded positions that show pixel `index`: itself and its mirror images.
    struct Positions {
        int64_t values[3], count = 0;
        Positions(int64_t index, int64_t size, int64_t padding) {
            values[count++] = index + padding;
            if (index >= 1 && index <= padding) values[count++] = padding - index;
            if (index <= size - 2 && index >= size - 1 - padding) values[count++] = 2 * (size - 1) - index + padding;
        }
    };
    const int64_t padded_width = width + 2 * padding, padded_height = height + 2 * padding;
    run(resources, [&](Member &member) {
        member.share(count * height, [&](int64_t task) {
            const int64_t image = task / height, y = task % height;
            const Positions rows(y, height, padding);
            for (int64_t x = 0; x < width; x++) {
                const Positions columns(x, width, padding);
                float *pixel = to + (task * width + x) * channels;
                for (int64_t c = 0; c < channels; c += LANES) {
                    Vector sum = bias ? load(bias + c, channels - c) : Vector{};
                    for (int64_t i = 0; i < rows.count; i++) {
                        for (int64_t j = 0; j < columns.count; j++) {
                            const int64_t at = (image * padded_height + rows.values[i]) * padded_width + columns.values[j];
                            sum += load(from + at * channels + c, channels - c);
                        }
                    }
                    store(pixel + c, sum, channels - c);
                }
            }
        });
    });
}

}  // namespace kernels::INSTRUCTION_SET
