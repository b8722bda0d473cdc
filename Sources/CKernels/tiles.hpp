// How images meet the transformed domain: tiles of pixels, and what is read from them and written to them.
#pragma once

#include "borders.hpp"
#include "filtering.hpp"

namespace {

/// Some of the channels; the first is a multiple of LANES.
struct Channels {
    int64_t begin, end;
};

template <class Filter>
struct Tiles {
    // Along an axis, so many pixels of a tile's inputs are its own, and so many more are seen by the next tile as well.
    static constexpr int64_t own = Filter::outputs * Filter::stride, overlap = Filter::inputs - own;
    using ToProducts = Matrix<Filter::input, false>;
    using FromInputProducts = Matrix<Filter::input, true>;
    using ToOutputs = Matrix<Filter::output, false>;
    using FromOutputs = Matrix<Filter::output, true>;

    const Convolution &convolution;
    const int64_t images, height, width;
    const int64_t output_height = convolution.output_size(height), output_width = convolution.output_size(width);
    const int64_t tile_rows = groups(output_height, Filter::outputs), tile_columns = groups(output_width, Filter::outputs);
    const int64_t count = images * tile_rows * tile_columns;

    /// All positions of a tile, or one row of them.
    struct All {
        template <class M, class Read, class Write>
        static ALWAYS_INLINE void multiply(Read read, Write write) {
            multiply_both<M>(read, [&](int i, int j, Vector value) { write(i * M::rows + j, value); });
        }
    };
    template <int Index>
    struct Row {
        template <class M, class Read, class Write>
        static ALWAYS_INLINE void multiply(Read read, Write write) {
            multiply_both_for_row<M, Index>(read, write);
        }
    };

    /// V = Bᵀ x B of a tile.
    template <class Positions = All>
    void transform_input(const Images &input, int64_t tile, const Channels &part, float *to, int64_t plane) const {
        const Place at = place(tile);
        transform<ToProducts, own, Positions>(input, at.image, input_span(at.row, height), input_span(at.column, width), part, to, plane);
    }

    /// dM = A dy Aᵀ of a tile.
    template <class Positions = All>
    void transform_gradient(const Images &gradient, int64_t tile, float *to, int64_t plane) const {
        const auto span = [](int64_t tile, int64_t pixels) { return Span<Filter::outputs>(tile * Filter::outputs, pixels, 0, Border::zero); };
        const Place at = place(tile);
        transform<FromOutputs, Filter::outputs, Positions>(gradient, at.image, span(at.row, output_height), span(at.column, output_width),
                                                           {0, gradient.channels}, to, plane);
    }

    /// M x Mᵀ of the pixels of a tile; those of the next tile lie `step` further.
    template <class M, int64_t step, class Positions, class Pixels>
    void transform(const Images &images, int64_t image, const Pixels &rows, const Pixels &columns, const Channels &part, float *to,
                   int64_t plane) const {
        const int64_t channels = images.channels;
        const float *from = images.row(image, 0);
        const Prologue prologue(images, image);
        const bool is_whole = rows.is_inside && columns.is_inside && channels % LANES == 0;
        for (int64_t c = part.begin; c < part.end; c += LANES, to += LANES) {
            const auto pixel = [&](int i, int j) { return from + (rows.indices[i] * images.width + columns.indices[j]) * channels + c; };
            // With a look ahead to the next tile.
            const auto read = [&](int i, int j) {
                const float *at = pixel(i, j);
                __builtin_prefetch(at + step * channels, 0, 2);
                return load(at);
            };
            const auto group = prologue.group(c, channels);
            const auto write = [&](int position, Vector value) { store(to + position * plane, value); };
            if (is_whole && images.is_plain()) {
                Positions::template multiply<M>(read, write);
            } else if (is_whole) {
                Positions::template multiply<M>([&](int i, int j) { return group(read(i, j)); }, write);
            } else {
                Positions::template multiply<M>([&](int i, int j) {
                    const bool is_zero = rows.indices[i] < 0 || columns.indices[j] < 0;
                    return is_zero ? Vector{} : group(load(pixel(i, j), channels - c));
                }, write);
            }
        }
    }

    /// y = Aᵀ M A + bias of a tile.
    void write_output(const float *from, int64_t plane, int64_t tile, const Channels &part, const float *bias, float *output) const {
        constexpr int64_t size = Filter::outputs;
        const Place at = place(tile);
        const int64_t y = at.row * size, x = at.column * size, channels = convolution.out_channels;
        const int64_t rows = std::min(size, output_height - y), columns = std::min(size, output_width - x);
        float *to = output + ((at.image * output_height + y) * output_width + x) * channels;
        for (int64_t c = part.begin; c < part.end; c += LANES, from += LANES) {
            const Vector start = bias ? load(bias + c, channels - c) : Vector{};
            untransform_tile<ToOutputs>(from, plane, [&](int i, int j, Vector value) {
                __builtin_prefetch(to + (i * output_width + j + size) * channels + c, 1, 2);
                if (i < rows && j < columns) store(to + (i * output_width + j) * channels + c, value + start, channels - c);
            });
        }
    }

