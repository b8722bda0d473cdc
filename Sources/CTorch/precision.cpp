// Mixed precision: libtorch's autocast, and gradients of a scaled loss.
#include <ATen/autocast_mode.h>
#include <ATen/ops/_amp_foreach_non_finite_check_and_unscale.h>
#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>

#include "internal.hpp"

using namespace ctorch;

extern "C" {

int ct_autocast_begin(ct_device device, ct_dtype dtype, bool *was_enabled, ct_dtype *previous) {
    return guard([&] {
        const auto type = ctorch::device(device).type();
        *was_enabled = at::autocast::is_autocast_enabled(type);
        *previous = dtype_code(at::autocast::get_autocast_dtype(type));
        at::autocast::set_autocast_dtype(type, scalar_type(dtype));
        at::autocast::set_autocast_enabled(type, true);
        at::autocast::increment_nesting();
    });
}

void ct_autocast_end(ct_device device, bool was_enabled, ct_dtype previous) {
    guard([&] {
        const auto type = ctorch::device(device).type();
        // Weights that were converted are not kept: an optimiser may change them before the next time.
        if (at::autocast::decrement_nesting() == 0) at::autocast::clear_cache();
        at::autocast::set_autocast_enabled(type, was_enabled);
        at::autocast::set_autocast_dtype(type, scalar_type(previous));
    });
}

int ct_unscale_gradients(ct_tensor **tensors, int count, double scale, bool *all_finite) {
    return guard([&] {
        at::NoGradGuard no_gradients;
        auto gradients = ctorch::gradients(tensors, count);
        *all_finite = true;
        if (gradients.empty()) return;
        const auto options = gradients[0].options().dtype(at::kFloat).memory_format(at::MemoryFormat::Contiguous);
        auto found = at::zeros({}, options);
        at::_amp_foreach_non_finite_check_and_unscale_(gradients, found, at::full({}, 1 / scale, options));
        *all_finite = found.item<float>() == 0;
    });
}

}  // extern "C"
