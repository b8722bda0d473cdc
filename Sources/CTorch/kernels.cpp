// The fast CPU kernels as operations that autograd knows, with libtorch's own operators behind every case they do not cover.
#include <ATen/ops/conv2d.h>
#include <ATen/ops/conv_transpose2d.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/reflection_pad2d.h>
#include <ATen/ops/zeros_like.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>

#include "kernel_images.hpp"

using namespace ctorch;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

namespace {

/// The gradients of `inputs` from `gradient`, as libtorch's own operators give them: differentiable again.
template <class Function>
variable_list plain_gradients(AutogradContext *context, const variable_list &inputs, const at::Tensor &gradient, Function function) {
    variable_list wanted;
    for (size_t i = 0; i < inputs.size(); i++) {
        if (context->needs_input_grad(i)) wanted.push_back(inputs[i]);
    }
    auto found = torch::autograd::grad({function()}, wanted, {gradient}, /*retain_graph=*/true, /*create_graph=*/true);
    variable_list gradients(inputs.size());
    for (size_t i = 0, next = 0; i < inputs.size(); i++) {
        if (context->needs_input_grad(i)) gradients[i] = found[next++];
    }
    return gradients;
}

struct Options final : public torch::CustomClassHolder {
    ct_convolution_options values;
    Prologue prologue;
    // Without gradients to be computed, a weight stays as it is, and once packed it serves all calls to come.
    const bool keeps_weight = !at::GradMode::is_enabled();
    // From 64x64 pixels on packing takes a hundredth of the time of the products, and what is packed four times the memory of the weight.
    static constexpr int64_t many_pixels = 64 * 64;

    explicit Options(const ct_convolution_options &values)
        : values(values), prologue{values.prologue.normalizes, values.prologue.epsilon, values.prologue.slope} {}

    at::Tensor plain(const at::Tensor &images, const at::Tensor &weight, const at::Tensor &bias) const {
        auto input = prologue.plain(images);
        const auto &v = values;
        if (v.transposed) {
            return at::conv_transpose2d(input, weight, bias, {v.stride, v.stride}, {v.padding, v.padding},
                                        {v.output_padding, v.output_padding});
        }
        auto padding = v.padding;
        if (v.border == CT_PAD_REFLECT && padding > 0) {
            input = at::reflection_pad2d(input, {padding, padding, padding, padding});
            padding = 0;
        }
        // A weight of fewer channels than the images is for groups of them.
        const auto groups = weight.dim() == 4 && weight.size(1) > 0 ? std::max<int64_t>(input.size(1) / weight.size(1), 1) : 1;
        return at::conv2d(input, weight, bias, {v.stride, v.stride}, {padding, padding}, {1, 1}, groups);
    }

    /// The convolution as it is written.
    kernels::Convolution direct(const at::Tensor &images, const at::Tensor &weight) const {
        return {values.transposed ? weight.size(1) : images.size(1), weight.size(0), weight.size(2), values.stride, values.padding,
                values.border == CT_PAD_REFLECT ? kernels::Border::reflect : kernels::Border::zero, kernels::Method::direct, true,
                is_depthwise(images, weight) ? images.size(1) : 1};
    }

    /// Whether each channel is convolved by itself.
    bool is_depthwise(const at::Tensor &images, const at::Tensor &weight) const {
        return !values.transposed && weight.size(1) == 1 && images.size(1) > 1 && images.size(1) == weight.size(0);
    }

    /// Height and width of the output.
    std::array<int64_t, 2> output_size(const at::Tensor &images, const at::Tensor &weight) const {
        const auto convolution = direct(images, weight);
        const auto size = [&](int64_t input) {
            if (!values.transposed) return convolution.output_size(input);
            return (input - 1) * values.stride - 2 * values.padding + convolution.size + values.output_padding;
        };
        return {size(images.size(2)), size(images.size(3))};
    }

    /// As the kernels see it: a transposed convolution is the gradient of one in the other direction. `is_transposed` tells in which the
    /// weight is used.
    kernels::Convolution convolution(const at::Tensor &images, const at::Tensor &weight, bool is_transposed) const {
        auto result = direct(images, weight);
        const auto [height, width] = values.transposed ? std::array{images.size(2), images.size(3)} : output_size(images, weight);
        kernel_table().choose_method(result, images.size(0), height, width, rounding());
        result.packs_weight = result.packs_weight || keeps_weight || is_packed(weight, result, is_transposed);
        return result;
    }

