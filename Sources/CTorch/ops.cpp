// Arithmetic.
#include <ATen/ATen.h>

#include "internal.hpp"

using namespace ctorch;

namespace {

at::Tensor unary(ct_unary_op op, const at::Tensor &x) {
    switch (op) {
        case CT_NEGATE: return at::neg(x);
        case CT_ABS: return at::abs(x);
        case CT_SQUARE: return at::square(x);
        case CT_SQRT: return at::sqrt(x);
        case CT_EXP: return at::exp(x);
        case CT_LOG: return at::log(x);
        case CT_TANH: return at::tanh(x);
        case CT_SIGMOID: return at::sigmoid(x);
        case CT_RELU: return at::relu(x);
        case CT_ROUND: return at::round(x);
        case CT_IS_FINITE: return at::isfinite(x);
        case CT_NOT: return at::logical_not(x);
    }
    TORCH_CHECK(false, "unknown unary operation ", static_cast<int>(op));
}

// Right is an at::Tensor or an at::Scalar; the overloads of libtorch do the rest.
template <class Right>
at::Tensor binary(ct_binary_op op, const at::Tensor &left, const Right &right) {
    switch (op) {
        case CT_ADD: return at::add(left, right);
        case CT_SUBTRACT: return at::sub(left, right);
        case CT_MULTIPLY: return at::mul(left, right);
        case CT_DIVIDE: return at::div(left, right);
        case CT_POWER: return at::pow(left, right);
        case CT_EQUAL: return at::eq(left, right);
        case CT_GREATER: return at::gt(left, right);
        default: break;
    }
    if constexpr (std::is_same_v<Right, at::Tensor>) {
        if (op == CT_MAXIMUM) return at::maximum(left, right);
        if (op == CT_MINIMUM) return at::minimum(left, right);
        if (op == CT_AND) return at::logical_and(left, right);
    } else {
        if (op == CT_MAXIMUM) return at::clamp_min(left, right);
        if (op == CT_MINIMUM) return at::clamp_max(left, right);
    }
    TORCH_CHECK(false, "unknown binary operation ", static_cast<int>(op));
}

at::Tensor reduce(ct_reduction reduction, const at::Tensor &x, at::IntArrayRef dimensions, bool keep) {
    bool all = dimensions.empty();
    switch (reduction) {
        case CT_SUM: return all ? at::sum(x) : at::sum(x, dimensions, keep);
        case CT_MEAN: return all ? at::mean(x) : at::mean(x, dimensions, keep);
        case CT_MAX: return at::amax(x, dimensions, keep);
        case CT_MIN: return at::amin(x, dimensions, keep);
    }
    TORCH_CHECK(false, "unknown reduction ", static_cast<int>(reduction));
}

}  // namespace

extern "C" {

ct_tensor *ct_unary(ct_unary_op op, ct_tensor *tensor) {
    return guard_tensor([&] { return unary(op, tensor->value); });
}

ct_tensor *ct_binary(ct_binary_op op, ct_tensor *left, ct_tensor *right) {
    return guard_tensor([&] { return binary(op, left->value, right->value); });
}

ct_tensor *ct_binary_scalar(ct_binary_op op, ct_tensor *left, double right) {
    return guard_tensor([&] { return binary(op, left->value, at::Scalar(right)); });
}

ct_tensor *ct_reduce(ct_reduction reduction, ct_tensor *tensor, const int64_t *dimensions, int count, bool keep) {
    return guard_tensor([&] { return reduce(reduction, tensor->value, list(dimensions, count), keep); });
}

ct_tensor *ct_clamp(ct_tensor *tensor, double low, double high) {
    return guard_tensor([&] { return at::clamp(tensor->value, low, high); });
}

ct_tensor *ct_where(ct_tensor *condition, ct_tensor *yes, ct_tensor *no) {
    return guard_tensor([&] { return at::where(condition->value, yes->value, no->value); });
}

ct_tensor *ct_matmul(ct_tensor *left, ct_tensor *right) {
    return guard_tensor([&] { return at::matmul(left->value, right->value); });
}

ct_tensor *ct_qr(ct_tensor *matrix) {
    return guard_tensor([&] {
        auto [q, r] = at::linalg_qr(matrix->value);
        return at::mul(q, at::sign(at::diagonal(r)));
    });
}

ct_tensor *ct_eigenvalues(ct_tensor *matrix) {
    return guard_tensor([&] { return at::linalg_eigvalsh(matrix->value); });
}

ct_tensor *ct_cholesky(ct_tensor *matrix) {
    return guard_tensor([&] {
        auto [factor, failure] = at::linalg_cholesky_ex(matrix->value);
        return failure.any().item<bool>() ? at::Tensor() : factor;
    });
}

ct_tensor *ct_log_sum_exp(ct_tensor *tensor, int dimension) {
    return guard_tensor([&] { return at::logsumexp(tensor->value, {dimension}); });
}

ct_tensor *ct_index_select(ct_tensor *tensor, int dimension, ct_tensor *indices) {
    return guard_tensor([&] { return at::index_select(tensor->value, dimension, indices->value); });
}

ct_tensor *ct_kth_smallest(ct_tensor *tensor, int64_t k, int dimension) {
    return guard_tensor([&] { return std::get<0>(at::kthvalue(tensor->value, k, dimension)); });
}

}  // extern "C"
