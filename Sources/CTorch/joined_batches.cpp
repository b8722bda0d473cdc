// Which images of a joined batch want a gradient, read from libtorch's graph.
#include <torch/csrc/autograd/generated/Functions.h>

#include "internal.hpp"
#include "kernels.hpp"

int64_t ctorch::images_with_gradient(const at::Tensor &input) {
    int64_t count = input.size(0);
    const auto *join = dynamic_cast<const torch::autograd::generated::CatBackward0 *>(input.grad_fn().get());
    if (!join || join->dim != 0) return count;
    const auto &sizes = join->tensors_args_sizes_symint;
    for (size_t i = sizes.size(); i > 0 && !join->next_edge(i - 1).is_valid(); i--) count -= sizes[i - 1][0].expect_int();
    return count;
}

extern "C" {

int64_t ct_images_with_gradient(ct_tensor *images) {
    return ctorch::guard_value<int64_t>(-1, [&] { return ctorch::images_with_gradient(images->value); });
}

}  // extern "C"