    kernels::Rounding rounding() const {
        if (kernel_choice() == CT_KERNELS_ACCURATE) return kernels::Rounding::direct;
        const bool takes_bytes = keeps_weight && !values.transposed;
        return kernel_choice() == CT_KERNELS_INT8 && takes_bytes ? kernels::Rounding::bytes : kernels::Rounding::tiles;
    }

    bool fits(const at::Tensor &images, const at::Tensor &weight, const at::Tensor &bias) const {
        const auto &v = values;
        if (!is_suitable_image(images, prologue) || !is_suitable(weight)) return false;
        if (weight.dim() != 4 || weight.size(2) != weight.size(3)) return false;
        if (bias.defined() && !is_suitable(bias)) return false;
        if (is_depthwise(images, weight)) {
            if (weight.size(2) != 3 || v.stride != 1 || v.padding > 2) return false;
        } else if (images.size(1) != weight.size(v.transposed ? 0 : 1) || v.stride > weight.size(2)) {
            return false;
        }
        if (v.border != CT_PAD_ZERO && v.border != CT_PAD_REFLECT) return false;
        if (v.transposed && (v.border != CT_PAD_ZERO || v.output_padding >= v.stride)) return false;
        if (v.border == CT_PAD_REFLECT && v.padding >= std::min(images.size(2), images.size(3))) return false;
        const auto size = output_size(images, weight);
        return size[0] > 0 && size[1] > 0;
    }
};

struct FusedConvolution : torch::autograd::Function<FusedConvolution> {
    static at::Tensor forward(AutogradContext *context, const at::Tensor &input, const at::Tensor &weight, const std::optional<at::Tensor> &optional_bias,
                              const c10::intrusive_ptr<Options> &options) {
        const auto bias = optional_bias.value_or(at::Tensor());
        const auto x = channels_last(input);
        const auto statistics = ::statistics(x, options->prologue);
        const auto &values = options->values;
        const auto convolution = options->convolution(input, weight, values.transposed);
        const auto [height, width] = options->output_size(input, weight);
        auto output = empty_images(x, values.transposed ? weight.size(1) : weight.size(0), height, width);
        const bool is_transformed = convolution.method != kernels::Method::direct && convolution.method != kernels::Method::depthwise
                                    && convolution.method != kernels::Method::quantized;
        const bool packs_anew = options->keeps_weight && is_transformed && x.size(0) * height * width >= Options::many_pixels;
        const auto packed = packed_weight(weight, convolution, values.transposed, !packs_anew);
        const float *start = bias.defined() && !values.cancels_bias ? bias.const_data_ptr<float>() : nullptr;
        const auto seen = images(x, options->prologue, statistics);
        const auto &table = kernel_table();
        if (values.transposed) {
            table.convolve_transposed(convolution, seen, packed.const_data_ptr<float>(), start, height, width,
                                      output.mutable_data_ptr<float>(), kernel_resources());
        } else {
            table.convolve(convolution, seen, packed.const_data_ptr<float>(), start, output.mutable_data_ptr<float>(), kernel_resources());
        }
        context->save_for_backward({input, weight, bias, statistics});
        context->saved_data["options"] = c10::IValue::make_capsule(options);
        return output;
    }

