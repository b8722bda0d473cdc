// Convolutions in the transformed domain of a minimal filtering algorithm.
//
// A tile of outputs is Aᵀ [(G w Gᵀ) ⊙ (Bᵀ x B)] A with its inputs x; summed over channels, the products are one matrix product for each of
// their positions. The gradients use the same products transposed: with dM = A dy Aᵀ, those of the input are B (dM Uᵀ) Bᵀ, added up where
// the inputs of tiles overlap, and those of the weight Gᵀ (Vᵀ dM) G.
#pragma once

#include "borders.hpp"
#include "filtering.hpp"
#include "gemm.hpp"
#include "winograd_weights.hpp"

namespace {

template <class Filter>
class Winograd {
    static constexpr int positions = Filter::products * Filter::products;
    // Along an axis, so many pixels of a tile's inputs are its own, and so many more are seen by the next tile as well.
    static constexpr int64_t own = Filter::outputs * Filter::stride, overlap = Filter::inputs - own;
    using Weights = WinogradWeights<Filter>;
    using ToProducts = Matrix<Filter::input, false>;
    using FromInputProducts = Matrix<Filter::input, true>;
    using ToOutputs = Matrix<Filter::output, false>;
    using FromOutputs = Matrix<Filter::output, true>;

    const Convolution &convolution;
    const Resources &resources;
    const int64_t images, height, width, output_height, output_width;
    const int64_t tile_rows = groups(output_height, Filter::outputs), tile_columns = groups(output_width, Filter::outputs);
    const int64_t tile_count = images * tile_rows * tile_columns;
    // The products take the place of what was multiplied, [positions][tiles][in or out]. Rows are kept off powers of two, whose lines share
    // few places in a cache.
    const int64_t row_stride = padded(std::max(convolution.in_channels, convolution.out_channels)) + LANES;

public:
    Winograd(const Convolution &convolution, int64_t images, int64_t height, int64_t width, const Resources &resources)
        : convolution(convolution), resources(resources), images(images), height(height), width(width),
          output_height(convolution.output_size(height)), output_width(convolution.output_size(width)) {}

    void convolve(const Images &input, const float *packed, const float *bias, float *output) const {
        const Batches batches(*this, 1);
        const Products products(*this, batches, convolution.in_channels, packed, convolution.out_channels);
        float *data = resources.scratch(0, batches.size());
        run(resources, [&](Member &member) {
            batches.for_each(member, data, [&](Member &workers, int64_t begin, int64_t tiles, float *v) {
                const auto at = [&](int64_t tile) { return v + tile * row_stride; };
                workers.share(tiles, [&](int64_t tile) { transform_input(input, begin + tile, at(tile), batches.plane, 0, input.channels); });
                workers.wait();
                products.multiply(workers, tiles, v);
                workers.wait();
                workers.share(tiles, [&](int64_t tile) { write_output(at(tile), begin + tile, bias, output, batches.plane); });
                workers.wait();
            });
        });
    }

    void convolve_transposed(const Images &gradient, const float *packed, const float *bias, float *output) const {
        const Batches batches(*this, tile_columns);
        const Products products(*this, batches, convolution.out_channels, packed, convolution.in_channels);
        float *data = resources.scratch(0, batches.size());
        // What rows of tiles have to say about the pixels of the next one.
        float *shared_rows = resources.scratch(2, images * tile_rows * overlap * width * convolution.in_channels);
        run(resources, [&](Member &member) {
            batches.for_each(member, data, [&](Member &workers, int64_t begin, int64_t tiles, float *m) {
                const auto at = [&](int64_t tile) { return m + tile * row_stride; };
                workers.share(tiles, [&](int64_t tile) { transform_gradient(gradient, begin + tile, at(tile), batches.plane); });
                workers.wait();
                products.multiply(workers, tiles, m);
                workers.wait();
                workers.share(groups(tiles, tile_columns), [&](int64_t row) {
                    for (int64_t tile = row * tile_columns; tile < std::min((row + 1) * tile_columns, tiles); tile++) {
                        write_input_gradient(at(tile), begin + tile, bias, output, shared_rows, batches.plane);
                    }
                });
                workers.wait();
            });
            member.wait();
            member.share(images * height, [&](int64_t row) { finish_row(row, bias, shared_rows, output); });
        });
    }

