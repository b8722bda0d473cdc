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
    // Bytes of tiles that are transformed before their products are taken.
    static constexpr int64_t chunk_bytes = 24 << 20;
    using Weights = WinogradWeights<Filter>;
    using ToProducts = Matrix<Filter::input, false>;
    using FromInputProducts = Matrix<Filter::input, true>;
    using ToOutputs = Matrix<Filter::output, false>;
    using FromOutputs = Matrix<Filter::output, true>;

    const Convolution &convolution;
    const Resources &resources;
    const int64_t height, width, output_height, output_width;
    const int64_t tile_rows = groups(output_height, Filter::outputs), tile_columns = groups(output_width, Filter::outputs);
    // The products take the place of what was multiplied, [positions][tiles][in or out]. Rows are kept off powers of two, whose lines share
    // few places in a cache.
    const int64_t row_stride = padded(std::max(convolution.in_channels, convolution.out_channels)) + LANES;

public:
    Winograd(const Convolution &convolution, int64_t height, int64_t width, const Resources &resources)
        : convolution(convolution), resources(resources), height(height), width(width),
          output_height(convolution.output_size(height)), output_width(convolution.output_size(width)) {}

    void convolve(const Images &input, const float *packed, const float *bias, float *output) const {
        const Chunks chunks = this->chunks(input.count, 1);
        const int64_t in = convolution.in_channels, out = convolution.out_channels;
        float *v = resources.scratch(0, chunks.plane * positions), *copies = resources.scratch(1, resources.threads * block_rows * in);
        run(resources, [&](Member &member) {
            chunks.for_each([&](int64_t begin, int64_t rows) {
                member.share(rows, [&](int64_t row) { transform_input(input, begin + row, v + row * tile_columns * row_stride, chunks.plane); });
                member.wait();
                multiply_positions(member, rows * tile_columns, v, chunks.plane, in, packed, out, copies + member.index * block_rows * in);
                member.wait();
                member.share(rows, [&](int64_t row) {
                    write_output(v + row * tile_columns * row_stride, begin + row, bias, output, chunks.plane);
                });
                member.wait();
            });
        });
    }

    /// The gradient of the input, and of the weight, or one of them.
    void gradients(const Images &input, const Images &gradient, const float *packed_transposed, float *input_gradient,
                   float *weight_gradient) const {
        backward(input, gradient, packed_transposed, nullptr, input_gradient, weight_gradient);
    }

    void convolve_transposed(const Images &input, const float *packed, const float *bias, float *output) const {
        backward({}, input, packed, bias, output, nullptr);
    }

