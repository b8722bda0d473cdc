// What the kernels need around them: a choice, memory, and weights in their own order.
#pragma once

#include <ATen/core/Tensor.h>

#include <cyclegan_kernels.hpp>
#include "include/ctorch.h"

namespace ctorch {

/// Which kernels run on the CPU; CYCLEGAN_KERNELS says it before anybody sets it.
ct_kernels kernel_choice() noexcept;
/// The kernels of the instruction set in use.
const kernels::Table &kernel_table() noexcept;
/// This thread's scratch memory, and libtorch's number of threads.
kernels::Resources kernel_resources();
/// Whether `packed_weight` has the weight already.
bool is_packed(const at::Tensor &weight, const kernels::Convolution &convolution, bool transposed);
/// A weight in the order of the kernels, kept until the weight changes where there is room; without `keeps` it lasts until this thread's next
/// call, unless it was kept before.
at::Tensor packed_weight(const at::Tensor &weight, const kernels::Convolution &convolution, bool transposed, bool keeps = true);
/// The images of a batch in front of the last ones that were joined to it without wanting a gradient.
int64_t images_with_gradient(const at::Tensor &input);

}  // namespace ctorch
