// Convolutions in the transformed domain of a minimal filtering algorithm.
//
// A tile of outputs is Aᵀ [(G w Gᵀ) ⊙ (Bᵀ x B)] A with its inputs x; summed over channels, the products are one matrix product for each of
// their positions. The gradients use the same products transposed: with dM = A dy Aᵀ, those of the input are B (dM Uᵀ) Bᵀ, added up where
// the inputs of tiles overlap, and those of the weight Gᵀ (Vᵀ dM) G.
#pragma once

#include "tiles.hpp"
#include "winograd_weights.hpp"

namespace {

template <class Filter>
class Winograd {
    static constexpr int positions = Filter::products * Filter::products;
    using Weights = WinogradWeights<Filter>;
    using Tiles = ::Tiles<Filter>;

    const Convolution &convolution;
    const Resources &resources;
    const Tiles tiles;
    const int64_t in = convolution.in_channels, out = convolution.out_channels;
    // The products take the place of what was multiplied, [positions][tiles][in or out]. Rows are kept off powers of two, whose lines share
    // few places in a cache.
    const int64_t row_stride = padded(std::max(in, out)) + LANES;
    // Floats between the positions' planes, for the same reason.
    static constexpr int64_t plane_gap = 5 * 16;

public:
    Winograd(const Convolution &convolution, int64_t images, int64_t height, int64_t width, const Resources &resources)
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
        float *shared_rows = resources.scratch(2, tiles.shared_size());
        through_products(
            weight, true, [&](int64_t first, int64_t count, const Transformed &to) { tiles.transform_gradient(gradient, first, count, to); },
            [&](int64_t first, int64_t count, const Channels &part, const Transformed &from) {
                tiles.write_input_gradient(from, first, count, part, bias, shared_rows, output);
            },
            tiles.images * tiles.height, [&](int64_t row, const Channels &part) { tiles.finish_row(row, part, bias, shared_rows, output); });
    }

    void weight_gradient(const Images &input, const Images &gradient, float *output) const {
        // Fewer numbers than the weight has: it is the weight's gradient that should not leave the caches.
        const bool has_few_tiles = tiles.count * (in + out) <= in * out;
        const Weights weights(convolution, resources, output, has_few_tiles);
        if (!has_few_tiles) {
            // As many rows at once as leave tiles enough for products of some depth.
            constexpr int several = Filter::products % 3 == 0 ? 3 : 1;
            return tiles_at_once(several, in, out) >= 48 ? weight_gradient_by_rows<several>(input, gradient, weights)
                                                         : weight_gradient_by_rows<1>(input, gradient, weights);
        }
        const int64_t plane = tiles.count * row_stride + plane_gap;
        const Transformed v{resources.scratch(0, plane * positions), row_stride, plane}, m{resources.scratch(2, plane * positions), row_stride, plane};
        run(resources, [&](Member &member) {
            member.share_ranges(tiles.count, [&](int64_t begin, int64_t end) {
                tiles.transform_gradient(gradient, begin, end - begin, m.from(begin));
                tiles.transform_input(input, begin, end - begin, {0, in}, v.from(begin));
            });
            member.wait();
            weights.gradient_of_few_tiles(member, v.data, m.data, row_stride, plane, tiles.count);
        });
    }

