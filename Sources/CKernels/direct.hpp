// Convolutions of any size and stride as matrix products over windows of the images, which are never spread out to columns: a row of the
// kernel sees pixels that lie side by side, so a product's depth comes in one segment for each row.
#pragma once

#include "correlation.hpp"

namespace kernels::INSTRUCTION_SET {

class Direct {
    const Convolution &convolution;
    const Resources &resources;

public:
    Direct(const Convolution &convolution, const Resources &resources) : convolution(convolution), resources(resources) {}

    int64_t packed_size(bool transposed) const {
        if (!transposed) return taps().packed_size();
        int64_t size = 0;
        for_each_phase([&](const Phase &y, const Phase &x) { size += taps(y, x).packed_size(); });
        return size;
    }

    void pack(const float *weight, bool transposed, float *packed) const {
        if (!transposed) return taps().pack(weight, packed, resources);
        for_each_phase([&](const Phase &y, const Phase &x) {
            const Taps phase = taps(y, x);
            // Taps are walked towards smaller kernel indices.
            phase.pack(weight + y.last_tap(convolution) * convolution.size + x.last_tap(convolution), packed, resources);
            packed += phase.packed_size();
        });
    }

    void convolve(const Images &input, const float *packed, const float *bias, float *output) const {
        const int64_t height = convolution.output_size(input.height), width = convolution.output_size(input.width);
        correlate(input, window(input.width), taps(), packed, bias, {output, height, width, height, width, 0, 0, 1}, resources);
    }

    void convolve_transposed(const Images &input, const float *packed, const float *bias, int64_t height, int64_t width, float *output) const {
        const bool folds = convolution.border == Border::reflect && convolution.padding > 0;
        const int64_t margin = folds ? convolution.padding : 0;
        const int64_t full_height = height + 2 * margin, full_width = width + 2 * margin, channels = convolution.in_channels;
        float *full = folds ? resources(Scratch::gradients, input.count * full_height * full_width * channels) : output;
        for_each_phase([&](const Phase &y, const Phase &x) {
            const Phase rows = y.placed(convolution, full_height, margin), columns = x.placed(convolution, full_width, margin);
            const Taps phase = taps(y, x);
            const Window window{rows.origin, columns.origin, rows.taps, columns.taps, 1, 0, Border::zero, columns.count};
            if (rows.count > 0 && columns.count > 0) {
                correlate(input, window, phase, packed, folds ? nullptr : bias,
                          {full, rows.count, columns.count, full_height, full_width, rows.first, columns.first, convolution.stride}, resources);
            }
            packed += phase.packed_size();
        });
        if (folds) fold_reflection(full, input.count, height, width, channels, margin, bias, output, resources);
    }

    void weight_gradient(const Images &input, const Images &gradient, float *output) const {
        const int64_t out = gradient.channels, depth = convolution.size * input.channels;
        // Lanes run along that side of which the smaller part stays empty.
        if (padded(out) * depth > out * padded(depth) + depth) return weight_gradient_along_inputs(input, gradient, output);
        const Window window = this->window(input.width);
        const int64_t in = input.channels, row_size = window.columns() * in, gradient_row = gradient.width * out, plane = depth * padded(out);
        const int64_t row_block = 8 * block_rows, column_block = block_vectors * LANES;
        const int64_t row_blocks = groups(depth, row_block), column_blocks = groups(out, column_block);
        // Each row of the kernel reads all of them again.
        const int64_t row_bytes = (window.stride * row_size + gradient_row) * float_bytes;
        const int64_t at_once = std::max<int64_t>(1, std::min(gradient.height, window_bytes() / row_bytes));
        float *windows = resources(Scratch::images, window.rows(at_once) * row_size);
        float *gradients = gradient.is_plain() ? nullptr : resources(Scratch::gradients, at_once * gradient_row);
        float *sums = resources(Scratch::sums, convolution.size * plane);
        run(resources, [&](Member &member) {
            bool adds = false;
            for (int64_t image = 0; image < input.count; image++) {
                for (int64_t begin = 0; begin < gradient.height; begin += at_once, adds = true) {
                    const int64_t count = std::min(at_once, gradient.height - begin);
                    member.share(window.rows(count), [&](int64_t row) { window.read_row(input, image, begin, row, windows + row * row_size); });
                    if (gradients) {
                        member.share(count, [&](int64_t row) { read_gradients(gradient, image, begin + row, gradients + row * gradient_row); });
                    }
                    member.wait();
                    const Tall right{gradients ? gradients : gradient.row(image, begin), out, gradient_row};
                    member.share(convolution.size * row_blocks * column_blocks, [&](int64_t task) {
                        const int64_t tap_row = task / (row_blocks * column_blocks);
                        const int64_t row = task / column_blocks % row_blocks * row_block, column = task % column_blocks * column_block;
                        const Tall left{windows + tap_row * row_size + row, window.stride * in, window.stride * row_size};
                        accumulate(count, gradient.width, left, std::min(row_block, depth - row), right.from_column(column),
                                   std::min(column_block, out - column),
                                   {sums + tap_row * plane + row * padded(out) + column, padded(out)}, adds);
                    });
                    member.wait();
                }
            }
            write_weight_gradient(member, sums, 1, padded(out), plane, output);
        });
    }

private:
    /// The outputs of a transposed convolution along one axis that see the same taps: every stride-th.
    struct Phase {
        int64_t index, taps;
        int64_t first = 0, count = 0, origin = 0;