    void weight_gradient(const Images &input, const Images &gradient, float *output) const {
        constexpr int64_t few_tiles = 64;
        const Weights weights(convolution, resources, output, tile_count <= few_tiles);
        if (tile_count > few_tiles) return weight_gradient_by_rows(input, gradient, weights);
        const int64_t plane = tile_count * row_stride + 5 * 16;
        float *v = resources.scratch(0, plane * positions), *m = resources.scratch(2, plane * positions);
        run(resources, [&](Member &member) {
            member.share(tile_count, [&](int64_t tile) {
                transform_gradient(gradient, tile, m + tile * row_stride, plane);
                transform_input(input, tile, v + tile * row_stride, plane, 0, input.channels);
            });
            member.wait();
            weights.gradient_of_few_tiles(member, v, m, row_stride, plane, tile_count);
        });
    }

private:
    /// Row by row of positions, and some input channels at a time, so that a thread's transformed tiles stay in its second cache: pixels are
    /// read again for each row, but nothing transformed comes from memory.
    void weight_gradient_by_rows(const Images &input, const Images &gradient, const Weights &weights) const {
        constexpr int64_t rows = Filter::products, thread_bytes = 1200 << 10;
        const int64_t in = convolution.in_channels, out = convolution.out_channels;
        // As many tasks for each thread, and no fewer than a free one could take over.
        const int64_t threads = resources.threads, parts = threads == 1 ? 1 : std::max<int64_t>(2, threads / std::gcd(rows, threads));
        const int64_t part = padded(groups(in, parts)), in_stride = part + LANES, out_stride = padded(out) + LANES;
        const int64_t tile_bytes = rows * (in_stride + out_stride) * static_cast<int64_t>(sizeof(float));
        const int64_t batches = groups(tile_count, std::max<int64_t>(16, thread_bytes / tile_bytes)), most = groups(tile_count, batches);
        const int64_t in_plane = most * in_stride + 16, out_plane = most * out_stride + 16;
        float *data = resources.scratch(0, threads * rows * (in_plane + out_plane));
        run(resources, [&](Member &member) {
            float *v = data + member.index * rows * (in_plane + out_plane), *m = v + rows * in_plane;
            member.share(rows * groups(in, part), [&](int64_t task) {
                const int64_t first = task / rows * part, count = std::min(part, in - first);
                with_constant<rows>(task % rows + 1, [&](auto next) {
                    using Positions = Row<decltype(next)::value - 1>;
                    for (int64_t batch = 0; batch < batches; batch++) {
                        const int64_t begin = tile_count * batch / batches, tiles = tile_count * (batch + 1) / batches - begin;
                        for (int64_t tile = 0; tile < tiles; tile++) {
                            transform_input<Positions>(input, begin + tile, v + tile * in_stride, in_plane, first, count);
                            transform_gradient<Positions>(gradient, begin + tile, m + tile * out_stride, out_plane);
                        }
                        for (int64_t j = 0; j < rows; j++) {
                            accumulate(1, tiles, {v + j * in_plane, in_stride, 0}, count, {m + j * out_plane, out_stride, 0}, out,
                                       weights.sums_of(task % rows * rows + j, first), batch > 0);
                        }
                    }
                });
            });
            member.wait();
            weights.finish(member);
        });
    }

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

    /// How the tiles are cut up: for a team, whose members share each step, or into pieces that a thread takes through all of them by
    /// itself and that stay in its second cache meanwhile.
    class Batches {
        static constexpr int64_t team_bytes = 24 << 20, thread_bytes = 600 << 10;
        // Threads that work alone read all weights for each piece, which does not pay if those come from memory.
        static constexpr int64_t shared_cache_bytes = 16 << 20;
        const int64_t unit, units, threads;
        int64_t tasks, tiles_at_once;

