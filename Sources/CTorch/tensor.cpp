// Creation, properties, shape and in-place changes of tensors.
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/full.h>
#include <ATen/ops/stack.h>

#include "internal.hpp"

using namespace ctorch;

at::ScalarType ctorch::scalar_type(ct_dtype dtype) {
    switch (dtype) {
        case CT_FLOAT32: return at::kFloat;
        case CT_FLOAT16: return at::kHalf;
        case CT_BFLOAT16: return at::kBFloat16;
        case CT_FLOAT64: return at::kDouble;
        case CT_INT64: return at::kLong;
        case CT_UINT8: return at::kByte;
        case CT_BOOL: return at::kBool;
    }
    TORCH_CHECK(false, "unknown dtype ", static_cast<int>(dtype));
}

ct_dtype ctorch::dtype_code(at::ScalarType type) {
    switch (type) {
        case at::kHalf: return CT_FLOAT16;
        case at::kBFloat16: return CT_BFLOAT16;
        case at::kDouble: return CT_FLOAT64;
        case at::kLong: return CT_INT64;
        case at::kByte: return CT_UINT8;
        case at::kBool: return CT_BOOL;
        case at::kFloat: return CT_FLOAT32;
        default: TORCH_CHECK(false, "element type ", type, " is not supported");
    }
}

