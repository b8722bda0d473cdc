// Depthwise 3x3 convolutions of stride 1: each channel meets a kernel of its own. Little is done with each number, so that reading and
// writing is what takes time: a thread walks along some rows of outputs at once, and reads every column of pixels once for all of them.
#pragma once

#include "borders.hpp"
#include "gemm.hpp"

namespace kernels::INSTRUCTION_SET {

class Depthwise {
    static constexpr int size = 3, area = size * size;
    // Rows whose sums stay in the registers beside the weights: of outputs, and of gradients.
    static constexpr int output_rows = LANES == 16 ? 4 : 2, gradient_rows = LANES == 16 ? 2 : 1;
    // Rows of gradients that are summed up before sums of parts are taken, in double precision.
    static constexpr int64_t rows_of_part = 8;

    const Convolution &convolution;
    const Resources &resources;
    const int64_t channels = convolution.in_channels;

public:
    Depthwise(const Convolution &convolution, const Resources &resources) : convolution(convolution), resources(resources) {
        assert(convolution.size == size && convolution.stride == 1 && convolution.out_channels == channels && convolution.padding < size);
    }

    /// Transposed or not.
    int64_t packed_size(bool = false) const { return padded(channels) * area; }

    /// [channel / LANES][tap][LANES]; transposed with the taps in the opposite order.
    void pack(const float *weight, bool transposed, float *packed) const {
        for (int64_t c = 0; c < padded(channels); c++) {
            for (int64_t tap = 0; tap < area; tap++) {
                const float *from = weight + c * area + (transposed ? area - 1 - tap : tap);
                packed[(c / LANES * area + tap) * LANES + c % LANES] = c < channels ? *from : 0;
            }
        }
    }

    void convolve(const Images &input, const float *packed, const float *bias, float *output) const {
        correlate(input, {convolution.padding, convolution.border}, packed, bias, convolution.output_size(input.height),
                  convolution.output_size(input.width), output);
    }

    void convolve_transposed(const Images &gradient, const float *packed, const float *bias, int64_t height, int64_t width,
                             float *output) const {
        correlate(gradient, {size - 1 - convolution.padding, Border::zero}, packed, bias, height, width, output);
        if (convolution.border == Border::reflect && convolution.padding > 0) add_mirrored(gradient, packed, height, width, output);
    }

    void weight_gradient(const Images &input, const Images &gradient, float *output) const {
        const int64_t parts = groups(gradient.height, rows_of_part), part_size = packed_size();
        float *sums = resources(Scratch::sums, input.count * parts * part_size);
        run(resources, [&](Member &member) {
            member.share(input.count * parts, [&](int64_t task) {
                const int64_t image = task / parts, begin = task % parts * rows_of_part;
                const int64_t rows = std::min(rows_of_part, gradient.height - begin);
                float *to = sums + task * part_size;
                std::memset(to, 0, static_cast<size_t>(part_size) * sizeof(float));
                for (int64_t row = 0; row < rows; row += gradient_rows) {
                    with_constant<gradient_rows>(std::min<int64_t>(gradient_rows, rows - row), [&](auto count) {
                        constexpr int R = decltype(count)::value;
                        if (input.is_plain() && gradient.is_plain()) {
                            accumulate_rows<R, true>(input, gradient, image, begin + row, to);
                        } else {
                            accumulate_rows<R, false>(input, gradient, image, begin + row, to);
                        }
                    });
                }
            });
            member.wait();
            member.share(channels, [&](int64_t c) {
                for (int64_t tap = 0; tap < area; tap++) {
                    double sum = 0;
                    for (int64_t part = 0; part < input.count * parts; part++) {
                        sum += sums[part * part_size + (c / LANES * area + tap) * LANES + c % LANES];
                    }
                    output[c * area + tap] = static_cast<float>(sum);
                }
            });
        });
    }

private:
    /// What stands around images.
    struct Frame {
        int64_t padding;
        Border border;

        ALWAYS_INLINE int64_t source(int64_t index, int64_t pixels) const { return source_index(index - padding, pixels, padding, border); }
    };

