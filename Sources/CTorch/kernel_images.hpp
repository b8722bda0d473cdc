// Images on their way into the kernels and out of them.
#pragma once

#include <ATen/autocast_mode.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/instance_norm.h>
#include <ATen/ops/leaky_relu.h>

#include "internal.hpp"
#include "kernels.hpp"

namespace ctorch {

/// What is done to images before a convolution reads them, and to the result of a norm.
struct Prologue {
    bool normalizes;
    double epsilon, slope;

    at::Tensor plain(const at::Tensor &input) const {
        // Statistics in float32 also where convolutions are computed in less.
        const bool is_short = input.scalar_type() == at::kBFloat16 || input.scalar_type() == at::kHalf;
        const auto images = is_short ? input.to(at::kFloat) : input;
        auto result = normalizes ? with_plain_gradient(at::instance_norm(images, {}, {}, {}, {}, /*use_input_stats=*/true, /*momentum=*/0,
                                                                          epsilon, /*cudnn_enabled=*/true))
                                 : input;
        if (slope == 0) return result.relu();
        return slope == 1 ? result : at::leaky_relu(result, slope);
    }
    bool is_plain() const { return !normalizes && slope == 1; }
};

inline at::Tensor channels_last(const at::Tensor &images) { return images.contiguous(at::MemoryFormat::ChannelsLast); }
inline at::Tensor empty_images(const at::Tensor &like, int64_t channels, int64_t height, int64_t width) {
    return at::empty({like.size(0), channels, height, width}, like.options().memory_format(at::MemoryFormat::ChannelsLast));
}

inline at::Tensor empty_images(const at::Tensor &like) { return empty_images(like, like.size(1), like.size(2), like.size(3)); }

/// Images for a kernel, with statistics where they are normalised.
inline kernels::Images images(const at::Tensor &tensor, const Prologue &prologue, const at::Tensor &statistics) {
    return {tensor.const_data_ptr<float>(), tensor.size(0), tensor.size(2), tensor.size(3), tensor.size(1),
            prologue.normalizes ? statistics.const_data_ptr<float>() : nullptr, static_cast<float>(prologue.slope)};
}
inline kernels::Images images(const at::Tensor &tensor) { return images(tensor, {false, 0, 1}, {}); }

inline at::Tensor statistics(const at::Tensor &input, const Prologue &prologue) {
    if (!prologue.normalizes) return {};
    auto result = at::empty({input.size(0), 2, input.size(1)}, input.options().memory_format(at::MemoryFormat::Contiguous));
    kernel_table().statistics(images(input), prologue.epsilon, result.mutable_data_ptr<float>(), kernel_resources());
    return result;
}

inline bool is_suitable(const at::Tensor &tensor) {
    return tensor.defined() && tensor.device().is_cpu() && tensor.scalar_type() == at::kFloat && tensor.layout() == at::kStrided;
}

inline bool is_suitable_image(const at::Tensor &tensor, const Prologue &prologue) {
    if (kernel_choice() == CT_KERNELS_LIBTORCH || at::autocast::is_autocast_enabled(at::kCPU) || prologue.slope > 1) return false;
    return is_suitable(tensor) && tensor.dim() == 4 && tensor.numel() > 0
           && (!prologue.normalizes || tensor.size(2) * tensor.size(3) > 1);
}

}  // namespace ctorch
