// What the kernels compute, as it is defined: one number at a time, in double precision, without any thought of speed. For tests.
#pragma once

#include <cmath>
#include <utility>
#include <vector>

#include "cyclegan_kernels.hpp"

namespace kernels::reference {

/// The normalised image, in front of the activation.
inline double normalized(const Images &images, int64_t image, int64_t y, int64_t x, int64_t channel) {
    const double value = images.row(image, y)[x * images.channels + channel];
    if (!images.statistics) return value;
    const float *statistics = images.statistics + image * 2 * images.channels;
    return (value - statistics[channel]) * statistics[images.channels + channel];
}

/// The normalised and activated image.
inline double value(const Images &images, int64_t image, int64_t y, int64_t x, int64_t channel) {
    const double value = normalized(images, image, y, x, channel);
    return value > 0 ? value : images.slope * value;
}

/// Along one axis, what meets what in a convolution: output `output` sees pixel `pixel` through tap `tap`.
struct Meeting {
    int64_t output, tap, pixel;
};

/// All meetings of an axis of `size` pixels; those with zeros outside of the image are left out.
inline std::vector<Meeting> meetings(const Convolution &c, int64_t size) {
    std::vector<Meeting> result;
    for (int64_t output = 0; output < c.output_size(size); output++) {
        for (int64_t tap = 0; tap < c.size; tap++) {
            int64_t pixel = output * c.stride - c.padding + tap;
            if (c.border == Border::reflect) {
                if (pixel < 0) pixel = -pixel;
                if (pixel >= size) pixel = 2 * (size - 1) - pixel;
            }
            if (pixel >= 0 && pixel < size) result.push_back({output, tap, pixel});
        }
    }
    return result;
}

/// The first input channel that an output channel sees.
inline int64_t first_input(const Convolution &c, int64_t out) { return out / (c.out_channels / c.groups) * (c.in_channels / c.groups); }

/// One number of a weight; zero for channels of different groups.
inline double factor(const Convolution &c, const float *weight, int64_t out, int64_t in, const Meeting &row, const Meeting &column) {
    const int64_t inputs = c.in_channels / c.groups, index = in - first_input(c, out);
    return index < 0 || index >= inputs ? 0 : weight[((out * inputs + index) * c.size + row.tap) * c.size + column.tap];
}

/// One number of `Table::convolve`, with the weight as it is and the meetings of rows and of columns.
inline double convolve(const Convolution &c, const std::vector<Meeting> &rows, const std::vector<Meeting> &columns, const Images &input,
                       const float *weight, const float *bias, int64_t image, int64_t y, int64_t x, int64_t out) {
    double sum = bias ? bias[out] : 0;
    for (const auto &row : rows) {
        if (row.output != y) continue;
        for (const auto &column : columns) {
            if (column.output != x) continue;
            for (int64_t in = 0; in < c.in_channels; in++) {
                sum += factor(c, weight, out, in, row, column) * value(input, image, row.pixel, column.pixel, in);
            }
        }
    }
    return sum;
}

/// One number of `Table::convolve_transposed`.
inline double convolve_transposed(const Convolution &c, const std::vector<Meeting> &rows, const std::vector<Meeting> &columns,
                                  const Images &input, const float *weight, const float *bias, int64_t image, int64_t y, int64_t x,
                                  int64_t in) {
    double sum = bias ? bias[in] : 0;
    for (const auto &row : rows) {
        if (row.pixel != y) continue;
        for (const auto &column : columns) {
            if (column.pixel != x) continue;
            for (int64_t out = 0; out < c.out_channels; out++) {
                sum += factor(c, weight, out, in, row, column) * value(input, image, row.output, column.output, out);
            }
        }
    }
    return sum;
}

/// One number of `Table::weight_gradient`.
inline double weight_gradient(const std::vector<Meeting> &rows, const std::vector<Meeting> &columns, const Images &input,
                              const Images &gradient, int64_t out, int64_t in, int64_t tap_row, int64_t tap_column) {
    double sum = 0;
    for (const auto &row : rows) {
        if (row.tap != tap_row) continue;
        for (const auto &column : columns) {
            if (column.tap != tap_column) continue;
            for (int64_t image = 0; image < input.count; image++) {
                sum += value(gradient, image, row.output, column.output, out) * value(input, image, row.pixel, column.pixel, in);
            }
        }
    }
    return sum;
}

/// The mean of `term(y, x)` over an image's pixels.
template <class Term>
double mean(const Images &images, Term term) {
    double sum = 0;
    for (int64_t y = 0; y < images.height; y++) {
        for (int64_t x = 0; x < images.width; x++) sum += term(y, x);
    }
    return sum / static_cast<double>(images.height * images.width);
}

/// Two numbers of `Table::statistics`: the mean of a channel of images as they are, and the reciprocal of its standard deviation.
inline std::pair<double, double> statistics(const Images &images, double epsilon, int64_t image, int64_t channel) {
    const auto pixel = [&](int64_t y, int64_t x) { return static_cast<double>(images.row(image, y)[x * images.channels + channel]); };
    const double mean = reference::mean(images, pixel);
    const double variance = reference::mean(images, [&](int64_t y, int64_t x) { return (pixel(y, x) - mean) * (pixel(y, x) - mean); });
    return {mean, 1 / std::sqrt(variance + epsilon)};
}

/// One number of `Table::apply_backward`.
inline double apply_backward(const Images &images, const float *gradient, int64_t image, int64_t y, int64_t x, int64_t channel) {
    const auto passed = [&](int64_t y, int64_t x) {
        const double value = gradient[((image * images.height + y) * images.width + x) * images.channels + channel];
        return normalized(images, image, y, x, channel) > 0 ? value : images.slope * value;
    };
    if (!images.statistics) return passed(y, x);
    const double mean = reference::mean(images, passed);
    const double mean_product = reference::mean(
        images, [&](int64_t y, int64_t x) { return passed(y, x) * normalized(images, image, y, x, channel); });
    const double reciprocal = images.statistics[(image * 2 + 1) * images.channels + channel];
    return (passed(y, x) - mean - normalized(images, image, y, x, channel) * mean_product) * reciprocal;
}

}  // namespace kernels::reference