    /// Rows of an image as they are seen from row `y` of outputs on; null for zeros.
    template <int Rows>
    struct Lines {
        const float *rows[Rows];
        bool are_all_there = true;

        Lines(const Images &images, int64_t image, int64_t y, const Frame &frame) {
            for (int r = 0; r < Rows; r++) {
                const int64_t row = frame.source(y + r, images.height);
                rows[r] = row < 0 ? nullptr : images.row(image, row);
                are_all_there &= row >= 0;
            }
        }

        /// `count` channels of the column at `offset`, normalised and activated unless the images are plain.
        template <bool IsPlain>
        ALWAYS_INLINE void read(int64_t offset, int64_t count, const Prologue::Group &group, Vector (&values)[Rows]) const {
            UNROLL for (int r = 0; r < Rows; r++) {
                values[r] = Vector{};
                if (!rows[r]) continue;
                values[r] = load(rows[r] + offset, count);
                if constexpr (!IsPlain) values[r] = group(values[r]);
            }
        }
    };

    /// Each output pixel from the 3x3 pixels that begin there in the framed input.
    void correlate(const Images &input, const Frame &frame, const float *packed, const float *bias, int64_t height, int64_t width,
                   float *output) const {
        const int64_t blocks = groups(height, output_rows);
        run(resources, [&](Member &member) {
            member.share(input.count * blocks, [&](int64_t task) {
                const int64_t image = task / blocks, y = task % blocks * output_rows;
                float *to = output + (image * height + y) * width * channels;
                with_constant<output_rows>(std::min<int64_t>(output_rows, height - y), [&](auto rows) {
                    constexpr int R = decltype(rows)::value;
                    if (input.is_plain()) {
                        correlate_rows<R, true>(input, image, y, frame, packed, bias, width, to);
                    } else {
                        correlate_rows<R, false>(input, image, y, frame, packed, bias, width, to);
                    }
                });
            });
        });
    }

    template <int R, bool IsPlain>
    void correlate_rows(const Images &input, int64_t image, int64_t y, const Frame &frame, const float *packed, const float *bias,
                        int64_t width, float *output) const {
        const Lines<R + size - 1> lines(input, image, y, frame);
        const Prologue prologue(input, image);
        for (int64_t c = 0; c < channels; c += LANES, packed += area * LANES) {
            const auto group = prologue.group(c, channels);
            const Vector start = bias ? load(bias + c, channels - c) : Vector{};
            if (lines.are_all_there && c + LANES <= channels) {
                correlate_group<R, IsPlain, true>(lines, input.width, frame, c, group, packed, start, width, output + c);
            } else {
                correlate_group<R, IsPlain, false>(lines, input.width, frame, c, group, packed, start, width, output + c);
            }
        }
    }

    template <int R, bool IsPlain, bool IsWhole>
    void correlate_group(const Lines<R + size - 1> &lines, int64_t pixels, const Frame &frame, int64_t c, const Prologue::Group &group,
                         const float *packed, Vector start, int64_t width, float *output) const {
        const int64_t count = IsWhole ? LANES : channels - c;
        Vector weights[area];
        UNROLL for (int tap = 0; tap < area; tap++) weights[tap] = load(packed + tap * LANES);
        // Sums of the outputs that a column is the last, the second and the first to be seen by.
        Vector last[R], second[R] = {}, first[R] = {};
        for (int64_t x = 0; x < width + size - 1; x++) {
            Vector values[R + size - 1] = {};
            const int64_t source = frame.source(x, pixels);
            if (source >= 0) lines.template read<IsPlain>(source * channels + c, count, group, values);
            UNROLL for (int r = 0; r < R; r++) {
                last[r] = second[r];
                second[r] = first[r];
                first[r] = start;
                UNROLL for (int row = 0; row < size; row++) {
                    last[r] += weights[row * size + 2] * values[r + row];
                    second[r] += weights[row * size + 1] * values[r + row];
                    first[r] += weights[row * size] * values[r + row];
                }
            }
            if (x < size - 1) continue;
            float *to = output + (x - (size - 1)) * channels;
            UNROLL for (int r = 0; r < R; r++) store(to + r * width * channels, last[r], count);
        }
    }