    public:
        bool is_alone;
        int64_t plane;

        /// - `unit`: tiles that must stay together.
        Batches(const Winograd &winograd, int64_t unit)
            : unit(unit), units(winograd.tile_count / unit), threads(winograd.resources.threads) {
            const int64_t tile_bytes = winograd.row_stride * positions * static_cast<int64_t>(sizeof(float));
            tiles_at_once = std::max<int64_t>(1, thread_bytes / (tile_bytes * block_rows)) * block_rows;
            const int64_t weight_bytes = winograd.convolution.in_channels * winograd.convolution.out_channels * positions * sizeof(float);
            is_alone = weight_bytes <= shared_cache_bytes && units * unit >= 2 * threads * block_rows;
            if (is_alone) {
                tasks = std::min(units, groups(groups(units, std::max<int64_t>(1, tiles_at_once / unit)), threads) * threads);
            } else {
                const int64_t most = std::max<int64_t>(1, team_bytes / (tile_bytes * unit));
                tasks = groups(units, most);
                tiles_at_once = groups(units, tasks) * unit;
            }
            plane = tiles_at_once * winograd.row_stride + 5 * 16;
        }

        int64_t size() const { return (is_alone ? threads : 1) * plane * positions; }

        /// Calls `body(workers, begin, tiles, data)` for each piece, with the memory of those who work on it.
        template <class Body>
        void for_each(Member &member, float *data, Body body) const {
            const auto begin = [&](int64_t task) { return units * task / tasks * unit; };
            if (!is_alone) {
                for (int64_t task = 0; task < tasks; task++) body(member, begin(task), begin(task + 1) - begin(task), data);
                return;
            }
            Member alone = member.alone();
            member.share(tasks, [&](int64_t task) {
                const int64_t first = begin(task), tiles = begin(task + 1) - first, pieces = groups(tiles, tiles_at_once);
                for (int64_t i = 0; i < pieces; i++) {
                    const int64_t from = tiles * i / pieces, to = tiles * (i + 1) / pieces;
                    body(alone, first + from, to - from, data + member.index * plane * positions);
                }
            });
        }
    };

    /// A product for each position of the transformed tiles, in their place.
    class Products {
        static constexpr int64_t rows_at_once = block_rows;
        const Winograd &winograd;
        const int64_t plane, depth, columns;
        const float *packed;
        float *copies;

    public:
        Products(const Winograd &winograd, const Batches &batches, int64_t depth, const float *packed, int64_t columns)
            : winograd(winograd), plane(batches.plane), depth(depth), columns(columns), packed(packed),
              copies(winograd.resources.scratch(1, winograd.resources.threads * rows_at_once * depth)) {}

        void multiply(Member &workers, int64_t tiles, float *data) const {
            // Two parts of each position, so that as many threads as there are get something to do at the end.
            const int64_t part = workers.count == 1 ? tiles : groups(groups(tiles, 2), block_rows) * block_rows, parts = groups(tiles, part);
            float *copy = copies + workers.index * rows_at_once * depth;
            workers.share(positions * parts, [&](int64_t task) {
                const int64_t position = task / parts, tile = task % parts * part;
                multiply_in_place<rows_at_once>(data + position * plane + tile * winograd.row_stride, winograd.row_stride,
                                                std::min(part, tiles - tile), depth, packed + position * Weights::packed_plane(columns, depth),
                                                columns, copy);
            });
        }
    };

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

    /// V = Bᵀ x B of a tile, for channels from `first` on.
    template <class Positions = All>
    void transform_input(const Images &input, int64_t tile, float *to, int64_t plane, int64_t first, int64_t count) const {
        const Place at = place(tile);
        transform<ToProducts, own, Positions>(input, at.image, input_span(at.row, height), input_span(at.column, width), to, plane, first, count);
    }

