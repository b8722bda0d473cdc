// Shared by the .cpp files of the shim: the handle types and the guard that every entry point runs under.
#pragma once

// Without ATen/ATen.h and autograd's headers, which most files do not need and which take the compiler three times as long.
#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>

#include <optional>

#include "include/ctorch.h"

struct ct_tensor {
    at::Tensor value;
};
struct ct_generator {
    at::Generator value;
};

namespace ctorch {

/// Stores the exception being handled as this thread's last error.
void store_exception() noexcept;
/// Memory of zeros for munmap, of the system's large pages where it has them: they save the processor most of its walks through page tables.
/// Null where there is none; what is never touched takes none.
void *map_large_pages(size_t bytes) noexcept;
/// Throws what an allocation of memory throws that fails, where tests want this one to.
void fail_allocation_if_wanted();
/// Counts a handle given out (+1) or freed (-1).
void count_handle(int change) noexcept;

inline ct_tensor *wrap(at::Tensor tensor) {
    auto *handle = new ct_tensor{std::move(tensor)};
    count_handle(1);
    return handle;
}

/// Runs `body`, which returns an at::Tensor, and hands out its result; NULL on any exception.
template <class Body>
ct_tensor *guard_tensor(Body body) noexcept {
    try {
        return wrap(body());
    } catch (...) {
        store_exception();
        return nullptr;
    }
}

/// Runs `body`, which returns a pointer; NULL on any exception.
template <class Pointer, class Body>
Pointer *guard_pointer(Body body) noexcept {
    try {
        return body();
    } catch (...) {
        store_exception();
        return nullptr;
    }
}

/// Runs `body`; 0 on success, 1 on any exception.
template <class Body>
int guard(Body body) noexcept {
    try {
        body();
        return 0;
    } catch (...) {
        store_exception();
        return 1;
    }
}

/// Runs `body`, which returns a plain value; `fallback` on any exception, such as one of an undefined tensor.
template <class Value, class Body>
Value guard_value(Value fallback, Body body) noexcept {
    try {
        return body();
    } catch (...) {
        store_exception();
        return fallback;
    }
}

inline at::IntArrayRef list(const int64_t *values, int count) { return {values, static_cast<size_t>(count)}; }

inline std::optional<at::Tensor> optional(ct_tensor *tensor) {
    return tensor ? std::optional<at::Tensor>(tensor->value) : std::nullopt;
}

inline std::vector<at::Tensor> values(ct_tensor **tensors, int count) {
    std::vector<at::Tensor> result;
    result.reserve(static_cast<size_t>(count));
    for (int i = 0; i < count; i++) result.push_back(tensors[i]->value);
    return result;
}

/// The result of a norm, whose gradient reaches the norm in plain order: on the CPU, libtorch 2.15's batch norm reads the gradient of a single
/// image that is stored channels last in the wrong order, without a word.
inline at::Tensor with_plain_gradient(at::Tensor result) {
    if (result.is_cpu() && result.requires_grad()) {
        result.register_hook([](const at::Tensor &gradient) { return gradient.contiguous(); });
    }
    return result;
}

/// The gradients of those tensors that have one.
inline std::vector<at::Tensor> gradients(ct_tensor **tensors, int count) {
    std::vector<at::Tensor> result;
    for (int i = 0; i < count; i++) {
        if (const auto &gradient = tensors[i]->value.grad(); gradient.defined()) result.push_back(gradient);
    }
    return result;
}

/// Within a backward pass: whether it gives gradients to leaves only, as `backward` does, and not to tensors that somebody named.
bool only_leaves_get_gradients();

at::ScalarType scalar_type(ct_dtype dtype);
ct_dtype dtype_code(at::ScalarType type);
at::Device device(ct_device device);

}  // namespace ctorch
