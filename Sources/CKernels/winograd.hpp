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
        if (!convolution.packs_weight) {
            with_few_tiles(
                weight, false, [&](int64_t tile, float *to, int64_t plane) { tiles.transform_input(input, tile, {0, in}, to, plane); },
                [&](const Channels &part, const float *from, int64_t stride, int64_t plane) {
                    for (int64_t tile = 0; tile < tiles.count; tile++) {
                        tiles.write_output(from + tile * stride, plane, tile, part, bias, output);
                    }
                });
            return;
        }
        const Batches batches(*this, 1);
        const Products products(*this, batches, in, weight, out);
        float *data = resources.scratch(0, batches.size());
        run(resources, [&](Member &member) {
            batches.for_each(member, data, [&](Member &workers, int64_t begin, int64_t count, float *v) {
                workers.share(count, [&](int64_t tile) {
                    tiles.transform_input(input, begin + tile, {0, in}, v + tile * row_stride, batches.plane);
                });
                workers.wait();
                const float *m = products.multiply(workers, count, v);
                workers.wait();
                workers.share(count, [&](int64_t tile) {
                    tiles.write_output(m + tile * row_stride, batches.plane, begin + tile, {0, out}, bias, output);
                });
                workers.wait();
            });
        });
    }

    void convolve_transposed(const Images &gradient, const float *weight, const float *bias, float *output) const {
        // What rows of tiles have to say about the pixels of the next one.
        float *shared_rows = resources.scratch(2, tiles.shared_size());
        const int64_t pixel_rows = tiles.images * tiles.height;
        if (!convolution.packs_weight) {
            with_few_tiles(
                weight, true, [&](int64_t tile, float *to, int64_t plane) { tiles.transform_gradient(gradient, tile, to, plane); },
                [&](const Channels &part, const float *from, int64_t stride, int64_t plane) {
                    for (int64_t tile = 0; tile < tiles.count; tile++) {
                        tiles.write_input_gradient(from + tile * stride, plane, tile, part, bias, shared_rows, output);
                    }
                    for (int64_t row = 0; row < pixel_rows; row++) tiles.finish_row(row, part, bias, shared_rows, output);
                });
            return;
        }
        const Batches batches(*this, tiles.tile_columns);
        const Products products(*this, batches, out, weight, in);
        float *data = resources.scratch(0, batches.size());
        run(resources, [&](Member &member) {
            batches.for_each(member, data, [&](Member &workers, int64_t begin, int64_t count, float *m) {
                workers.share(count, [&](int64_t tile) {
                    tiles.transform_gradient(gradient, begin + tile, m + tile * row_stride, batches.plane);
                });
                workers.wait();
                const float *v = products.multiply(workers, count, m);
                workers.wait();
                const int64_t columns = tiles.tile_columns;
                workers.share(groups(count, columns), [&](int64_t row) {
                    for (int64_t tile = row * columns; tile < std::min((row + 1) * columns, count); tile++) {
                        tiles.write_input_gradient(v + tile * row_stride, batches.plane, begin + tile, {0, in}, bias, shared_rows, output);
                    }
                });
                workers.wait();
            });
            member.wait();
            member.share(pixel_rows, [&](int64_t row) { tiles.finish_row(row, {0, in}, bias, shared_rows, output); });
        });
    }

    void weight_gradient(const Images &input, const Images &gradient, float *output) const {
        const bool has_few_tiles = tiles.count <= 64;
        const Weights weights(convolution, resources, output, has_few_tiles);
        if (!has_few_tiles) return weight_gradient_by_rows(input, gradient, weights);
        const int64_t plane = tiles.count * row_stride + plane_gap;
        float *v = resources.scratch(0, plane * positions), *m = resources.scratch(2, plane * positions);
        run(resources, [&](Member &member) {
            member.share(tiles.count, [&](int64_t tile) {
                tiles.transform_gradient(gradient, tile, m + tile * row_stride, plane);
                tiles.transform_input(input, tile, {0, in}, v + tile * row_stride, plane);
            });
            member.wait();
            weights.gradient_of_few_tiles(member, v, m, row_stride, plane, tiles.count);
        });
    }

    /// Whether the transformed tiles stay in the caches while one part of the weight after the other meets them.
    static bool has_few_tiles(const Convolution &c, int64_t tiles) {
        constexpr int64_t most_bytes = 5 << 19;
        return tiles * positions * std::max(c.in_channels, c.out_channels) * static_cast<int64_t>(sizeof(float)) <= most_bytes;
    }

