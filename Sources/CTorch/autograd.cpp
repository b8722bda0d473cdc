// Gradients, clipping them and the fused Adam update.
#include <ATen/ATen.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/engine.h>

#include "internal.hpp"

using namespace ctorch;

bool ctorch::only_leaves_get_gradients() { return torch::autograd::Engine::get_default_engine().is_checkpoint_valid(); }

extern "C" {

bool ct_grad_mode(void) { return at::GradMode::is_enabled(); }
void ct_set_grad_mode(bool enabled) { at::GradMode::set_enabled(enabled); }

ct_tensor *ct_detach(ct_tensor *tensor) {
    return guard_tensor([&] { return tensor->value.detach(); });
}

bool ct_requires_grad(ct_tensor *tensor) { return tensor->value.defined() && tensor->value.requires_grad(); }

int ct_set_requires_grad(ct_tensor *tensor, bool enabled) {
    return guard([&] { tensor->value.set_requires_grad(enabled); });
}

int ct_backward(ct_tensor *loss) {
    return guard([&] { torch::autograd::backward({loss->value}, {}); });
}

ct_tensor *ct_grad(ct_tensor *tensor) {
    return guard_tensor([&] { return tensor->value.grad(); });
}

int ct_zero_grad(ct_tensor *tensor) {
    return guard([&] { tensor->value.mutable_grad().reset(); });
}

int ct_gradients(ct_tensor *output, ct_tensor **inputs, int count, bool create_graph, ct_tensor **gradients) {
    return guard([&] {
        auto result = torch::autograd::grad({output->value}, values(inputs, count), /*grad_outputs=*/{}, /*retain_graph=*/create_graph,
                                            create_graph, /*allow_unused=*/false);
        for (int i = 0; i < count; i++) gradients[i] = wrap(result[static_cast<size_t>(i)]);
    });
}

ct_tensor *ct_clip_gradient_norm(ct_tensor **tensors, int count, double max) {
    return guard_tensor([&] {
        at::NoGradGuard no_gradients;
        auto gradients = ctorch::gradients(tensors, count);
        if (gradients.empty()) return at::zeros({});
        auto norm = at::linalg_vector_norm(at::stack(at::_foreach_norm(gradients)), 2);
        at::_foreach_mul_(gradients, at::clamp_max(max / (norm + 1e-6), 1));
        return norm;
    });
}

int ct_fused_adam(ct_tensor **parameters, ct_tensor **means, ct_tensor **squares, ct_tensor **steps, int count, double learning_rate,
                  double beta1, double beta2, double epsilon) {
    return guard([&] {
        at::NoGradGuard no_gradients;
        std::vector<at::Tensor> p, g, m, v, t;
        for (int i = 0; i < count; i++) {
            const auto &gradient = parameters[i]->value.grad();
            if (!gradient.defined()) continue;
            p.push_back(parameters[i]->value);
            g.push_back(gradient);
            m.push_back(means[i]->value);
            v.push_back(squares[i]->value);
            t.push_back(steps[i]->value);
        }
        if (p.empty()) return;
        at::_foreach_add_(t, 1);
        at::_fused_adam_(p, g, m, v, {}, t, learning_rate, beta1, beta2, /*weight_decay=*/0, epsilon, /*amsgrad=*/false, /*maximize=*/false);
        // Operators on lists leave this to their caller; who keeps something made of a weight sees by it that the weight has changed.
        for (auto &parameter : p) parameter.unsafeGetTensorImpl()->bump_version();
    });
}

}  // extern "C"
