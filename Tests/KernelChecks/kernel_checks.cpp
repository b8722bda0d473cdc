// Kernels between guard pages against their definitions.
#include "include/kernel_checks.h"

#include <signal.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <cyclegan_kernels.hpp>
#include <cyclegan_kernels_reference.hpp>

#include "fenced_memory.hpp"

using namespace kernels;
namespace definition = kernels::reference;

namespace {

/// What runs, for the line that a segmentation fault leaves.
char running[512];

void end_with_name(int signal) {
    const char *prefix = "\na kernel touched memory that is not its own: ";
    (void)!write(STDERR_FILENO, prefix, std::strlen(prefix));
    (void)!write(STDERR_FILENO, running, std::strlen(running));
    (void)!write(STDERR_FILENO, "\n", 1);
    ::signal(signal, SIG_DFL);
    raise(signal);
}

/// The next number of a sequence (SplitMix64).
uint64_t next(uint64_t &state) {
    uint64_t value = state += 0x9e3779b97f4a7c15;
    value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9;
    value = (value ^ value >> 27) * 0x94d049bb133111eb;
    return value ^ value >> 31;
}

bool fences_end;
std::map<std::pair<Scratch, int>, FencedMemory> scratch_memory;
bool is_slack_untouched = true;

float *scratch(Scratch purpose, int member, int64_t count) {
    auto &memory = scratch_memory[{purpose, member}];
    is_slack_untouched &= memory.is_slack_untouched();
    memory = {};
    memory = FencedMemory(count, fences_end, 64);
    return memory.data();
}

class Check {
    const kernel_case &values;
    const Table &table = *all_for_this_machine()[values.instruction_set];
    const Resources resources{values.threads, scratch};
    uint64_t random = values.seed;
    std::string found;

    FencedMemory uniform(int64_t count) {
        FencedMemory memory(count, fences_end);
        for (int64_t i = 0; i < count; i++) memory.data()[i] = static_cast<float>(static_cast<double>(next(random) >> 40) / (1 << 23) - 1);
        return memory;
    }

    /// Runs a kernel with scratch memory that it has not seen, perhaps as one thread of a team that does something else.
    template <class Kernel>
    void run(const char *name, Kernel kernel) {
        std::snprintf(running, sizeof(running), "%s of %s, %d threads%s, %dx%dx%dx%d to %d, size %d, stride %d, padding %d%s%s", name, table.name,
                      values.threads, values.nested ? " nested" : "", int(values.count), int(values.height), int(values.width),
                      int(values.inputs), int(values.outputs), int(values.size), int(values.stride), int(values.padding),
                      values.reflects ? " mirrored" : "", values.groups > 1 ? " depthwise" : "");
        scratch_memory.clear();
        if (values.nested) {
            run_team(2, [](void *context, int index, int) { if (index == 0) (*static_cast<Kernel *>(context))(); }, &kernel);
        } else {
            kernel();
        }
        for (const auto &entry : scratch_memory) is_slack_untouched &= entry.second.is_slack_untouched();
        if (!is_slack_untouched) fail(std::string(running) + ": wrote behind its scratch memory");
        is_slack_untouched = true;
    }

    void fail(const std::string &problem) {
        if (found.empty()) found = problem;
    }

    /// Compares numbers with their definition: `exact(index in each extent)`. All of few; of many the first, the last, and others by chance.
    template <class Exact>
    void compare(const FencedMemory &output, const std::array<int64_t, 4> &extents, double tolerance, Exact exact) {
        std::vector<std::pair<int64_t, double>> numbers;
        double scale = 0;
        for_some(output.count(), extents, [&](int64_t at, const auto &index) {
            numbers.push_back({at, exact(index)});
            scale = std::max(scale, std::abs(numbers.back().second));
        });
        for (const auto &[at, expected] : numbers) expect(output, at, expected, tolerance * scale + 1e-6);
        check_whole(output);
    }

    /// Calls `body(at, index in each extent)` for all of few numbers; of many for the first, the last, and others by chance.
    template <class Body>
    void for_some(int64_t count, const std::array<int64_t, 4> &extents, Body body) {
        constexpr int64_t most = 160;
        for (int64_t i = 0; i < std::min(count, most); i++) {
            const int64_t at = count <= most ? i : i == 0 ? 0 : i == 1 ? count - 1 : static_cast<int64_t>(next(random) % static_cast<uint64_t>(count));
            std::array<int64_t, 4> index;
            for (int64_t axis = 3, rest = at; axis >= 0; rest /= extents[static_cast<size_t>(axis)], axis--) {
                index[static_cast<size_t>(axis)] = rest % extents[static_cast<size_t>(axis)];
            }
            body(at, index);
        }
    }

