// How images meet the transformed domain: tiles of pixels, and what is read from them and written to them.
#pragma once

#include "borders.hpp"
#include "filtering.hpp"

namespace kernels::INSTRUCTION_SET {

/// Some of the channels; the first is a multiple of LANES.
struct Channels {
    int64_t begin, end;
};

/// Floats between the planes of positions: equal places of many pages would share few places in a cache.
constexpr int64_t plane_gap = 5 * 16;

/// Transformed tiles: position p of tile t at data + t · row_stride + p · plane.
struct Transformed {
    float *data;
    int64_t row_stride, plane;

    float *tile(int64_t index) const { return data + index * row_stride; }
    Transformed from(int64_t tile) const { return {this->tile(tile), row_stride, plane}; }
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

    /// Rows of a tile's positions.
    template <int Begin = 0, int Count = Filter::products>
    struct Positions {
        /// Whether row `i` of a tile's pixels has a part in them.
        template <class M>
        bool reads(int i) const {
            return !is_zero_column<Rows<M, Begin, Count>>(i);
        }

        template <class M, class Read, class Write>
        ALWAYS_INLINE void multiply(Read read, Write write) const {
            multiply_both<M, Rows<M, Begin, Count>>(read, [&](int i, int j, Vector value) { write(i * M::rows + j, value); });
        }
    };

    /// One of these rows, which code for all of them finds in a table.
    struct PositionRow {
        int row;

        template <class M>
        bool reads(int i) const {
            return M::at(row, i) != 0;
        }

        template <class M, class Read, class Write>
        ALWAYS_INLINE void multiply(Read read, Write write) const {
            multiply_row<M>(row, read, write);
        }
    };

    /// V = Bᵀ x B of `tiles` tiles from tile `first` on.
    template <class Positions = Positions<>>
    void transform_input(const Images &input, int64_t first, int64_t tiles, const Channels &part, const Transformed &to,
                         const Positions &positions = {}) const {
        transform<ToProducts, own>(input, convolution.padding, convolution.border, first, tiles, part, positions, to);
    }

    /// dM = A dy Aᵀ of tiles.
    template <class Positions = Positions<>>
    void transform_gradient(const Images &gradient, int64_t first, int64_t tiles, const Transformed &to,
                            const Positions &positions = {}) const {
        transform<FromOutputs, Filter::outputs>(gradient, 0, Border::zero, first, tiles, {0, gradient.channels}, positions, to);
    }

    /// y = Aᵀ M A + bias of tiles.
    void write_output(const Transformed &from, int64_t first, int64_t tiles, const Channels &part, const float *bias, float *output) const {
        constexpr int size = Filter::outputs;
        assert(part.begin % LANES == 0 && part.end <= convolution.out_channels && first + tiles <= count);
        const int64_t channels = convolution.out_channels, line = output_width * channels;
        for_each_tile(first, tiles, [&](int64_t image, int64_t row) {
            const int64_t y = row * size, rows = std::min<int64_t>(size, output_height - y);
            float *start = output + (image * output_height + y) * line;
            return [=, this](int64_t tile, int64_t column) {
                const int64_t x = column * size, columns = std::min<int64_t>(size, output_width - x);
                float *to = start + x * channels;
                const auto for_groups = [&](auto write) {
                    const float *products = from.tile(tile);
                    for (int64_t c = part.begin; c < part.end; c += LANES, products += LANES) {
                        const Vector added = bias ? load(bias + c, channels - c) : Vector{};
                        untransform_tile<ToOutputs>(products, from.plane, [&](int i, int j, Vector value) {
                            write(i, j, to + i * line + (j * channels + c), value + added, c);
                        });
                    }
                };
                if (rows == size && columns == size && channels % LANES == 0) {
                    for_groups([&](int, int, float *pixel, Vector value, int64_t) {
                        __builtin_prefetch(pixel + size * channels, 1, 2);
                        store(pixel, value);
                    });
                } else {
                    for_groups([&](int i, int j, float *pixel, Vector value, int64_t c) {
                        if (i < rows && j < columns) store(pixel, value, channels - c);
                    });
                }
            };
        });
    }

