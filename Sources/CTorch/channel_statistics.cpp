// Norms whose statistics come from elsewhere than the images that they normalise.
#include <ATen/ops/stack.h>
#include <ATen/ops/var_mean.h>

#include "kernel_images.hpp"

using namespace ctorch;

extern "C" {

ct_tensor *ct_channel_statistics(ct_tensor *input, double epsilon) {
    return guard_tensor([&] {
        const auto &images = input->value;
        const Prologue prologue{true, epsilon, 1};
        if (is_suitable_image(images, prologue)) return ctorch::statistics(channels_last(images), prologue);
        const auto [variance, mean] = at::var_mean(images.to(at::kFloat), {2, 3}, /*unbiased=*/false);
        return at::stack({mean, (variance + epsilon).rsqrt()}, 1);
    });
}

ct_tensor *ct_normalized(ct_tensor *input, ct_tensor *statistics, double slope) {
    return guard_tensor([&] {
        const auto &images = input->value;
        const auto numbers = statistics->value.contiguous();
        TORCH_CHECK(images.dim() == 4 && numbers.sizes() == at::IntArrayRef({images.size(0), 2, images.size(1)}),
                    "statistics of ", numbers.sizes(), " for images of ", images.sizes());
        const Prologue prologue{true, 0, slope};
        if (!is_suitable_image(images, prologue) || !is_suitable(numbers)) {
            const auto part = [&](int64_t index) { return numbers.select(1, index).unsqueeze(-1).unsqueeze(-1); };
            return Prologue{false, 0, slope}.plain((images - part(0)) * part(1));
        }
        const auto x = channels_last(images);
        auto output = empty_images(x);
        kernel_table().apply(ctorch::images(x, prologue, numbers), nullptr, output.mutable_data_ptr<float>(), kernel_resources());
        return output;
    });
}

}  // extern "C"
