#include "include/kernel_measures.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <map>
#include <memory>
#include <vector>

#include "include/cyclegan_kernels.hpp"
#include "measures.hpp"

namespace kernels {
namespace portable {
extern const ProductMeasures measures;
}
namespace avx2 {
extern const ProductMeasures measures;
}
namespace avx512 {
extern const ProductMeasures measures;
}
}  // namespace kernels

using namespace kernels;

namespace {

const ProductMeasures &measures(int instruction_set) {
    const int lanes = all_for_this_machine()[instruction_set]->lanes;
#if defined(__x86_64__)
    if (lanes == 16) return avx512::measures;
    if (lanes == 8) return avx2::measures;
#endif
    return portable::measures;
}

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

/// Operations per second in GFLOP/s of a body that does so many: the most of several tries.
template <class Body>
double rate(double operations, double seconds, Body body) {
    body();
    double best = 0;
    for (const double end = now() + seconds; now() < end;) {
        const double start = now();
        body();
        best = std::max(best, operations / (now() - start) / 1e9);
    }
    return best;
}

struct Freed {
    void operator()(float *memory) const { std::free(memory); }
};
using Memory = std::unique_ptr<float, Freed>;

Memory memory(int64_t count) {
    const auto bytes = (static_cast<size_t>(count) * sizeof(float) + 4095) / 4096 * 4096;
    Memory result(static_cast<float *>(std::aligned_alloc(4096, bytes)));
    for (int64_t i = 0; i < count; i++) result.get()[i] = static_cast<float>(i % 17) / 16 - 0.5f;
    return result;
}

float *scratch(Scratch purpose, int member, int64_t count) {
    static std::map<std::pair<Scratch, int>, std::pair<int64_t, Memory>> all;
    auto &[size, data] = all[{purpose, member}];
    if (size < count) {
        data = memory(count);
        size = count;
    }
    return data.get();
}

}  // namespace

double measure_peak(int instruction_set, double seconds) {
    const auto &set = measures(instruction_set);
    constexpr int64_t count = 200000;
    volatile float sink;
    return rate(static_cast<double>(count) * set.operations, seconds, [&] { sink = set.multiply_and_add(count); });
}

double measure_products(int instruction_set, int64_t tiles, int64_t positions, double seconds) {
    const auto &set = measures(instruction_set);
    constexpr int64_t channels = 256;
    const int64_t stride = channels + set.lanes, weight_plane = channels * channels + 64, plane = tiles * stride + 64;
    const auto weights = memory(positions * weight_plane), inputs = memory(positions * plane), outputs = memory(positions * plane);
    const int64_t rounds = std::max<int64_t>(1, 36 / positions);
    const double operations = 2.0 * static_cast<double>(tiles * channels * channels * positions * rounds);
    return rate(operations, seconds, [&] {
        for (int64_t i = 0; i < positions * rounds; i++) {
            const int64_t position = i % positions;
            set.multiply_tiles(inputs.get() + position * plane, tiles, channels, weights.get() + position * weight_plane, channels,
                               outputs.get() + position * plane);
        }
    });
}

layer_measures measure_layer(int instruction_set, int threads, measured_layer layer, int rounds) {
    const auto &table = *all_for_this_machine()[instruction_set];
    const Resources resources{threads, scratch};
    Convolution c{layer.inputs, layer.outputs, layer.size, layer.stride, layer.padding,
                  layer.reflects ? Border::reflect : Border::zero, Method::direct, true};
    const int64_t height = c.output_size(layer.height), width = c.output_size(layer.width);
    table.choose_method(c, layer.count, height, width, Rounding::tiles);
    c.packs_weight = true;
    const int64_t weight_count = c.in_channels * c.out_channels * c.size * c.size;
    const auto pixels = memory(layer.count * layer.height * layer.width * c.in_channels), of_pixels = memory(layer.count * layer.height * layer.width * c.in_channels);
    const auto output = memory(layer.count * height * width * c.out_channels), weight = memory(weight_count), of_weight = memory(weight_count);
    const auto forward = memory(table.packed_size(c, false)), backward = memory(table.packed_size(c, true));
    table.pack(c, weight.get(), false, forward.get(), resources);
    table.pack(c, weight.get(), true, backward.get(), resources);
    const Images input{pixels.get(), layer.count, layer.height, layer.width, c.in_channels, nullptr, 1};
    const Images gradient{output.get(), layer.count, height, width, c.out_channels, nullptr, 1};
    layer_measures result{{1e9, 1e9, 1e9}, 0, static_cast<double>(table.packed_size(c, false)) * sizeof(float)};
    // Products of a position for each tile: inputs and outputs of a tile of the method that was chosen.
    struct Shape {
        int64_t outputs, products;
    };
    const Shape direct{1, c.size}, shape = c.method == Method::direct           ? direct
                                           : c.method == Method::small_winograd ? Shape{2, 4}
                                           : c.stride == 2                      ? (c.size == 3 ? Shape{4, 9} : Shape{4, 10})
                                           : c.size == 3                        ? Shape{4, 6}
                                           : c.method == Method::large_winograd ? Shape{4, 7}
                                                                                : Shape{3, 6};
    const auto tiles = [&](int64_t size) { return static_cast<double>((size + shape.outputs - 1) / shape.outputs); };
    result.products = 2e-9 * static_cast<double>(layer.count) * tiles(height) * tiles(width) * static_cast<double>(shape.products * shape.products)
                      * static_cast<double>(c.in_channels * c.out_channels);
    for (int round = 0; round <= rounds; round++) {
        double times[4] = {now()};
        table.convolve(c, input, forward.get(), nullptr, output.get(), resources);
        times[1] = now();
        table.convolve_transposed(c, gradient, backward.get(), nullptr, layer.height, layer.width, of_pixels.get(), resources);
        times[2] = now();
        table.weight_gradient(c, input, gradient, of_weight.get(), resources);
        times[3] = now();
        // The first round is for the caches and the system's pages.
        for (int i = 0; i < 3 && round > 0; i++) result.seconds[i] = std::min(result.seconds[i], times[i + 1] - times[i]);
    }
    return result;
}