    /// Whether the transformed tiles stay in the caches while one part of the weight after the other meets them.
    static bool has_few_tiles(const Convolution &c, int64_t tiles) {
        constexpr int64_t most_bytes = 3 << 19;
        return tiles * positions * std::max(c.in_channels, c.out_channels) * static_cast<int64_t>(sizeof(float)) <= most_bytes;
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
                const Transformed from{products.multiply(workers, count, transformed), row_stride, batches.plane};
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
        float *shared = share_tiles ? resources.scratch(0, plane * positions) : nullptr;
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

    /// Tiles of which rows of positions fit into a thread's second cache.
    static int64_t tiles_at_once(int64_t rows, int64_t in, int64_t out) {
        constexpr int64_t thread_bytes = 1200 << 10, float_bytes = sizeof(float);
        return thread_bytes / (rows * Filter::products * (padded(in) + padded(out) + 2 * LANES) * float_bytes);
    }

    /// Some rows of positions and some input channels at a time, so that a thread's transformed tiles stay in its second cache: pixels are
    /// read again for each group of rows, but nothing transformed comes from memory.
    template <int RowsAtOnce>
    void weight_gradient_by_rows(const Images &input, const Images &gradient, const Weights &weights) const {
        constexpr int64_t row_groups = Filter::products / RowsAtOnce, group_size = RowsAtOnce * Filter::products;
        // As many tasks for each thread; each part transforms the gradient anew.
        const int64_t threads = resources.threads, parts = threads / std::gcd(row_groups, threads);
        const int64_t part_size = padded(groups(in, parts)), in_stride = part_size + LANES, out_stride = padded(out) + LANES;
        const int64_t batches = groups(tiles.count, std::max<int64_t>(16, tiles_at_once(RowsAtOnce, part_size, out)));
        const int64_t most = groups(tiles.count, batches);
        const int64_t in_plane = most * in_stride + 16, out_plane = most * out_stride + 16;
        const OwnMemory own(resources, group_size * (in_plane + out_plane));
        run(resources, [&](Member &member) {
            const Transformed v{own.of(member.index), in_stride, in_plane}, m{v.data + group_size * in_plane, out_stride, out_plane};
            // Batch by batch, so that pixels come from memory once.
            for (int64_t batch = 0; batch < batches; batch++) {
                const int64_t begin = tiles.count * batch / batches, count = tiles.count * (batch + 1) / batches - begin;
                member.share(row_groups * groups(in, part_size), [&](int64_t task) {
                    const Channels part{task / row_groups * part_size, std::min((task / row_groups + 1) * part_size, in)};
                    with_constant<row_groups>(task % row_groups + 1, [&](auto next) {
                        using Positions = typename Tiles::template Positions<(decltype(next)::value - 1) * RowsAtOnce, RowsAtOnce>;
                        tiles.template transform_input<Positions>(input, begin, count, part, v);
                        tiles.template transform_gradient<Positions>(gradient, begin, count, m);
                    });
                    for (int64_t i = 0; i < group_size; i++) {
                        accumulate(1, count, {v.data + i * in_plane, in_stride, 0}, part.end - part.begin, {m.data + i * out_plane, out_stride, 0},
                                   out, weights.sums_of(task % row_groups * group_size + i, part.begin), batch > 0);
                    }
                });
                member.wait();
            }
            weights.finish(member);
        });
    }

    /// How the tiles are cut up: for a team, whose members share each step, or into pieces that a thread takes through all of them by
    /// itself and that stay in its second cache meanwhile.
    class Batches {
        static constexpr int64_t team_bytes = 24 << 20, thread_bytes = 600 << 10;
        // Threads that work alone read all weights for each piece, which does not pay if those come from memory.
        static constexpr int64_t shared_cache_bytes = 16 << 20;
        const int64_t unit, units, threads;
        int64_t tasks, tiles_at_once;
        float *shared = nullptr;
        OwnMemory own;

    public:
        bool is_alone;
        int64_t plane;

        /// - `unit`: tiles that must stay together.
        Batches(const Winograd &winograd, int64_t unit)
            : unit(unit), units(winograd.tiles.count / unit), threads(winograd.resources.threads) {
            constexpr int64_t float_bytes = sizeof(float);
            const int64_t tile_bytes = winograd.row_stride * positions * float_bytes;
            const int64_t weight_bytes = winograd.in * winograd.out * positions * float_bytes;
            tiles_at_once = std::max<int64_t>(1, thread_bytes / (tile_bytes * block_rows)) * block_rows;
            is_alone = weight_bytes <= shared_cache_bytes && winograd.tiles.count >= 2 * threads * block_rows;
            if (is_alone) {
                tasks = std::min(units, groups(groups(units, std::max<int64_t>(1, tiles_at_once / unit)), threads) * threads);
            } else {
                tasks = groups(units, std::max<int64_t>(1, team_bytes / (tile_bytes * unit)));
                tiles_at_once = groups(units, tasks) * unit;
            }
            plane = tiles_at_once * winograd.row_stride + plane_gap;
            if (is_alone) {
                // One plane more, in front of the first.
                own = OwnMemory(winograd.resources, (positions + 1) * plane);
            } else {
                shared = winograd.resources.scratch(0, positions * plane);
            }
        }

        /// Calls `body(workers, begin, tiles, data)` for each piece, with the memory of those who work on it.
        template <class Body>
        void for_each(Member &member, Body body) const {
            const auto begin = [&](int64_t task) { return units * task / tasks * unit; };
            if (!is_alone) {
                for (int64_t task = 0; task < tasks; task++) body(member, begin(task), begin(task + 1) - begin(task), shared);
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
        Products(const Winograd &winograd, const Batches &batches, int64_t depth, const float *packed, int64_t columns)
            : row_stride(winograd.row_stride), plane(batches.plane), depth(depth), columns(columns), packed(packed),
              copies(winograd.resources, batches.is_alone ? 0 : block_rows * depth) {}
        /// Returns where the results lie.
        float *multiply(Member &workers, int64_t tiles, float *data) const {
            const auto weights = [&](int64_t position) { return packed + position * Weights::packed_plane(columns, depth); };
            if (workers.count == 1) {
                // The results of a position take the place of what the one before it needed.
                for (int64_t position = 0; position < positions; position++) {
                    float *from = data + position * plane;
                    ::multiply({from, row_stride, 1, 0, depth}, tiles, weights(position), columns, nullptr, {from - plane, row_stride});
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

}  // namespace