    /// dx = B dV Bᵀ + bias of tiles, plus what the tile to the left left there. Rows that the next row of tiles starts with go to
    /// `shared_rows`.
    void write_input_gradient(const Transformed &from, int64_t first, int64_t tiles, const Channels &part, const float *bias,
                              float *shared_rows, float *output) const {
        constexpr int size = Filter::inputs;
        assert(part.begin % LANES == 0 && part.end <= convolution.in_channels && first + tiles <= count);
        const int64_t channels = convolution.in_channels, line = width * channels, padding = convolution.padding;
        for_each_tile(first, tiles, [&](int64_t image, int64_t row) {
            const int64_t top = row * own - padding;
            const bool is_last = row == tile_rows - 1;
            std::array<float *, size> lines;
            for (int i = 0; i < size; i++) {
                float *own_line = output + (image * height + top + i) * line;
                float *shared_line = shared_rows + ((image * tile_rows + row) * overlap + i - own) * line;
                lines[i] = top + i < 0 || top + i >= height ? nullptr : i < own || is_last ? own_line : shared_line;
            }
            const Span<size> rows(top, height, padding, convolution.border);
            return [=, this](int64_t tile, int64_t column) {
                const int64_t left = column * own - padding;
                int64_t offsets[size];
                for (int j = 0; j < size; j++) offsets[j] = (left + j) * channels;
                const auto for_groups = [&](auto body) {
                    const float *products = from.tile(tile);
                    for (int64_t c = part.begin; c < part.end; c += LANES, products += LANES) {
                        const Vector added = bias ? load(bias + c, channels - c) : Vector{};
                        body(products, c, [&](int i, int j, Vector value, int64_t count) {
                            float *pixel = lines[i] + (offsets[j] + c);
                            if (j >= overlap) __builtin_prefetch(pixel + own * channels, 1, 2);
                            const bool adds = j < overlap && column > 0;
                            store(pixel, value + (adds ? load(pixel, count) : i < own || is_last ? added : Vector{}), count);
                        });
                    }
                };
                const bool is_whole = rows.is_plain && left >= 0 && left + size <= width;
                if (is_whole && channels % LANES == 0) {
                    return for_groups([&](const float *products, int64_t, auto write) {
                        untransform_tile<FromInputProducts>(products, from.plane, [&](int i, int j, Vector value) { write(i, j, value, LANES); });
                    });
                }
                const Span<size> columns(left, width, padding, convolution.border);
                const auto is_there = [&](int j) { return left + j >= 0 && left + j < width; };
                for_groups([&](const float *products, int64_t c, auto write) {
                    Vector values[size][size];
                    untransform_tile<FromInputProducts>(products, from.plane, [&](int i, int j, Vector value) { values[i][j] = value; });
                    // To where they are mirrored from.
                    for (int i = 0; i < size; i++) {
                        if (lines[i] || rows.indices[i] < 0) continue;
                        for (int j = 0; j < size; j++) values[rows.indices[i] - top][j] += values[i][j];
                    }
                    for (int j = 0; j < size; j++) {
                        if (is_there(j) || columns.indices[j] < 0) continue;
                        for (int i = 0; i < size; i++) values[i][columns.indices[j] - left] += values[i][j];
                    }
                    for (int i = 0; i < size; i++) {
                        for (int j = 0; lines[i] && j < size; j++) {
                            if (is_there(j)) write(i, j, values[i][j], channels - c);
                        }
                    }
                });
            };
        });
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
    /// Calls `row(image, row)` for each row that has some of the tiles, and what that returns with (tile, column) for each of them in it,
    /// where tiles count from the first.
    template <class Row>
    ALWAYS_INLINE void for_each_tile(int64_t first, int64_t tiles, Row row) const {
        for (int64_t tile = 0; tile < tiles;) {
            const int64_t row_index = (first + tile) / tile_columns, column = (first + tile) % tile_columns;
            const int64_t end = std::min(tiles, tile + tile_columns - column);
            const auto body = row(row_index / tile_rows, row_index % tile_rows);
            for (int64_t i = column; tile < end; tile++, i++) body(tile, i);
        }
    }

    /// M x Mᵀ of the pixels of tiles, each of which begins `step` pixels behind the one before.
    template <class M, int64_t step, class Positions>
    void transform(const Images &images, int64_t padding, Border border, int64_t first, int64_t tiles, const Channels &part,
                   const Positions &positions, const Transformed &to) const {
        constexpr int size = M::columns;
        assert(part.begin % LANES == 0 && part.end <= images.channels && first + tiles <= count);
        const int64_t channels = images.channels, ahead = step * channels;
        for_each_tile(first, tiles, [&](int64_t image, int64_t row) {
            const Span<size> rows(row * step - padding, images.height, padding, border);
            Lines<size> lines;
            for (int i = 0; i < size; i++) lines.rows[i] = images.row(image, std::max<int64_t>(rows.indices[i], 0));
            const Prologue prologue(images, image);
            return [=, &images, &positions](int64_t tile, int64_t column) {
                const Span<size> columns(column * step - padding, images.width, padding, border);
                Lines<size> pixels = lines;
                for (int j = 0; j < size; j++) pixels.offsets[j] = columns.indices[j] * channels;
                const bool is_whole = rows.is_inside && columns.is_inside && channels % LANES == 0;
                if (is_whole && images.is_plain()) return transform_plain<M, step>(pixels, part, 0, ahead, positions, to.tile(tile), to.plane);
                if (is_whole) {
                    float *products = to.tile(tile);
                    for (int64_t c = part.begin; c < part.end; c += LANES, products += LANES) {
                        const auto group = prologue.group(c, channels);
                        positions.template multiply<M>([&](int i, int j) { return group(pixels.template read<step>(i, j, c, ahead)); },
                                                       [&](int position, Vector value) { store(products + position * to.plane, value); });
                    }
                    return;
                }
                // At borders, from a copy of the tile without any.
                float copy[size][size][LANES];
                const float *sources[size][size];
                Lines<size> copied;
                for (int i = 0; i < size; i++) {
                    copied.rows[i] = copy[i][0];
                    copied.offsets[i] = i * LANES;
                    for (int j = 0; j < size; j++) {
                        sources[i][j] = rows.indices[i] < 0 || columns.indices[j] < 0 ? nullptr : pixels.rows[i] + pixels.offsets[j];
                    }
                }
                for (int64_t c = part.begin; c < part.end; c += LANES) {
                    const auto group = prologue.group(c, channels);
                    for (int i = 0; i < size; i++) {
                        if (!positions.template reads<M>(i)) continue;
                        for (int j = 0; j < size; j++) {
                            const float *source = sources[i][j];
                            store(copy[i][j], source ? group(load(source + c, channels - c)) : Vector{});
                        }
                    }
                    transform_plain<M, step>(copied, {c, c + 1}, c, 0, positions, to.tile(tile) + (c - part.begin), to.plane);
                }
            };
        });
    }

    /// Where the pixels of a tile lie: `rows[i] + offsets[j]`.
    template <int size>
    struct Lines {
        const float *rows[size];
        int64_t offsets[size];

        /// Channels of a pixel from `c` on, with a look ahead to those pixels of the next tile that this one does not see.
        template <int64_t step>
        ALWAYS_INLINE Vector read(int i, int j, int64_t c, int64_t ahead) const {
            const float *pixel = rows[i] + (offsets[j] + c);
            if (j >= size - step) __builtin_prefetch(pixel + ahead, 0, 2);
            return load(pixel);
        }
    };

    /// The same of one tile, as its pixels are; channels count from `origin`. Not inlined, because all of a tile's positions make much code.
    template <class M, int64_t step, class Positions>
    __attribute__((noinline)) static void transform_plain(const Lines<M::columns> &pixels, Channels part, int64_t origin, int64_t ahead,
                                                          const Positions &positions, float *products, int64_t plane) {
        for (int64_t c = part.begin - origin; c < part.end - origin; c += LANES, products += LANES) {
            positions.template multiply<M>([&](int i, int j) { return pixels.template read<step>(i, j, c, ahead); },
                                           [&](int position, Vector value) { store(products + position * plane, value); });
        }
    }
};

}  // namespace kernels::INSTRUCTION_SET