    /// sums [channel / LANES][tap][LANES] += the products of R rows of gradients with the pixels that they came from.
    template <int R, bool IsPlain>
    void accumulate_rows(const Images &input, const Images &gradient, int64_t image, int64_t y, float *sums) const {
        const Frame frame{convolution.padding, convolution.border};
        const Lines<R + size - 1> lines(input, image, y, frame);
        const Lines<R> gradients(gradient, image, y, {0, Border::zero});
        const Prologue prologue(input, image), gradient_prologue(gradient, image);
        for (int64_t c = 0; c < channels; c += LANES, sums += area * LANES) {
            const auto group = prologue.group(c, channels), gradient_group = gradient_prologue.group(c, channels);
            Vector products[area];
            UNROLL for (int tap = 0; tap < area; tap++) products[tap] = load(sums + tap * LANES);
            // Gradients of the outputs that a column is the last, the second and the first to be seen by.
            Vector last[R], second[R] = {}, first[R] = {};
            for (int64_t x = 0; x < gradient.width + size - 1; x++) {
                UNROLL for (int r = 0; r < R; r++) {
                    last[r] = second[r];
                    second[r] = first[r];
                    first[r] = Vector{};
                }
                if (x < gradient.width) gradients.template read<IsPlain>(x * channels + c, channels - c, gradient_group, first);
                const int64_t source = frame.source(x, input.width);
                if (source < 0) continue;
                Vector values[R + size - 1];
                lines.template read<IsPlain>(source * channels + c, channels - c, group, values);
                UNROLL for (int row = 0; row < size; row++) {
                    UNROLL for (int r = 0; r < R; r++) {
                        products[row * size] += first[r] * values[r + row];
                        products[row * size + 1] += second[r] * values[r + row];
                        products[row * size + 2] += last[r] * values[r + row];
                    }
                }
            }
            UNROLL for (int tap = 0; tap < area; tap++) store(sums + tap * LANES, products[tap]);
        }
    }

    /// Adds the gradients of pixels outside the images to those of the pixels that were mirrored there.
    void add_mirrored(const Images &gradient, const float *packed, int64_t height, int64_t width, float *output) const {
        const int64_t padding = convolution.padding;
        const Frame outside{padding, Border::reflect}, around{size - 1, Border::zero};
        run(resources, [&](Member &member) {
            member.share(gradient.count * groups(channels, LANES), [&](int64_t task) {
                const int64_t image = task / groups(channels, LANES), c = task % groups(channels, LANES) * LANES;
                const auto group = Prologue(gradient, image).group(c, channels);
                const float *weights = packed + c * area;
                const auto add = [&](int64_t y, int64_t x) {
                    Vector sum{};
                    for (int64_t row = 0; row < size; row++) {
                        for (int64_t column = 0; column < size; column++) {
                            const int64_t from_y = around.source(y + row, gradient.height);
                            const int64_t from_x = around.source(x + column, gradient.width);
                            if (from_y < 0 || from_x < 0) continue;
                            const float *pixel = gradient.row(image, from_y) + from_x * channels + c;
                            sum += load(weights + (row * size + column) * LANES) * group(load(pixel, channels - c));
                        }
                    }
                    const int64_t to_y = outside.source(y, height), to_x = outside.source(x, width);
                    float *to = output + ((image * height + to_y) * width + to_x) * channels + c;
                    store(to, load(to, channels - c) + sum, channels - c);
                };
                for (int64_t y = 0; y < height + 2 * padding; y++) {
                    const bool is_outside = y < padding || y >= height + padding;
                    for (int64_t x = 0; x < width + 2 * padding; x++) {
                        if (!is_outside && x == padding) x = width + padding;
                        add(y, x);
                    }
                }
            });
        });
    }
};

}  // namespace kernels::INSTRUCTION_SET
