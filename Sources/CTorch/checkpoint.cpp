// Segments of a network whose inner results are not kept but computed again in the backward pass.
#include <ATen/ops/empty.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/csrc/autograd/engine.h>

#include "internal.hpp"

using namespace ctorch;
using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

namespace {

/// The caller's code and what it refers to, released with the last graph that may run it again.
class Segment final : public torch::CustomClassHolder {
public:
    Segment(ct_segment run, void *context, ct_deleter release) : run(run), context(context), release(release) {}
    ~Segment() override { release(context); }

    /// The segment's output. The backward pass may run on another thread, where no caller collects errors: they become exceptions here.
    at::Tensor operator()(const at::Tensor &input) const {
        ct_error_scope_begin();
        ct_tensor *output = run(context, wrap(input));
        bool is_of_memory = false;
        const char *error = ct_error_scope_end(&is_of_memory);
        at::Tensor result = output ? output->value : at::Tensor();
        ct_free(output);
        TORCH_CHECK_WITH(OutOfMemoryError, !is_of_memory, error);
        TORCH_CHECK(!error, error);
        return result;
    }

private:
    ct_segment run;
    void *context;
    ct_deleter release;
};

/// Runs a segment without recording, and with recording in backward (Chen et al., arXiv 1604.06174).
struct Checkpoint : torch::autograd::Function<Checkpoint> {
    // The anchor requires gradients, so that the parameters get theirs where the input has none.
    static at::Tensor forward(AutogradContext *context, const at::Tensor &input, const at::Tensor & /*anchor*/,
                              const c10::intrusive_ptr<Segment> &segment) {
        context->save_for_backward({input});
        context->saved_data["segment"] = c10::IValue::make_capsule(segment);
        return (*segment)(input);
    }

    static variable_list backward(AutogradContext *context, variable_list gradients) {
        TORCH_CHECK(!at::GradMode::is_enabled(), "a checkpointed segment cannot be differentiated twice; do not checkpoint it");
        TORCH_CHECK(only_leaves_get_gradients(),
                    "a checkpointed segment gives gradients to leaves only, through backward(); do not checkpoint it");
        auto segment = c10::static_intrusive_pointer_cast<Segment>(context->saved_data["segment"].toCapsule());
        auto saved = context->get_saved_variables()[0];
        auto input = saved.detach().requires_grad_(saved.requires_grad());
        at::Tensor output;
        {
            at::AutoGradMode recording(true);
            output = (*segment)(input);
        }
        // Leaves inside the segment get their gradients here.
        if (output.requires_grad()) torch::autograd::backward({output}, {gradients[0]});
        return {input.grad(), at::Tensor(), at::Tensor()};
    }
};

}  // namespace

extern "C" {

ct_tensor *ct_checkpoint(ct_tensor *input, ct_segment run, void *context, ct_deleter release) {
    return guard_tensor([&] {
        auto segment = c10::make_intrusive<Segment>(run, context, release);
        return Checkpoint::apply(input->value, at::empty({0}).requires_grad_(true), segment);
    });
}

}  // extern "C"