    /// dx = B dV Bᵀ + bias of a tile, plus what the tile to its left left there. Rows that the next row of tiles starts with go to
    /// `shared_rows`.
    void write_input_gradient(const float *from, int64_t plane, int64_t tile, const Channels &part, const float *bias, float *shared_rows,
                              float *output) const {
        constexpr int size = Filter::inputs;
        const Place at = place(tile);
        const int64_t channels = convolution.in_channels, line = width * channels;
        const int64_t top = at.row * own - convolution.padding, left = at.column * own - convolution.padding;
        const InputSpan rows = input_span(at.row, height), columns = input_span(at.column, width);
        const auto is_inside = [](int64_t index, int64_t pixels) { return index >= 0 && index < pixels; };
        const bool is_last = at.row == tile_rows - 1;
        float *lines[size];
        for (int i = 0; i < size; i++) {
            float *own_line = output + (at.image * height + top + i) * line;
            float *shared_line = shared_rows + ((at.image * tile_rows + at.row) * overlap + i - own) * line;
            lines[i] = !is_inside(top + i, height) ? nullptr : i < own || is_last ? own_line : shared_line;
        }
        bool is_whole = true, mirrors = false;
        for (int i = 0; i < size; i++) {
            const bool is_there = is_inside(top + i, height) && is_inside(left + i, width);
            is_whole &= is_there;
            mirrors |= !is_there && convolution.border == Border::reflect;
        }
        for (int64_t c = part.begin; c < part.end; c += LANES, from += LANES) {
            const Vector start = bias ? load(bias + c, channels - c) : Vector{};
            const auto write = [&](int i, int j, Vector value) {
                if (!is_whole && (!lines[i] || !is_inside(left + j, width))) return;
                float *pixel = lines[i] + (left + j) * channels + c;
                __builtin_prefetch(pixel + own * channels, 1, 2);
                const bool adds = j < overlap && at.column > 0;
                store(pixel, value + (adds ? load(pixel, channels - c) : i < own || is_last ? start : Vector{}), channels - c);
            };
            if (!mirrors) {
                untransform_tile<FromInputProducts>(from, plane, write);
                continue;
            }
            Vector values[size][size];
            untransform_tile<FromInputProducts>(from, plane, [&](int i, int j, Vector value) { values[i][j] = value; });
            for (int i = 0; i < size; i++) {
                if (is_inside(top + i, height) || rows.indices[i] < 0) continue;
                for (int j = 0; j < size; j++) values[rows.indices[i] - top][j] += values[i][j];
            }
            for (int j = 0; j < size; j++) {
                if (is_inside(left + j, width) || columns.indices[j] < 0) continue;
                for (int i = 0; i < size; i++) values[i][columns.indices[j] - left] += values[i][j];
            }
            for (int i = 0; i < size; i++) {
                for (int j = 0; j < size; j++) write(i, j, values[i][j]);
            }
        }
    }

    /// Floats of `shared_rows`.
    int64_t shared_size() const { return images * tile_rows * overlap * width * convolution.in_channels; }

    /// Adds what the row of tiles above knows about a row of pixels, and writes pixels that no tile sees.
    void finish_row(int64_t row, const Channels &part, const float *bias, const float *shared_rows, float *output) const {
        const int64_t channels = convolution.in_channels, line = width * channels, y = row % height + convolution.padding;
        const int64_t seen_rows = tile_rows * own + overlap, seen_width = std::min(width, tile_columns * own + overlap - convolution.padding);
        const int64_t tile_row = y / own;
        float *to = output + row * line;
        if (tile_row > 0 && tile_row < tile_rows && y % own < overlap) {
            const float *from = shared_rows + ((row / height * tile_rows + tile_row - 1) * overlap + y % own) * line;
            for (int64_t pixel = 0; pixel < seen_width * channels; pixel += channels) {
                for (int64_t c = part.begin; c < part.end; c += LANES) {
                    store(to + pixel + c, load(to + pixel + c, channels - c) + load(from + pixel + c, channels - c), channels - c);
                }
            }
        }
        for (int64_t x = y < seen_rows ? seen_width : 0; x < width; x++) {
            for (int64_t c = part.begin; c < part.end; c++) to[x * channels + c] = bias ? bias[c] : 0;
        }
    }

private:
    struct Place {
        int64_t image, row, column;
    };
    Place place(int64_t tile) const {
        const int64_t row = tile / tile_columns;
        return {row / tile_rows, row % tile_rows, tile % tile_columns};
    }

    /// Which pixels of an axis a tile covers; -1 for zeros.
    template <int N>
    struct Span {
        int64_t indices[N];
        bool is_inside = true;

        Span(int64_t begin, int64_t pixels, int64_t padding, Border border) {
            for (int i = 0; i < N; i++) {
                indices[i] = source_index(begin + i, pixels, padding, border);
                is_inside &= indices[i] >= 0;
            }
        }
    };
    using InputSpan = Span<Filter::inputs>;
    InputSpan input_span(int64_t tile, int64_t pixels) const {
        return {tile * Filter::outputs * Filter::stride - convolution.padding, pixels, convolution.padding, convolution.border};
    }
};

}  // namespace
