// Convolutions, norms, padding, attention, resampling and losses.
#include <ATen/ATen.h>

#include "internal.hpp"

using namespace ctorch;

extern "C" {

ct_tensor *ct_conv2d(ct_tensor *input, ct_tensor *weight, ct_tensor *bias, int64_t stride, int64_t padding, int64_t groups) {
    return guard_tensor([&] {
        return at::conv2d(input->value, weight->value, optional(bias), {stride, stride}, {padding, padding}, {1, 1}, groups);
    });
}

ct_tensor *ct_conv_transpose2d(ct_tensor *input, ct_tensor *weight, ct_tensor *bias, int64_t stride, int64_t padding,
                               int64_t output_padding, int64_t groups) {
    return guard_tensor([&] {
        return at::conv_transpose2d(input->value, weight->value, optional(bias), {stride, stride}, {padding, padding},
                                    {output_padding, output_padding}, groups);
    });
}

ct_tensor *ct_linear(ct_tensor *input, ct_tensor *weight, ct_tensor *bias) {
    return guard_tensor([&] { return at::linear(input->value, weight->value, optional(bias)); });
}

ct_tensor *ct_instance_norm(ct_tensor *input, double epsilon) {
    return guard_tensor([&] {
        return with_plain_gradient(
            at::instance_norm(input->value, {}, {}, {}, {}, /*use_input_stats=*/true, /*momentum=*/0, epsilon, /*cudnn_enabled=*/true));
    });
}

ct_tensor *ct_batch_norm(ct_tensor *input, ct_tensor *weight, ct_tensor *bias, ct_tensor *running_mean, ct_tensor *running_variance,
                         bool training, double momentum, double epsilon) {
    return guard_tensor([&] {
        return with_plain_gradient(at::batch_norm(input->value, weight->value, bias->value, running_mean->value, running_variance->value,
                                                  training, momentum, epsilon, /*cudnn_enabled=*/true));
    });
}

ct_tensor *ct_pad2d(ct_tensor *input, ct_padding mode, int64_t left, int64_t right, int64_t top, int64_t bottom) {
    return guard_tensor([&] {
        switch (mode) {
            case CT_PAD_REFLECT: return at::reflection_pad2d(input->value, {left, right, top, bottom});
            case CT_PAD_REPLICATE: return at::replication_pad2d(input->value, {left, right, top, bottom});
            case CT_PAD_ZERO: return at::constant_pad_nd(input->value, {left, right, top, bottom}, 0);
        }
        TORCH_CHECK(false, "unknown padding ", static_cast<int>(mode));
    });
}

ct_tensor *ct_upsample_nearest2d(ct_tensor *input, int64_t scale) {
    return guard_tensor([&] {
        auto &x = input->value;
        return at::upsample_nearest2d(x, {x.size(-2) * scale, x.size(-1) * scale});
    });
}

ct_tensor *ct_resize_bilinear(ct_tensor *input, int64_t height, int64_t width) {
    return guard_tensor([&] { return at::upsample_bilinear2d(input->value, {height, width}, /*align_corners=*/false); });
}

ct_tensor *ct_max_pool2d(ct_tensor *input, int64_t kernel, int64_t stride, int64_t padding, bool ceil_mode) {
    return guard_tensor([&] {
        return at::max_pool2d(input->value, {kernel, kernel}, {stride, stride}, {padding, padding}, {1, 1}, ceil_mode);
    });
}

ct_tensor *ct_average_pool2d(ct_tensor *input, int64_t kernel, int64_t stride, int64_t padding, bool count_padding) {
    return guard_tensor([&] {
        return at::avg_pool2d(input->value, {kernel, kernel}, {stride, stride}, {padding, padding}, /*ceil_mode=*/false, count_padding);
    });
}

ct_tensor *ct_pixel_shuffle(ct_tensor *input, int64_t factor) {
    return guard_tensor([&] { return at::pixel_shuffle(input->value, factor); });
}

ct_tensor *ct_attention(ct_tensor *query, ct_tensor *key, ct_tensor *value, double scale) {
    return guard_tensor([&] {
        return at::scaled_dot_product_attention(query->value, key->value, value->value, /*attn_mask=*/{}, /*dropout_p=*/0,
                                                /*is_causal=*/false, scale);
    });
}

ct_tensor *ct_leaky_relu(ct_tensor *input, double slope) {
    return guard_tensor([&] { return at::leaky_relu(input->value, slope); });
}

ct_tensor *ct_mean_loss(ct_loss loss, ct_tensor *input, ct_tensor *target) {
    return guard_tensor([&] {
        switch (loss) {
            case CT_L1: return at::l1_loss(input->value, target->value);
            case CT_MSE: return at::mse_loss(input->value, target->value);
            case CT_BCE_WITH_LOGITS: return at::binary_cross_entropy_with_logits(input->value, target->value);
        }
        TORCH_CHECK(false, "unknown loss ", static_cast<int>(loss));
    });
}

}  // extern "C"