        /// Taps are index, index + stride, ...; the first pixel of the input in the window meets the last of them.
        int64_t last_tap(const Convolution &c) const { return index + (taps - 1) * c.stride; }
        /// With positions for an axis of `size` outputs, of which `margin` on each side stand for mirrored ones.
        Phase placed(const Convolution &c, int64_t size, int64_t margin) const {
            const int64_t padding = c.padding - margin, first = ((index - padding) % c.stride + c.stride) % c.stride;
            return {index, taps, first, size > first ? (size - first - 1) / c.stride + 1 : 0, (first + padding - index) / c.stride - (taps - 1)};
        }
    };

    template <class Body>
    void for_each_phase(Body body) const {
        const auto phase = [&](int64_t index) { return Phase{index, groups(convolution.size - index, convolution.stride)}; };
        for (int64_t y = 0; y < convolution.stride; y++) {
            for (int64_t x = 0; x < convolution.stride; x++) body(phase(y), phase(x));
        }
    }

    /// For few outputs: a row of the input meets the gradients of all rows of outputs that see it, and outputs × rows of taps make a product
    /// that is tall enough.
    void weight_gradient_along_inputs(const Images &input, const Images &gradient, float *output) const {
        const Window window = this->window(input.width);
        const int64_t in = input.channels, out = gradient.channels, rows = convolution.size * out, columns = convolution.size * in;
        const int64_t row_size = window.columns() * in, gathered_size = gradient.width * rows, column_block = block_vectors * LANES;
        const int64_t row_blocks = groups(rows, block_rows);
        const int64_t input_rows = window.rows(gradient.height), row_bytes = (row_size + gathered_size) * float_bytes;
        const int64_t at_once = std::max<int64_t>(1, std::min(input_rows, window_bytes() / row_bytes));
        float *windows = resources(Scratch::images, at_once * row_size), *gathered = resources(Scratch::gradients, at_once * gathered_size);
        float *sums = resources(Scratch::sums, rows * padded(columns));
        const OwnMemory lines(resources, gradient.width * out);
        run(resources, [&](Member &member) {
            bool adds = false;
            for (int64_t image = 0; image < input.count; image++) {
                for (int64_t begin = 0; begin < input_rows; begin += at_once, adds = true) {
                    const int64_t count = std::min(at_once, input_rows - begin);
                    member.share(count, [&](int64_t row) {
                        window.read_row(input, image, 0, begin + row, windows + row * row_size);
                        gather_gradients(gradient, image, begin + row, lines.of(member.index), gathered + row * gathered_size);
                    });
                    member.wait();
                    member.share(row_blocks * groups(columns, column_block), [&](int64_t task) {
                        const int64_t first = rows * (task % row_blocks) / row_blocks, last = rows * (task % row_blocks + 1) / row_blocks;
                        const int64_t column = task / row_blocks * column_block;
                        accumulate(count, gradient.width, {gathered + first, rows, gathered_size}, last - first,
                                   {windows + column, window.stride * in, row_size}, std::min(column_block, columns - column),
                                   {sums + first * padded(columns) + column, padded(columns)}, adds);
                    });
                    member.wait();
                }
            }
            write_weight_gradient(member, sums, padded(columns), 1, out * padded(columns), output);
        });
    }

    /// One row of an image as [pixel][channel].
    static void read_gradients(const Images &gradient, int64_t image, int64_t row, float *to) {
        read_pixels(gradient.row(image, row), gradient.width, gradient.channels, gradient.is_plain(), Prologue(gradient, image), to);
    }

    /// The gradients that meet row `row` of the padded input, as [pixel][tap row][channel].
    void gather_gradients(const Images &gradient, int64_t image, int64_t row, float *line, float *to) const {
        const int64_t out = gradient.channels, step = convolution.size * out;
        for (int64_t tap = 0; tap < convolution.size; tap++, to += out) {
            const int64_t y = (row - tap) / convolution.stride;
            const bool is_there = row >= tap && (row - tap) % convolution.stride == 0 && y < gradient.height;
            if (is_there) read_gradients(gradient, image, y, line);
            for (int64_t x = 0; x < gradient.width; x++) {
                for (int64_t c = 0; c < out; c++) to[x * step + c] = is_there ? line[x * out + c] : 0;
            }
        }
    }

    /// From sums whose elements lie so far apart for each output, tap column and input, and tap row, to [out][in][tap row][tap column],
    /// square by square.
    void write_weight_gradient(Member &member, const float *sums, int64_t out_step, int64_t column_step, int64_t row_step, float *output) const {
        const int64_t size = convolution.size, in = convolution.in_channels, out = convolution.out_channels, square = 16;
        const int64_t blocks = groups(in, square);
        member.share(groups(out, square) * blocks, [&](int64_t task) {
            const int64_t first_out = task / blocks * square, first_in = task % blocks * square;
            for (int64_t o = first_out; o < std::min(first_out + square, out); o++) {
                for (int64_t i = first_in; i < std::min(first_in + square, in); i++) {
                    float *to = output + (o * in + i) * size * size;
                    for (int64_t y = 0; y < size; y++) {
                        for (int64_t x = 0; x < size; x++) {
                            *to++ = sums[y * row_step + o * out_step + (x * in + i) * column_step];
                        }
                    }
                }
            }
        });
    }

    Taps taps() const {
        const int64_t size = convolution.size, area = size * size;
        return {size, size, convolution.out_channels, convolution.in_channels, convolution.in_channels * area, size, 1, area};
    }
    Taps taps(const Phase &y, const Phase &x) const {
        const int64_t size = convolution.size, area = size * size, stride = convolution.stride;
        return {y.taps, x.taps, convolution.in_channels, convolution.out_channels, area, -stride * size, -stride, convolution.in_channels * area};
    }
    Window window(int64_t width) const {
        const auto &c = convolution;
        return {-c.padding, -c.padding, c.size, c.size, c.stride, c.padding, c.border, c.output_size(width)};
    }
};

}  // namespace kernels::INSTRUCTION_SET