private:
    /// Rows of tiles over all images, cut so that the transformed tiles fit into the caches.
    struct Chunks {
        int64_t rows, rows_at_once, plane;

        template <class Body>
        void for_each(Body body) const {
            for (int64_t begin = 0; begin < rows; begin += rows_at_once) body(begin, std::min(rows_at_once, rows - begin));
        }
    };

    Chunks chunks(int64_t images, int64_t buffers) const {
        const int64_t rows = images * tile_rows;
        const int64_t bytes = buffers * tile_columns * positions * row_stride * static_cast<int64_t>(sizeof(float));
        const int64_t at_once = std::max<int64_t>(1, std::min(rows, chunk_bytes / bytes));
        return {rows, at_once, at_once * tile_columns * row_stride + 5 * 16};
    }

    void multiply_positions(Member &member, int64_t tiles, float *data, int64_t plane, int64_t depth, const float *packed, int64_t columns,
                            float *copy) const {
        // Two parts of each position, so that as many threads as there are get something to do at the end.
        const int64_t part = groups(groups(tiles, 2), block_rows) * block_rows, parts = groups(tiles, part);
        member.share(positions * parts, [&](int64_t task) {
            const int64_t position = task / parts, tile = task % parts * part;
            multiply_in_place(data + position * plane + tile * row_stride, row_stride, std::min(part, tiles - tile), depth,
                              packed + position * Weights::packed_plane(columns, depth), columns, copy);
        });
    }

    void backward(const Images &input, const Images &gradient, const float *packed, const float *bias, float *input_gradient,
                  float *weight_gradient) const {
        const Chunks chunks = this->chunks(gradient.count, weight_gradient ? 2 : 1);
        const int64_t in = convolution.in_channels, out = convolution.out_channels;
        float *m = resources.scratch(0, chunks.plane * positions), *copies = resources.scratch(1, resources.threads * block_rows * out);
        float *v = weight_gradient ? resources.scratch(2, chunks.plane * positions) : nullptr;
        Weights weights(convolution, resources, weight_gradient);
        if (v) weights.start(gradient.count * tile_rows * tile_columns, chunks.rows_at_once == chunks.rows);
        run(resources, [&](Member &member) {
            if (input_gradient) {
                member.share(gradient.count * height, [&](int64_t row) { start_row(bias, input_gradient + row * width * in); });
            }
            chunks.for_each([&](int64_t begin, int64_t rows) {
                member.share(rows, [&](int64_t row) {
                    const int64_t offset = row * tile_columns * row_stride;
                    transform_gradient(gradient, begin + row, m + offset, chunks.plane);
                    if (v) transform_input(input, begin + row, v + offset, chunks.plane);
                });
                member.wait();
                const int64_t tiles = rows * tile_columns;
                if (v) {
                    weights.add(member, v, m, row_stride, chunks.plane, tiles, begin > 0);
                    member.wait();
                }
                if (!input_gradient) return;
                multiply_positions(member, tiles, m, chunks.plane, out, packed, in, copies + member.index * block_rows * out);
                member.wait();
                // Tiles of neighbouring rows overlap, those of every other row do not.
                for (int64_t parity : {0, 1}) {
                    member.share((rows + 1 - parity) / 2, [&](int64_t half) {
                        const int64_t row = 2 * half + parity;
                        add_input_gradient(m + row * tile_columns * row_stride, begin + row, input_gradient, chunks.plane);
                    });
                    member.wait();
                }
            });
            if (v) weights.finish(member);
        });
    }

    /// A row of pixels that hold the bias.
    void start_row(const float *bias, float *to) const {
        const int64_t channels = convolution.in_channels;
        if (!bias) {
            std::memset(to, 0, static_cast<size_t>(width * channels) * sizeof(float));
            return;
        }
        for (int64_t x = 0; x < width; x++) std::memcpy(to + x * channels, bias, static_cast<size_t>(channels) * sizeof(float));
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

    /// V = Bᵀ x B for one row of tiles.
    void transform_input(const Images &input, int64_t row, float *to, int64_t plane) const {
        const InputSpan rows = input_span(row % tile_rows, height);
        transform_tiles<ToProducts>(input, row / tile_rows, rows, [&](int64_t tile) { return input_span(tile, width); }, to, plane);
    }

    /// dM = A dy Aᵀ for one row of tiles.
    void transform_gradient(const Images &gradient, int64_t row, float *to, int64_t plane) const {
        using OutputSpan = Span<Filter::outputs>;
        const auto span = [](int64_t tile, int64_t pixels) { return OutputSpan(tile * Filter::outputs, pixels, 0, Border::zero); };
        transform_tiles<FromOutputs>(gradient, row / tile_rows, span(row % tile_rows, output_height),
                                     [&](int64_t tile) { return span(tile, output_width); }, to, plane);
    }

    template <class M, class Rows, class Columns>
    void transform_tiles(const Images &images, int64_t image, const Rows &rows, Columns columns_of, float *to, int64_t plane) const {
        const int64_t channels = images.channels;
        const float *from = images.data + image * images.height * images.width * channels;
        const Prologue prologue(images, image);
        for (int64_t tile = 0; tile < tile_columns; tile++, to += row_stride) {
            const auto columns = columns_of(tile);
            const bool is_whole = rows.is_inside && columns.is_inside && channels % LANES == 0;
            for (int64_t c = 0; c < channels; c += LANES) {
                const auto pixel = [&](int i, int j) { return from + (rows.indices[i] * images.width + columns.indices[j]) * channels + c; };
                const auto group = prologue.group(c, channels);
                const auto write = [&](int i, int j, Vector value) { store(to + (i * M::rows + j) * plane + c, value); };
                if (is_whole && images.is_plain()) {
                    multiply_both<M>([&](int i, int j) { return load(pixel(i, j)); }, write);
                } else if (is_whole) {
                    multiply_both<M>([&](int i, int j) { return group(load(pixel(i, j))); }, write);
                } else {
                    multiply_both<M>([&](int i, int j) {
                        const bool is_zero = rows.indices[i] < 0 || columns.indices[j] < 0;
                        return is_zero ? Vector{} : group(load(pixel(i, j), channels - c));
                    }, write);
                }
            }
        }
    }

    /// y = Aᵀ M A + bias for one row of tiles.
    void write_output(const float *from, int64_t row, const float *bias, float *output, int64_t plane) const {
        constexpr int64_t size = Filter::outputs;
        const int64_t image = row / tile_rows, y = row % tile_rows * size, channels = convolution.out_channels;
        for (int64_t tile = 0; tile < tile_columns; tile++, from += row_stride) {
            const int64_t x = tile * size, rows = std::min(size, output_height - y), columns = std::min(size, output_width - x);
            float *to = output + ((image * output_height + y) * output_width + x) * channels;
            for (int64_t c = 0; c < channels; c += LANES) {
                const Vector start = bias ? load(bias + c, channels - c) : Vector{};
                untransform_tile<ToOutputs>(from + c, plane, [&](int i, int j, Vector value) {
                    if (i < rows && j < columns) store(to + (i * output_width + j) * channels + c, value + start, channels - c);
                });
            }
        }
    }

    /// dx += B dV Bᵀ for one row of tiles.
    void add_input_gradient(const float *from, int64_t row, float *gradient, int64_t plane) const {
        const int64_t channels = convolution.in_channels;
        float *to = gradient + row / tile_rows * height * width * channels;
        const InputSpan rows = input_span(row % tile_rows, height);
        for (int64_t tile = 0; tile < tile_columns; tile++, from += row_stride) {
            const InputSpan columns = input_span(tile, width);
            for (int64_t c = 0; c < channels; c += LANES) {
                untransform_tile<FromInputProducts>(from + c, plane, [&](int i, int j, Vector value) {
                    if (rows.indices[i] < 0 || columns.indices[j] < 0) return;
                    float *pixel = to + (rows.indices[i] * width + columns.indices[j]) * channels + c;
                    store(pixel, load(pixel, channels - c) + value, channels - c);
                });
            }
        }
    }
};

}  // namespace
