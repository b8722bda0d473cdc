// Seeded generators whose state can be saved, and in-place sampling.
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>

#include "internal.hpp"

using namespace ctorch;

extern "C" {

ct_generator *ct_generator_new(uint64_t seed, ct_device device) {
    return guard_pointer<ct_generator>([&] {
        if (device.kind == CT_CPU) return new ct_generator{at::detail::createCPUGenerator(seed)};
        // A device's generator type is known to its backend only: copy the default one, then seed the copy.
        auto generator = at::globalContext().defaultGenerator(ctorch::device(device)).clone();
        generator.set_current_seed(seed);
        return new ct_generator{std::move(generator)};
    });
}

void ct_generator_free(ct_generator *generator) { delete generator; }

ct_tensor *ct_generator_state(ct_generator *generator) {
    return guard_tensor([&] { return generator->value.get_state(); });
}

int ct_generator_restore(ct_generator *generator, ct_tensor *state) {
    return guard([&] { generator->value.set_state(state->value); });
}

int ct_normal_(ct_tensor *tensor, double mean, double deviation, ct_generator *generator) {
    return guard([&] {
        at::NoGradGuard no_gradients;
        tensor->value.normal_(mean, deviation, generator->value);
    });
}

int ct_uniform_(ct_tensor *tensor, double low, double high, ct_generator *generator) {
    return guard([&] {
        at::NoGradGuard no_gradients;
        tensor->value.uniform_(low, high, generator->value);
    });
}

int ct_bernoulli_(ct_tensor *tensor, double probability, ct_generator *generator) {
    return guard([&] {
        at::NoGradGuard no_gradients;
        tensor->value.bernoulli_(probability, generator->value);
    });
}

}  // extern "C"
