// How fast this machine's kernels multiply, by themselves and in the layers of a network.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Products and sums per second, in GFLOP/s, of one thread with operands in registers: what a core can do at most.
double measure_peak(int instruction_set, double seconds);

/// The same of one thread that multiplies [tiles x 256] by [256 x 256], as a position of a residual block's tiles is, where `positions`
/// of them take turns, each with matrices of its own.
double measure_products(int instruction_set, int64_t tiles, int64_t positions, double seconds);

typedef struct {
    int64_t count, height, width, inputs, outputs, size, stride, padding;
    bool reflects;
} measured_layer;

typedef struct {
    double seconds[3];   // forward, gradient of the input, gradient of the weight: the fastest of all rounds
    double products;     // GFLOP of the products of one of them
    double weight_bytes; // of the packed weight
} layer_measures;

layer_measures measure_layer(int instruction_set, int threads, measured_layer layer, int rounds);

#ifdef __cplusplus
}
#endif
