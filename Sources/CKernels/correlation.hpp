// Matrix products of a kernel's rows with windows of images, which are never spread out to columns.
#pragma once

#include "borders.hpp"
#include "gemm.hpp"
#include "tuning.hpp"

namespace kernels::INSTRUCTION_SET {

/// A kernel of rows and columns of taps, and where its weights lie: [output][row][column][input], each so many elements apart.
struct Taps {
    int64_t rows, columns, outputs, inputs;
    int64_t output_step, row_step, column_step, input_step;

    bool is_narrow() const { return outputs <= narrow_outputs; }
    int64_t depth() const { return columns * inputs; }
    int64_t packed_size() const { return is_narrow() ? outputs * rows * padded(depth()) : padded(outputs) * rows * depth(); }

    /// Panels [output / LANES][row][column, input][LANES]; for few outputs [output][row][column, input].
    void pack(const float *weight, float *packed, const Resources &resources) const {
        run(resources, [&](Member &member) {
            member.share(is_narrow() ? outputs : groups(outputs, LANES), [&](int64_t task) {
                if (is_narrow()) {
                    for (int64_t row = 0; row < rows; row++) {
                        float *to = packed + (task * rows + row) * padded(depth());
                        for (int64_t k = 0; k < depth(); k++) to[k] = weight[offset(task, row, k)];
                        for (int64_t k = depth(); k < padded(depth()); k++) to[k] = 0;
                    }
                    return;
                }
                const int64_t first = task * LANES, count = std::min<int64_t>(LANES, outputs - first);
                float *to = packed + first * rows * depth();
                for (int64_t row = 0; row < rows; row++) {
                    for (int64_t k = 0; k < depth(); k++, to += LANES) {
                        const float *from = weight + offset(first, row, k);
                        for (int64_t lane = 0; lane < count; lane++) to[lane] = from[lane * output_step];
                        for (int64_t lane = count; lane < LANES; lane++) to[lane] = 0;
                    }
                }
            });
        });
    }

private:
    int64_t offset(int64_t output, int64_t row, int64_t k) const {
        return output * output_step + row * row_step + k / inputs * column_step + k % inputs * input_step;
    }
};

/// Where outputs go: pixel (y, x) of image n to data + ((n · height + offset_y + y · step) · width + offset_x + x · step) · channels.
struct Target {
    float *data;
    int64_t rows, columns, height, width, offset_y, offset_x, step;
};

/// Output rows whose window stays in the second cache.
inline int64_t rows_at_once(const Window &window, int64_t channels) {
    const int64_t rows = window_bytes() / (window.columns() * channels * float_bytes);
    return std::max<int64_t>(1, (rows - window.kernel_height) / window.stride + 1);
}

inline void correlate(const Images &input, const Window &window, const Taps &taps, const float *packed, const float *bias,
                      const Target &target, const Resources &resources) {
    const int64_t row_size = window.columns() * input.channels, outputs = taps.outputs;
    const int64_t at_once = std::min(rows_at_once(window, input.channels),
                                     groups(input.count * target.rows, 4 * resources.threads));
    const int64_t blocks = groups(target.rows, at_once), window_size = padded(window.rows(at_once) * row_size) + LANES;
    const OwnMemory windows(resources, window_size);
    run(resources, [&](Member &member) {
        float *rows = windows.of(member.index);
        member.share(input.count * blocks, [&](int64_t task) {
            const int64_t image = task / blocks, begin = task % blocks * at_once, count = std::min(at_once, target.rows - begin);
            for (int64_t row = 0; row < window.rows(count); row++) window.read_row(input, image, begin, row, rows + row * row_size);
            const int64_t columns = taps.is_narrow() ? outputs : block_vectors * LANES;
            for (int64_t column = 0; column < outputs; column += columns) {
                const float *panels = packed + column * taps.rows * taps.depth();
                for (int64_t row = 0; row < count; row++) {
                    const Left left{rows + row * window.stride * row_size, window.stride * input.channels, taps.rows, row_size, taps.depth()};
                    const int64_t y = image * target.height + target.offset_y + (begin + row) * target.step;
                    const Result to{target.data + (y * target.width + target.offset_x) * outputs + column, target.step * outputs};
                    const float *start = bias ? bias + column : nullptr;
                    if (taps.is_narrow()) {
                        multiply_narrow(left, target.columns, panels, outputs, start, to);
                    } else {
                        multiply(left, target.columns, panels, std::min(columns, outputs - column), start, to);
                    }
                }
            }
        });
    });
}

}  // namespace kernels::INSTRUCTION_SET