extern "C" {

void ct_free(ct_tensor *tensor) {
    if (!tensor) return;
    count_handle(-1);
    delete tensor;
}

ct_tensor *ct_empty(const int64_t *sizes, int rank, ct_dtype dtype, ct_device device) {
    return guard_tensor([&] { return at::empty(list(sizes, rank), at::TensorOptions(scalar_type(dtype)).device(ctorch::device(device))); });
}

ct_tensor *ct_full(const int64_t *sizes, int rank, double value, ct_dtype dtype, ct_device device) {
    return guard_tensor(
        [&] { return at::full(list(sizes, rank), value, at::TensorOptions(scalar_type(dtype)).device(ctorch::device(device))); });
}

ct_tensor *ct_from_blob(void *data, const int64_t *sizes, int rank, ct_dtype dtype, ct_deleter deleter, void *context) {
    return guard_tensor([&] {
        if (!deleter) return at::from_blob(data, list(sizes, rank), scalar_type(dtype));
        return at::from_blob(data, list(sizes, rank), [deleter, context](void *) { deleter(context); }, scalar_type(dtype));
    });
}

ct_tensor *ct_from_storage(void *data, int64_t byte_count, ct_dtype dtype, int64_t offset, const int64_t *sizes, const int64_t *strides,
                           int rank) {
    return guard_tensor([&] {
        auto type = scalar_type(dtype);
        int64_t last = offset;
        for (int i = 0; i < rank; i++) {
            TORCH_CHECK(sizes[i] >= 0 && strides[i] >= 0, "negative size or stride");
            if (sizes[i] == 0) return at::empty(list(sizes, rank), type);
            int64_t step, next;
            TORCH_CHECK(!__builtin_mul_overflow(sizes[i] - 1, strides[i], &step) && !__builtin_add_overflow(last, step, &next),
                        "sizes and strides overflow");
            last = next;
        }
        int64_t count = byte_count / static_cast<int64_t>(c10::elementSize(type));
        TORCH_CHECK(offset >= 0 && last < count, "element ", last, " lies outside a storage of ", count, " elements");
        return at::from_blob(data, list(sizes, rank), list(strides, rank), offset, {}, at::TensorOptions(type)).contiguous().clone();
    });
}

ct_tensor *ct_share(ct_tensor *tensor) {
    return guard_tensor([&] { return tensor->value; });
}

bool ct_is_defined(ct_tensor *tensor) { return tensor->value.defined(); }

int ct_rank(ct_tensor *tensor) {
    return guard_value(0, [&] { return static_cast<int>(tensor->value.dim()); });
}

int64_t ct_size(ct_tensor *tensor, int dimension) {
    return guard_value<int64_t>(0, [&] { return tensor->value.size(dimension); });
}

int64_t ct_count(ct_tensor *tensor) {
    return guard_value<int64_t>(0, [&] { return tensor->value.numel(); });
}

ct_dtype ct_dtype_of(ct_tensor *tensor) {
    return guard_value(CT_FLOAT32, [&] { return dtype_code(tensor->value.scalar_type()); });
}

ct_device ct_device_of(ct_tensor *tensor) {
    return guard_value(ct_device{CT_CPU, 0}, [&] {
        auto device = tensor->value.device();
        if (device.is_cuda()) return ct_device{CT_CUDA, device.has_index() ? device.index() : 0};
        return ct_device{device.is_mps() ? CT_MPS : CT_CPU, 0};
    });
}

bool ct_is_contiguous(ct_tensor *tensor) {
    return guard_value(false, [&] { return tensor->value.is_contiguous(); });
}

void *ct_data(ct_tensor *tensor) {
    return guard_value<void *>(nullptr, [&] { return tensor->value.data_ptr(); });
}

int ct_item(ct_tensor *tensor, double *value) {
    return guard([&] { *value = tensor->value.item().toDouble(); });
}

ct_tensor *ct_convert(ct_tensor *tensor, ct_dtype dtype, ct_device device) {
    return guard_tensor([&] { return tensor->value.to(ctorch::device(device), scalar_type(dtype)); });
}

ct_tensor *ct_channels_last(ct_tensor *tensor) {
    return guard_tensor([&] { return tensor->value.contiguous(at::MemoryFormat::ChannelsLast); });
}

ct_tensor *ct_contiguous(ct_tensor *tensor) {
    return guard_tensor([&] { return tensor->value.contiguous(); });
}

ct_tensor *ct_clone(ct_tensor *tensor) {
    return guard_tensor([&] { return tensor->value.clone(); });
}

ct_tensor *ct_reshape(ct_tensor *tensor, const int64_t *sizes, int rank) {
    return guard_tensor([&] { return tensor->value.reshape(list(sizes, rank)); });
}

ct_tensor *ct_permute(ct_tensor *tensor, const int64_t *order, int rank) {
    return guard_tensor([&] { return tensor->value.permute(list(order, rank)); });
}

ct_tensor *ct_expand(ct_tensor *tensor, const int64_t *sizes, int rank) {
    return guard_tensor([&] { return tensor->value.expand(list(sizes, rank)); });
}

ct_tensor *ct_narrow(ct_tensor *tensor, int dimension, int64_t start, int64_t length) {
    return guard_tensor([&] { return tensor->value.narrow(dimension, start, length); });
}

ct_tensor *ct_select(ct_tensor *tensor, int dimension, int64_t index) {
    return guard_tensor([&] { return tensor->value.select(dimension, index); });
}

ct_tensor *ct_flip(ct_tensor *tensor, int dimension) {
    return guard_tensor([&] { return tensor->value.flip({dimension}); });
}

ct_tensor *ct_squeeze(ct_tensor *tensor, int dimension) {
    return guard_tensor([&] { return tensor->value.squeeze(dimension); });
}

ct_tensor *ct_unsqueeze(ct_tensor *tensor, int dimension) {
    return guard_tensor([&] { return tensor->value.unsqueeze(dimension); });
}

ct_tensor *ct_concatenate(ct_tensor **tensors, int count, int dimension) {
    return guard_tensor([&] { return at::cat(values(tensors, count), dimension); });
}

ct_tensor *ct_stack(ct_tensor **tensors, int count, int dimension) {
    return guard_tensor([&] { return at::stack(values(tensors, count), dimension); });
}

int ct_copy_(ct_tensor *destination, ct_tensor *source) {
    return guard([&] { destination->value.copy_(source->value); });
}

int ct_fill_(ct_tensor *tensor, double value) {
    return guard([&] { tensor->value.fill_(value); });
}

int ct_add_(ct_tensor *tensor, ct_tensor *other, double scale) {
    return guard([&] { tensor->value.add_(other->value, scale); });
}

int ct_multiply_(ct_tensor *tensor, double factor) {
    return guard([&] { tensor->value.mul_(factor); });
}

int ct_lerp_(ct_tensor *tensor, ct_tensor *other, double weight) {
    return guard([&] { tensor->value.lerp_(other->value, weight); });
}

}  // extern "C"
