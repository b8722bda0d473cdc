// oneDNN's convolutions with the ReLU inside and the weight in the kernel's own order, for networks that are only evaluated.
#include <ATen/core/dispatch/Dispatcher.h>

#include "internal.hpp"

using namespace ctorch;

namespace {

/// Calls an operator that has no C++ header by its name.
template <class... Arguments>
at::Tensor call(const char *name, Arguments &&...arguments) {
    auto operation = c10::Dispatcher::singleton().findSchemaOrThrow(name, "");
    torch::jit::Stack stack;
    (stack.emplace_back(std::forward<Arguments>(arguments)), ...);
    operation.callBoxed(stack);
    return stack.at(0).toTensor();
}

std::vector<int64_t> pair(int64_t first, int64_t second) { return {first, second}; }

}  // namespace

extern "C" {

ct_tensor *ct_pack_convolution(ct_tensor *weight, int64_t stride, int64_t padding_height, int64_t padding_width, const int64_t *input_shape) {
    return guard_tensor([&] {
        return call("mkldnn::_reorder_convolution_weight", weight->value.contiguous(), pair(padding_height, padding_width),
                    pair(stride, stride), pair(1, 1), int64_t{1}, std::vector<int64_t>(input_shape, input_shape + 4));
    });
}

ct_tensor *ct_packed_convolution_relu(ct_tensor *input, ct_tensor *packed_weight, ct_tensor *bias, int64_t stride, int64_t padding_height,
                                      int64_t padding_width) {
    return guard_tensor([&] {
        return call("mkldnn::_convolution_pointwise", input->value.contiguous(at::MemoryFormat::ChannelsLast), packed_weight->value,
                    bias->value, pair(padding_height, padding_width), pair(stride, stride), pair(1, 1), int64_t{1}, "relu",
                    c10::List<std::optional<at::Scalar>>(), std::string());
    });
}

}  // extern "C"
