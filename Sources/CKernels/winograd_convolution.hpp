// Convolutions in the transformed domain of a minimal filtering algorithm.
//
// A tile of outputs is Aᵀ [(G w Gᵀ) ⊙ (Bᵀ x B)] A with its inputs x; summed over channels, the products are one matrix product for each of
// their positions. The gradients use the same products transposed: with dM = A dy Aᵀ, those of the input are B (dM Uᵀ) Bᵀ, added up where
// the inputs of tiles overlap, and those of the weight Gᵀ (Vᵀ dM) G.
#pragma once

#include "tiles.hpp"
#include "tuning.hpp"
#include "winograd_weights.hpp"

namespace kernels::INSTRUCTION_SET {

template <class Filter>
class WinogradConvolution {
    static constexpr int positions = Filter::products * Filter::products;
    using Weights = WinogradWeights<Filter>;

    const Convolution &convolution;
    const Resources &resources;
    const Tiles<Filter> tiles;
    const int64_t in = convolution.in_channels, out = convolution.out_channels;
    // The products take the place of what was multiplied, [positions][tiles][in or out]. Rows are kept off powers of two, whose lines share
    // few places in a cache.
    const int64_t row_stride = padded(std::max(in, out)) + LANES;

public:
    WinogradConvolution(const Convolution &convolution, int64_t images, int64_t height, int64_t width, const Resources &resources)
        : convolution(convolution), resources(resources), tiles{convolution, images, height, width} {}

    void convolve(const Images &input, const float *weight, const float *bias, float *output) const {
        through_products(
            weight, false, [&](int64_t first, int64_t count, const Transformed &to) { tiles.transform_input(input, first, count, {0, in}, to); },
            [&](int64_t first, int64_t count, const Channels &part, const Transformed &from) {
                tiles.write_output(from, first, count, part, bias, output);
            },
            0, [](int64_t, const Channels &) {});
    }

    void convolve_transposed(const Images &gradient, const float *weight, const float *bias, float *output) const {
        // What rows of tiles have to say about the pixels of the next one.
        float *shared_rows = resources(Scratch::shared_rows, tiles.shared_size());
        through_products(
            weight, true, [&](int64_t first, int64_t count, const Transformed &to) { tiles.transform_gradient(gradient, first, count, to); },
            [&](int64_t first, int64_t count, const Channels &part, const Transformed &from) {
                tiles.write_input_gradient(from, first, count, part, bias, shared_rows, output);
            },
            tiles.images * tiles.height, [&](int64_t row, const Channels &part) { tiles.finish_row(row, part, bias, shared_rows, output); });
    }

private:
    /// All steps of a convolution: `transform(first, count, to)` tiles, multiply them, `write(first, count, channels, from)` the products, and
    /// once all are written, `finish(row, channels)` so many rows of pixels. Rows of tiles are written from left to right where rows of
    /// pixels are to be finished.
    template <class Transform, class Write, class Finish>
    void through_products(const float *weight, bool transposed, Transform transform, Write write, int64_t rows, Finish finish) const {
        const int64_t depth = transposed ? out : in, channels = transposed ? in : out;
        if (!convolution.packs_weight) return with_few_tiles(weight, transposed, transform, write, rows, finish);
        const int64_t unit = rows > 0 ? tiles.tile_columns : 1;
        const Batches batches(*this, unit);
        const Products products(*this, batches, depth, weight, channels);
        run(resources, [&](Member &member) {
            batches.for_each(member, [&](Member &workers, int64_t begin, int64_t count, float *transformed) {
                const Transformed to{transformed, row_stride, batches.plane};
                workers.share_ranges(count, [&](int64_t from, int64_t end) { transform(begin + from, end - from, to.from(from)); });
                workers.wait();
                const Transformed from{products.multiply_positions(workers, count, transformed), row_stride, batches.plane};
                workers.wait();
                workers.share_ranges(groups(count, unit), [&](int64_t first, int64_t end) {
                    const int64_t tile = first * unit;
                    write(begin + tile, std::min(end * unit, count) - tile, Channels{0, channels}, from.from(tile));
                });
                workers.wait();
            });
            if (rows == 0) return;
            member.wait();
            member.share(rows, [&](int64_t row) { finish(row, Channels{0, channels}); });
        });
    }

    /// The same for few tiles: all of them are transformed, then each thread takes some output channels through all other steps by itself.
    /// Their weights are transformed where they are used, and never come from memory. Two threads transform all tiles each: that is faster
    /// than to fetch half of them from the other's caches, which may be far away.
    template <class Transform, class Write, class Finish>
    void with_few_tiles(const float *weight, bool transposed, Transform transform, Write write, int64_t rows, Finish finish) const {
        constexpr int64_t part_size = 16;
        const bool share_tiles = resources.threads > 2;
        const int64_t depth = transposed ? out : in, channels = transposed ? in : out;
        const int64_t stride = padded(depth) + LANES, plane = tiles.count * stride + plane_gap, part_plane = tiles.count * part_size + 16;
        const int64_t packed_plane = Weights::packed_plane(part_size, depth), size = positions * (packed_plane + part_plane);
        float *shared = share_tiles ? resources(Scratch::images, plane * positions) : nullptr;
        const OwnMemory own(resources, size + (share_tiles ? 0 : plane * positions));
        run(resources, [&](Member &member) {
            float *packed = own.of(member.index);
            const Transformed to{share_tiles ? shared : packed + size, stride, plane};
            const Transformed products{packed + positions * packed_plane, part_size, part_plane};
            if (share_tiles) {
                member.share_ranges(tiles.count, [&](int64_t begin, int64_t end) { transform(begin, end - begin, to.from(begin)); });
                member.wait();
            } else {
                transform(0, tiles.count, to);
            }
            member.share(groups(channels, part_size), [&](int64_t task) {
                const Channels part{task * part_size, std::min((task + 1) * part_size, channels)};
                Weights::pack_channels(convolution, weight, transposed, part.begin, part.end, packed, packed_plane);
                for (int64_t position = 0; position < positions; position++) {
                    multiply({to.data + position * plane, stride, 1, 0, depth}, tiles.count, packed + position * packed_plane,
                             padded(part.end - part.begin), nullptr, {products.data + position * part_plane, part_size});
                }
                write(0, tiles.count, part, products);
                for (int64_t row = 0; row < rows; row++) finish(row, part);
            });
        });
    }