    /// dM = A dy Aᵀ of a tile.
    template <class Positions = All>
    void transform_gradient(const Images &gradient, int64_t tile, float *to, int64_t plane) const {
        const auto span = [](int64_t tile, int64_t pixels) { return Span<Filter::outputs>(tile * Filter::outputs, pixels, 0, Border::zero); };
        const Place at = place(tile);
        transform<FromOutputs, Filter::outputs, Positions>(gradient, at.image, span(at.row, output_height), span(at.column, output_width), to,
                                                           plane, 0, gradient.channels);
    }

    /// M x Mᵀ of the pixels of a tile; those of the next tile lie `step` further.
    template <class M, int64_t step, class Positions, class Pixels>
    void transform(const Images &images, int64_t image, const Pixels &rows, const Pixels &columns, float *to, int64_t plane, int64_t first,
                   int64_t count) const {
        const int64_t channels = images.channels;
        const float *from = images.row(image, 0);
        const Prologue prologue(images, image);
        const bool is_whole = rows.is_inside && columns.is_inside && channels % LANES == 0;
        for (int64_t c = first; c < first + count; c += LANES, to += LANES) {
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
    void write_output(const float *from, int64_t tile, const float *bias, float *output, int64_t plane) const {
        constexpr int64_t size = Filter::outputs;
        const Place at = place(tile);
        const int64_t y = at.row * size, x = at.column * size, channels = convolution.out_channels;
        const int64_t rows = std::min(size, output_height - y), columns = std::min(size, output_width - x);
        float *to = output + ((at.image * output_height + y) * output_width + x) * channels;
        for (int64_t c = 0; c < channels; c += LANES) {
            const Vector start = bias ? load(bias + c, channels - c) : Vector{};
            untransform_tile<ToOutputs>(from + c, plane, [&](int i, int j, Vector value) {
                __builtin_prefetch(to + (i * output_width + j + size) * channels + c, 1, 2);
                if (i < rows && j < columns) store(to + (i * output_width + j) * channels + c, value + start, channels - c);
            });
        }
    }

    /// dx = B dV Bᵀ + bias of a tile, plus what the tile to its left left there. Rows that the next row of tiles starts with go to
    /// `shared_rows`.
    void write_input_gradient(const float *from, int64_t tile, const float *bias, float *output, float *shared_rows, int64_t plane) const {
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
        for (int64_t c = 0; c < channels; c += LANES) {
            const Vector start = bias ? load(bias + c, channels - c) : Vector{};
            const auto write = [&](int i, int j, Vector value) {
                if (!is_whole && (!lines[i] || !is_inside(left + j, width))) return;
                float *pixel = lines[i] + (left + j) * channels + c;
                __builtin_prefetch(pixel + own * channels, 1, 2);
                const bool adds = j < overlap && at.column > 0;
                store(pixel, value + (adds ? load(pixel, channels - c) : i < own || is_last ? start : Vector{}), channels - c);
            };
            if (!mirrors) {
                untransform_tile<FromInputProducts>(from + c, plane, write);
                continue;
            }
            Vector values[size][size];
            untransform_tile<FromInputProducts>(from + c, plane, [&](int i, int j, Vector value) { values[i][j] = value; });
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

    /// Adds what the row of tiles above knows, and writes pixels that no tile sees.
    void finish_row(int64_t row, const float *bias, const float *shared_rows, float *output) const {
        const int64_t channels = convolution.in_channels, line = width * channels, y = row % height + convolution.padding;
        const int64_t seen_rows = tile_rows * own + overlap, seen_width = std::min(width, tile_columns * own + overlap - convolution.padding);
        const int64_t tile_row = y / own;
        float *to = output + row * line;
        if (tile_row > 0 && tile_row < tile_rows && y % own < overlap) {
            const float *from = shared_rows + ((row / height * tile_rows + tile_row - 1) * overlap + y % own) * line;
            const int64_t count = seen_width * channels;
            for (int64_t i = 0; i < count; i += LANES) store(to + i, load(to + i, count - i) + load(from + i, count - i), count - i);
        }
        for (int64_t x = y < seen_rows ? seen_width : 0; x < width; x++) {
            for (int64_t c = 0; c < channels; c++) to[x * channels + c] = bias ? bias[c] : 0;
        }
    }
};

}  // namespace