    void expect(const FencedMemory &output, int64_t at, double expected, double tolerance) {
        const double number = output.data()[at];
        if (std::abs(number - expected) <= tolerance) return;
        fail(std::string(running) + ": number " + std::to_string(at) + " is " + std::to_string(number) + " instead of " + std::to_string(expected));
    }

    void check_whole(const FencedMemory &output) {
        for (int64_t i = 0; i < output.count(); i++) {
            if (!std::isfinite(output.data()[i])) return fail(std::string(running) + ": number " + std::to_string(i) + " was not written");
        }
        if (!output.is_slack_untouched()) fail(std::string(running) + ": wrote behind its output");
    }

    /// Compares a 1x1 convolution in products of bytes with the exact one. What rounding to the nearest of 127 steps can do bounds each number;
    /// together the errors are no larger than those of evenly spread roundings.
    void compare_bytes(const Images &input, const float *weight, const float *bias, const FencedMemory &output) {
        const int64_t inputs = values.inputs, outputs = values.outputs;
        double squares = 0, expected_squares = 0;
        int64_t count = 0;
        for_some(output.count(), {input.count, input.height, input.width, outputs}, [&](int64_t at, const auto &index) {
            const auto pixel = [&](int64_t i) { return definition::value(input, index[0], index[1], index[2], i); };
            const auto factor = [&](int64_t i) { return static_cast<double>(weight[index[3] * inputs + i]); };
            double step = 0, weight_step = 0, sum = bias ? bias[index[3]] : 0, most = 0, size = std::abs(sum);
            for (int64_t i = 0; i < inputs; i++) {
                step = std::max(step, std::abs(pixel(i)) / 127);
                weight_step = std::max(weight_step, std::abs(factor(i)) / 127);
            }
            for (int64_t i = 0; i < inputs; i++) {
                sum += pixel(i) * factor(i);
                size += std::abs(pixel(i) * factor(i));
                most += (std::abs(factor(i)) * step + std::abs(pixel(i)) * weight_step + step * weight_step / 2) / 2;
                expected_squares += (factor(i) * factor(i) * step * step + pixel(i) * pixel(i) * weight_step * weight_step) / 12;
            }
            expect(output, at, sum, most + 1e-5 * size + 1e-6);
            squares += (output.data()[at] - sum) * (output.data()[at] - sum);
            count++;
        });
        if (count >= 40 && squares > 2 * expected_squares) fail(std::string(running) + ": rounds more than to 127 steps");
        check_whole(output);
    }

    FencedMemory checked_statistics(const Images &images) {
        FencedMemory output(images.count * 2 * images.channels, fences_end);
        run("statistics", [&] { table.statistics(images, 1e-5, output.data(), resources); });
        compare(output, {1, images.count, 2, images.channels}, 1e-5, [&](const auto &index) {
            const auto [mean, reciprocal] = definition::statistics(images, 1e-5, index[1], index[3]);
            return index[2] == 0 ? mean : reciprocal;
        });
        return output;
    }

    FencedMemory packed(const Convolution &c, const FencedMemory &weight, bool transposed) {
        if (!c.packs_weight) {
            FencedMemory copy(weight.count(), fences_end);
            std::memcpy(copy.data(), weight.data(), static_cast<size_t>(weight.count()) * sizeof(float));
            return copy;
        }
        FencedMemory memory(table.packed_size(c, transposed), fences_end);
        run("pack", [&] { table.pack(c, weight.data(), transposed, memory.data(), resources); });
        return memory;
    }

    void check_norm(const Images &images) {
        const int64_t count = images.count * images.height * images.width * images.channels;
        const auto residual = uniform(count), gradient = uniform(count);
        const std::array<int64_t, 4> extents{images.count, images.height, images.width, images.channels};
        FencedMemory output(count, fences_end);
        run("apply", [&] { table.apply(images, residual.data(), output.data(), resources); });
        compare(output, extents, 1e-5, [&](const auto &i) {
            const int64_t at = ((i[0] * images.height + i[1]) * images.width + i[2]) * images.channels + i[3];
            return definition::value(images, i[0], i[1], i[2], i[3]) + residual.data()[at];
        });
        FencedMemory of_input(count, fences_end);
        run("apply_backward", [&] { table.apply_backward(images, gradient.data(), of_input.data(), resources); });
        compare(of_input, extents, 3e-5, [&](const auto &i) { return definition::apply_backward(images, gradient.data(), i[0], i[1], i[2], i[3]); });
    }

public:
    explicit Check(const kernel_case &values) : values(values) { fences_end = values.fences_end; }