    /// How the tiles are cut up: for a team, whose members share each step, or into pieces that a thread takes through all of them by
    /// itself and that stay in its second cache meanwhile.
    class Batches {
        const int64_t unit, units;
        int64_t tasks, tiles_at_once;
        float *shared = nullptr;
        OwnMemory own;

    public:
        bool is_alone;
        int64_t plane;

        /// - `unit`: tiles that must stay together.
        Batches(const WinogradConvolution &c, int64_t unit) : unit(unit), units(c.tiles.count / unit) {
            const int64_t threads = c.resources.threads, tile_bytes = c.row_stride * positions * float_bytes;
            tiles_at_once = std::max<int64_t>(1, tile_piece_bytes() / (tile_bytes * block_rows)) * block_rows;
            is_alone = c.in * c.out * positions * float_bytes <= most_weight_bytes_alone() && c.tiles.count >= 2 * threads * block_rows;
            if (is_alone) {
                tasks = std::min(units, groups(groups(units, std::max<int64_t>(1, tiles_at_once / unit)), threads) * threads);
                // Rather a little more than two halves, for each of which all weights would be read.
                if (unit <= tiles_at_once * 3 / 2) tiles_at_once = std::max(tiles_at_once, unit);
            } else {
                tasks = groups(units, std::max<int64_t>(1, team_piece_bytes() / (tile_bytes * unit)));
                tiles_at_once = groups(units, tasks) * unit;
            }
            plane = tiles_at_once * c.row_stride + plane_gap;
            // One plane more, in front of the first, where the results of one thread go.
            const int64_t size = (positions + 1) * plane;
            if (is_alone) {
                own = OwnMemory(c.resources, size);
            } else {
                shared = c.resources(Scratch::images, size);
            }
        }

        /// Calls `body(workers, begin, tiles, data)` for each piece, with the memory of those who work on it.
        template <class Body>
        void for_each(Member &member, Body body) const {
            const auto begin = [&](int64_t task) { return units * task / tasks * unit; };
            if (!is_alone) {
                for (int64_t task = 0; task < tasks; task++) body(member, begin(task), begin(task + 1) - begin(task), shared + plane);
                return;
            }
            Member alone = member.alone();
            member.share(tasks, [&](int64_t task) {
                const int64_t first = begin(task), count = begin(task + 1) - first, pieces = groups(count, tiles_at_once);
                for (int64_t i = 0; i < pieces; i++) {
                    const int64_t from = count * i / pieces, to = count * (i + 1) / pieces;
                    body(alone, first + from, to - from, own.of(member.index) + plane);
                }
            });
        }
    };

    /// A product for each position of the transformed tiles, in their place.
    class Products {
        const int64_t row_stride, plane, depth, columns;
        const float *packed;
        const OwnMemory copies;

    public:
        Products(const WinogradConvolution &c, const Batches &batches, int64_t depth, const float *packed, int64_t columns)
            : row_stride(c.row_stride), plane(batches.plane), depth(depth), columns(columns), packed(packed),
              copies(batches.is_alone ? OwnMemory() : OwnMemory(c.resources, block_rows * depth)) {}

        /// Returns where the results lie.
        float *multiply_positions(Member &workers, int64_t tiles, float *data) const {
            const auto weights = [&](int64_t position) { return packed + position * Weights::packed_plane(columns, depth); };
            assert(tiles * row_stride <= plane && std::max(depth, columns) <= row_stride);
            if (workers.count == 1) {
                // The results of a position take the place of what the one before it needed.
                for (int64_t position = 0; position < positions; position++) {
                    float *from = data + position * plane;
                    multiply({from, row_stride, 1, 0, depth}, tiles, weights(position), columns, nullptr, {from - plane, row_stride});
                }
                return data - plane;
            }
            // Two parts of each position, so that as many threads as there are get something to do at the end.
            const int64_t part = groups(groups(tiles, 2), block_rows) * block_rows, parts = groups(tiles, part);
            workers.share(positions * parts, [&](int64_t task) {
                const int64_t position = task / parts, tile = task % parts * part;
                multiply_in_place(data + position * plane + tile * row_stride, row_stride, std::min(part, tiles - tile), depth,
                                  weights(position), columns, copies.of(workers.index));
            });
            return data;
        }
    };
};

}  // namespace kernels::INSTRUCTION_SET