    static variable_list backward(AutogradContext *context, variable_list gradients) {
        auto options = c10::static_intrusive_pointer_cast<Options>(context->saved_data["options"].toCapsule());
        const auto saved = context->get_saved_variables();
        const auto &input = saved[0], &weight = saved[1], &bias = saved[2], &statistics = saved[3];
        if (at::GradMode::is_enabled()) {
            auto result = plain_gradients(context, bias.defined() ? variable_list{input, weight, bias} : variable_list{input, weight},
                                          gradients[0], [&] { return options->plain(input, weight, bias); });
            result.resize(4);
            return result;
        }
        const auto x = channels_last(input), gradient = channels_last(gradients[0]);
        const auto seen = images(x, options->prologue, statistics), output = images(gradient);
        const bool transposed = options->values.transposed, only_leaves = only_leaves_get_gradients();
        const auto convolution = options->convolution(input, weight, !transposed);
        const auto &table = kernel_table();
        variable_list result(4);
        if (context->needs_input_grad(1)) {
            result[1] = at::empty(weight.sizes(), weight.options());
            table.weight_gradient(convolution, transposed ? output : seen, transposed ? seen : output, result[1].mutable_data_ptr<float>(),
                                  kernel_resources());
        }
        if (context->needs_input_grad(0)) {
            // The gradients of the others are left at zero.
            const auto wanted = only_leaves ? images_with_gradient(input) : x.size(0);
            result[0] = empty_images(x);
            if (wanted < x.size(0)) result[0].narrow(0, wanted, x.size(0) - wanted).zero_();
            const auto packed = packed_weight(weight, convolution, !transposed);
            const auto *weights = packed.const_data_ptr<float>();
            auto *to = result[0].mutable_data_ptr<float>();
            if (transposed) {
                table.convolve(convolution, output.first(wanted), weights, nullptr, to, kernel_resources());
            } else {
                table.convolve_transposed(convolution, output.first(wanted), weights, nullptr, x.size(2), x.size(3), to, kernel_resources());
            }
            if (!seen.is_plain()) table.apply_backward(seen.first(wanted), to, to, kernel_resources());
        }
        if (bias.defined() && context->needs_input_grad(2)) {
            if (!options->values.cancels_bias) {
                result[2] = gradient.sum({0, 2, 3});
            } else if (!only_leaves) {
                result[2] = at::zeros_like(bias);
            }
        }
        return result;
    }
};

struct FusedNorm : torch::autograd::Function<FusedNorm> {
    static at::Tensor forward(AutogradContext *context, const at::Tensor &input, const std::optional<at::Tensor> &residual,
                              const Prologue &prologue) {
        const auto x = channels_last(input);
        const auto statistics = ::statistics(x, prologue);
        auto output = empty_images(x);
        const auto added = residual ? channels_last(*residual) : at::Tensor();
        kernel_table().apply(images(x, prologue, statistics), added.defined() ? added.const_data_ptr<float>() : nullptr,
                             output.mutable_data_ptr<float>(), kernel_resources());
        context->save_for_backward({input, statistics});
        context->saved_data["normalizes"] = prologue.normalizes;
        context->saved_data["epsilon"] = prologue.epsilon;
        context->saved_data["slope"] = prologue.slope;
        context->saved_data["has residual"] = residual.has_value();
        return output;
    }

    static variable_list backward(AutogradContext *context, variable_list gradients) {
        auto &data = context->saved_data;
        const Prologue prologue{data["normalizes"].toBool(), data["epsilon"].toDouble(), data["slope"].toDouble()};
        const auto saved = context->get_saved_variables();
        variable_list result(3);
        if (data["has residual"].toBool()) result[1] = gradients[0];
        if (!context->needs_input_grad(0)) return result;
        if (at::GradMode::is_enabled()) {
            result[0] = plain_gradients(context, {saved[0]}, gradients[0], [&] { return prologue.plain(saved[0]); })[0];
            return result;
        }
        const auto x = channels_last(saved[0]), gradient = channels_last(gradients[0]);
        result[0] = empty_images(x);
        kernel_table().apply_backward(images(x, prologue, saved[1]), gradient.const_data_ptr<float>(),
                                      result[0].mutable_data_ptr<float>(), kernel_resources());
        return result;
    }
};

}  // namespace

extern "C" {

ct_tensor *ct_fused_convolution(ct_tensor *input, ct_tensor *weight, ct_tensor *bias, const ct_convolution_options *values) {
    return guard_tensor([&] {
        auto options = c10::make_intrusive<Options>(*values);
        const auto start = bias ? bias->value : at::Tensor();
        if (!options->fits(input->value, weight->value, start)) return options->plain(input->value, weight->value, start);
        return FusedConvolution::apply(input->value, weight->value, optional(bias), options);
    });
}

ct_tensor *ct_fused_norm(ct_tensor *input, ct_tensor *residual, ct_prologue values) {
    return guard_tensor([&] {
        const Prologue prologue{values.normalizes, values.epsilon, values.slope};
        const auto added = residual ? residual->value : at::Tensor();
        const bool adds_alike = !added.defined() || (is_suitable(added) && added.sizes() == input->value.sizes());
        if (!is_suitable_image(input->value, prologue) || !adds_alike) {
            auto result = prologue.plain(input->value);
            return added.defined() ? added + result : result;
        }
        return FusedNorm::apply(input->value, optional(residual), prologue);
    });
}

}  // extern "C"