    Convolution convolution() const {
        Convolution c{values.inputs, values.outputs, values.size, values.stride, values.padding,
                      values.reflects ? Border::reflect : Border::zero, Method::direct, true, values.groups};
        const Rounding rounding = values.takes_bytes ? Rounding::bytes : values.accurate ? Rounding::direct : Rounding::tiles;
        table.choose_method(c, values.count, c.output_size(values.height), c.output_size(values.width), rounding);
        c.packs_weight |= values.packs_weight;
        return c;
    }

    std::string operator()() {
        const Convolution c = convolution();
        const int64_t height = c.output_size(values.height), width = c.output_size(values.width);
        const auto pixels = uniform(values.count * values.height * values.width * c.in_channels);
        const auto gradients = uniform(values.count * height * width * c.out_channels);
        const int64_t inputs = c.in_channels / c.groups;
        const auto weight = uniform(c.out_channels * inputs * c.size * c.size);
        const auto bias_in = uniform(c.in_channels), bias_out = uniform(c.out_channels);
        Images input{pixels.data(), values.count, values.height, values.width, c.in_channels, nullptr, values.normalizes_input ? values.slope : 1};
        Images gradient{gradients.data(), values.count, height, width, c.out_channels, nullptr, values.normalizes_gradient ? values.slope : 1};
        const auto input_statistics = checked_statistics(input), gradient_statistics = checked_statistics(gradient);
        // A single pixel has no deviation, so that its reciprocal would be a large number.
        if (values.normalizes_input && values.height * values.width > 3) input.statistics = input_statistics.data();
        if (values.normalizes_gradient && height * width > 3) gradient.statistics = gradient_statistics.data();
        const auto rows = definition::meetings(c, values.height), columns = definition::meetings(c, values.width);
        const double tolerance = 4e-5;

        FencedMemory output(values.count * height * width * c.out_channels, fences_end);
        const auto forward = packed(c, weight, false);
        const float *start = values.has_bias ? bias_out.data() : nullptr;
        run("convolve", [&] { table.convolve(c, input, forward.data(), start, output.data(), resources); });
        if (c.method == Method::quantized) {
            compare_bytes(input, weight.data(), start, output);
            scratch_memory.clear();
            return found;
        }
        compare(output, {values.count, height, width, c.out_channels}, tolerance, [&](const auto &i) {
            return definition::convolve(c, rows, columns, input, weight.data(), start, i[0], i[1], i[2], i[3]);
        });

        FencedMemory of_input(pixels.count(), fences_end);
        const auto backward = packed(c, weight, true);
        start = values.has_bias ? bias_in.data() : nullptr;
        run("convolve_transposed", [&] {
            table.convolve_transposed(c, gradient, backward.data(), start, values.height, values.width, of_input.data(), resources);
        });
        compare(of_input, {values.count, values.height, values.width, c.in_channels}, tolerance, [&](const auto &i) {
            return definition::convolve_transposed(c, rows, columns, gradient, weight.data(), start, i[0], i[1], i[2], i[3]);
        });

        FencedMemory of_weight(weight.count(), fences_end);
        run("weight_gradient", [&] { table.weight_gradient(c, input, gradient, of_weight.data(), resources); });
        compare(of_weight, {c.out_channels, inputs, c.size, c.size}, tolerance, [&](const auto &i) {
            return definition::weight_gradient(rows, columns, input, gradient, i[0], definition::first_input(c, i[0]) + i[1], i[2], i[3]);
        });

        check_norm(input);
        scratch_memory.clear();
        return found;
    }
};

}  // namespace

bool kernel_case_passes(const kernel_case *values, char *problem, int64_t problem_size) {
    struct sigaction action{}, before_fault{}, before_bus{};
    action.sa_handler = end_with_name;
    sigaction(SIGSEGV, &action, &before_fault);
    sigaction(SIGBUS, &action, &before_bus);
    const std::string found = Check(*values)();
    sigaction(SIGSEGV, &before_fault, nullptr);
    sigaction(SIGBUS, &before_bus, nullptr);
    std::snprintf(problem, static_cast<size_t>(problem_size), "%s", found.c_str());
    return found.empty();
}

int kernel_case_method(const kernel_case *values) { return static_cast<int>(Check(*values).convolution().method); }

int kernel_team_size(int threads) { return team_size(threads); }

bool kernel_parse_caches(const char *text, int64_t *second, int64_t *third) {
    Caches caches{};
    if (!parse_caches(text, caches)) return false;
    *second = caches.second;
    *third = caches.third;
    return true;
}
