// Gradients of weights in the transformed domain; winograd_convolution.hpp says with which products.
#pragma once

#include "tiles.hpp"
#include "tuning.hpp"
#include "winograd_weights.hpp"

namespace kernels::INSTRUCTION_SET {

template <class Filter>
class WinogradGradient {
    static constexpr int positions = Filter::products * Filter::products;
    using Weights = WinogradWeights<Filter>;

    const Convolution &convolution;
    const Resources &resources;
    const Tiles<Filter> tiles;
    const int64_t in = convolution.in_channels, out = convolution.out_channels;

public:
    WinogradGradient(const Convolution &convolution, int64_t images, int64_t height, int64_t width, const Resources &resources)
        : convolution(convolution), resources(resources), tiles{convolution, images, height, width} {}

    void operator()(const Images &input, const Images &gradient, float *output) const {
        // It is the larger of the two that should not leave the caches.
        const bool is_weight_larger = tiles.count * (in + out) <= in * out;
        const Weights weights(convolution, resources, output, is_weight_larger);
        if (is_weight_larger) return by_channels(input, gradient, weights);
        // As many rows at once as leave tiles enough for products of some depth.
        constexpr int several = Filter::products % 3 == 0 ? 3 : 1;
        return tiles_at_once(several, in, out) >= 48 ? by_rows<several>(input, gradient, weights) : by_rows<1>(input, gradient, weights);
    }

private:
    /// All tiles are transformed, then each thread takes some channels of both sides.
    void by_channels(const Images &input, const Images &gradient, const Weights &weights) const {
        const int64_t row_stride = padded(std::max(in, out)) + LANES, plane = tiles.count * row_stride + plane_gap;
        const Transformed v{resources(Scratch::images, plane * positions), row_stride, plane};
        const Transformed m{resources(Scratch::gradients, plane * positions), row_stride, plane};
        run(resources, [&](Member &member) {
            member.share_ranges(tiles.count, [&](int64_t begin, int64_t end) {
                tiles.transform_gradient(gradient, begin, end - begin, m.from(begin));
                tiles.transform_input(input, begin, end - begin, {0, in}, v.from(begin));
            });
            member.wait();
            weights.gradient_of_few_tiles(member, v, m, tiles.count);
        });
    }

    /// Tiles of which rows of positions fit into a thread's second cache.
    static int64_t tiles_at_once(int64_t rows, int64_t in, int64_t out) {
        return gradient_piece_bytes() / (rows * Filter::products * (padded(in) + padded(out) + 2 * LANES) * float_bytes);
    }

    /// Some rows of positions and some input channels at a time, so that a thread's transformed tiles stay in its second cache: pixels are
    /// read again for each group of rows, but nothing transformed comes from memory.
    template <int RowsAtOnce>
    void by_rows(const Images &input, const Images &gradient, const Weights &weights) const {
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
                    const int64_t first = task / row_groups * part_size, group = task % row_groups;
                    const Channels part{first, std::min(first + part_size, in)};
                    with_rows<RowsAtOnce>(group, [&](auto rows) {
                        tiles.transform_input(input, begin, count, part, v, rows);
                        tiles.transform_gradient(gradient, begin, count, m, rows);
                    });
                    for (int64_t i = 0; i < group_size; i++) {
                        accumulate(1, count, {v.data + i * in_plane, in_stride, 0}, part.end - part.begin,
                                   {m.data + i * out_plane, out_stride, 0}, out, weights.sums_of(group * group_size + i, part.begin), batch > 0);
                    }
                });
                member.wait();
            }
            weights.finish(member);
        });
    }

    /// Calls `body` with the rows of positions of a group.
    template <int RowsAtOnce, class Body>
    static ALWAYS_INLINE void with_rows(int64_t group, Body body) {
        if constexpr (RowsAtOnce == 1) {
            body(typename Tiles<Filter>::PositionRow{static_cast<int>(group)});
        } else {
            with_constant<Filter::products / RowsAtOnce>(group + 1, [&](auto next) {
                body(typename Tiles<Filter>::template Positions<(decltype(next)::value - 1) * RowsAtOnce, RowsAtOnce>());
            });
        }
    }
};

}  // namespace kernels::INSTRUCTION_SET