private:
    /// For few tiles: all of them are transformed, then each thread takes some output channels through all other steps by itself. Their
    /// weights are transformed where they are used, and never come from memory.
    template <class Transform, class Write>
    void with_few_tiles(const float *weight, bool transposed, Transform transform, Write write) const {
        constexpr int64_t part_size = 16;
        const int64_t depth = transposed ? out : in, channels = transposed ? in : out;
        const int64_t stride = padded(depth) + LANES, plane = tiles.count * stride + plane_gap, part_plane = tiles.count * part_size + 16;
        const int64_t packed_plane = Weights::packed_plane(part_size, depth), size = positions * (packed_plane + part_plane);
        float *transformed = resources.scratch(0, plane * positions), *parts = resources.scratch(1, resources.threads * size);
        run(resources, [&](Member &member) {
            float *packed = parts + member.index * size, *products = packed + positions * packed_plane;
            member.share(tiles.count, [&](int64_t tile) { transform(tile, transformed + tile * stride, plane); });
            member.wait();
            member.share(groups(channels, part_size), [&](int64_t task) {
                const Channels part{task * part_size, std::min((task + 1) * part_size, channels)};
                Weights::pack_channels(convolution, weight, transposed, part.begin, part.end, packed, packed_plane);
                for (int64_t position = 0; position < positions; position++) {
                    multiply({transformed + position * plane, stride, 1, 0, depth}, tiles.count,
                             packed + position * packed_plane, padded(part.end - part.begin), nullptr, {products + position * part_plane, part_size});
                }
                write(part, products, part_size, part_plane);
            });
        });
    }

    /// Row by row of positions, and some input channels at a time, so that a thread's transformed tiles stay in its second cache: pixels are
    /// read again for each row, but nothing transformed comes from memory.
    void weight_gradient_by_rows(const Images &input, const Images &gradient, const Weights &weights) const {
        constexpr int64_t rows = Filter::products, thread_bytes = 1200 << 10;
        // As many tasks for each thread; each part transforms the gradient anew.
        const int64_t threads = resources.threads, parts = threads / std::gcd(rows, threads);
        const int64_t part_size = padded(groups(in, parts)), in_stride = part_size + LANES, out_stride = padded(out) + LANES;
        const int64_t tile_bytes = rows * (in_stride + out_stride) * static_cast<int64_t>(sizeof(float));
        const int64_t batches = groups(tiles.count, std::max<int64_t>(16, thread_bytes / tile_bytes)), most = groups(tiles.count, batches);
        const int64_t in_plane = most * in_stride + 16, out_plane = most * out_stride + 16;
        float *data = resources.scratch(0, threads * rows * (in_plane + out_plane));
        run(resources, [&](Member &member) {
            float *v = data + member.index * rows * (in_plane + out_plane), *m = v + rows * in_plane;
            member.share(rows * groups(in, part_size), [&](int64_t task) {
                const Channels part{task / rows * part_size, std::min((task / rows + 1) * part_size, in)};
                with_constant<rows>(task % rows + 1, [&](auto next) {
                    using Positions = typename Tiles::template Row<decltype(next)::value - 1>;
                    for (int64_t batch = 0; batch < batches; batch++) {
                        const int64_t begin = tiles.count * batch / batches, count = tiles.count * (batch + 1) / batches - begin;
                        for (int64_t tile = 0; tile < count; tile++) {
                            tiles.template transform_input<Positions>(input, begin + tile, part, v + tile * in_stride, in_plane);
                            tiles.template transform_gradient<Positions>(gradient, begin + tile, m + tile * out_stride, out_plane);
                        }
                        for (int64_t j = 0; j < rows; j++) {
                            accumulate(1, count, {v + j * in_plane, in_stride, 0}, part.end - part.begin, {m + j * out_plane, out_stride, 0},
                                       out, weights.sums_of(task % rows * rows + j, part.begin), batch > 0);
                        }
                    }
                });
            });
            member.wait();
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
        bool is_alone;

    public:
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
        }

        // One plane more for each, in front of the first.
        int64_t size() const { return (is_alone ? threads : 1) * plane * (positions + 1); }

        /// Calls `body(workers, begin, tiles, data)` for each piece, with the memory of those who work on it.
        template <class Body>
        void for_each(Member &member, float *data, Body body) const {
            const auto begin = [&](int64_t task) { return units * task / tasks * unit; };
            if (!is_alone) {
                for (int64_t task = 0; task < tasks; task++) body(member, begin(task), begin(task + 1) - begin(task), data + plane);
                return;
            }
            Member alone = member.alone();
            member.share(tasks, [&](int64_t task) {
                const int64_t first = begin(task), count = begin(task + 1) - first, pieces = groups(count, tiles_at_once);
                for (int64_t i = 0; i < pieces; i++) {
                    const int64_t from = count * i / pieces, to = count * (i + 1) / pieces;
                    body(alone, first + from, to - from, data + (member.index * (positions + 1) + 1) * plane);
                }
            });
        }
    };

    /// A product for each position of the transformed tiles, in their place.
    class Products {
        const int64_t row_stride, plane, depth, columns;
        const float *packed;
        float *copies;

    public:
        Products(const Winograd &winograd, const Batches &batches, int64_t depth, const float *packed, int64_t columns)
            : row_stride(winograd.row_stride), plane(batches.plane), depth(depth), columns(columns), packed(packed),
              copies(winograd.resources.scratch(1, winograd.resources.threads * block_rows * depth)) {}

        /// Returns where the results lie.
        const float *multiply(Member &workers, int64_t tiles, float *data) const {
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
            float *copy = copies + workers.index * block_rows * depth;
            workers.share(positions * parts, [&](int64_t task) {
                const int64_t position = task / parts, tile = task % parts * part;
                multiply_in_place(data + position * plane + tile * row_stride, row_stride, std::min(part, tiles - tile), depth,
                                  weights(position), columns, copy);
            });
            return data;
        }
    };
};

}  // namespace
