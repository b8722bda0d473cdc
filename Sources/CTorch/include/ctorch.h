// The engine's whole C surface over libtorch.
//
// Ownership: a function that returns ct_tensor * or ct_generator * gives the caller one handle, to be freed once.
// Errors: such functions return NULL and int functions non-zero; ct_last_error() then holds libtorch's message.
// No C++ exception ever leaves these functions.
#ifndef CTORCH_H
#define CTORCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ct_tensor ct_tensor;        // owns one at::Tensor
typedef struct ct_generator ct_generator;  // owns one at::Generator
typedef void (*ct_deleter)(void *context);

typedef enum { CT_FLOAT32, CT_FLOAT16, CT_BFLOAT16, CT_FLOAT64, CT_INT64, CT_UINT8, CT_BOOL } ct_dtype;
typedef enum { CT_CPU, CT_CUDA, CT_MPS } ct_device_kind;
typedef struct { ct_device_kind kind; int index; } ct_device;

// Errors (error.cpp). A scope collects the first error of this thread instead of letting the caller trap.
const char *ct_last_error(void);
bool ct_last_error_is_of_memory(void);  // whether there was none to be had
void ct_error_scope_begin(void);
const char *ct_error_scope_end(bool *is_of_memory);  // the first error since begin, or NULL
bool ct_error_scope_record(const char *message, bool is_of_memory);  // false when no scope is open on this thread
ct_tensor *ct_undefined(void);         // what an operation yields after an error inside a scope

// Runtime (runtime.cpp)
const char *ct_version(void);
int64_t ct_live_handles(void);        // made and not yet freed by this thread
int ct_thread_count(void);
int ct_set_thread_count(int count);
void ct_retain_freed_memory(void);     // that of large tensors on the CPU, for the next ones; once, at the start
void ct_fail_allocations(int64_t after);  // on this thread and the CPU, after so many that succeed, for tests; negative: none
int ct_load_cuda(void);                // loads libtorch_cuda.so from libtorch's own folder; before any CUDA query
int ct_cuda_device_count(void);
bool ct_has_mps(void);
int ct_synchronize(ct_device device);

// Tensors (tensor.cpp)
void ct_free(ct_tensor *tensor);
ct_tensor *ct_empty(const int64_t *sizes, int rank, ct_dtype dtype, ct_device device);
ct_tensor *ct_full(const int64_t *sizes, int rank, double value, ct_dtype dtype, ct_device device);
// Zero copy; the deleter runs once, after the last alias is gone, and not at all when NULL is returned.
ct_tensor *ct_from_blob(void *data, const int64_t *sizes, int rank, ct_dtype dtype, ct_deleter deleter, void *context);
ct_tensor *ct_from_storage(void *data, int64_t byte_count, ct_dtype dtype, int64_t offset, const int64_t *sizes,
                           const int64_t *strides, int rank);  // copies; bounds are checked
ct_tensor *ct_share(ct_tensor *tensor);  // one more handle of the same tensor
bool ct_is_defined(ct_tensor *tensor);
int ct_rank(ct_tensor *tensor);
int64_t ct_size(ct_tensor *tensor, int dimension);
int64_t ct_count(ct_tensor *tensor);
ct_dtype ct_dtype_of(ct_tensor *tensor);
ct_device ct_device_of(ct_tensor *tensor);
bool ct_is_contiguous(ct_tensor *tensor);
void *ct_data(ct_tensor *tensor);
int ct_item(ct_tensor *tensor, double *value);
ct_tensor *ct_convert(ct_tensor *tensor, ct_dtype dtype, ct_device device);
ct_tensor *ct_contiguous(ct_tensor *tensor);
ct_tensor *ct_channels_last(ct_tensor *tensor);  // of rank 4
ct_tensor *ct_clone(ct_tensor *tensor);
ct_tensor *ct_reshape(ct_tensor *tensor, const int64_t *sizes, int rank);
ct_tensor *ct_permute(ct_tensor *tensor, const int64_t *order, int rank);
ct_tensor *ct_expand(ct_tensor *tensor, const int64_t *sizes, int rank);
ct_tensor *ct_narrow(ct_tensor *tensor, int dimension, int64_t start, int64_t length);
ct_tensor *ct_select(ct_tensor *tensor, int dimension, int64_t index);
ct_tensor *ct_flip(ct_tensor *tensor, int dimension);
ct_tensor *ct_squeeze(ct_tensor *tensor, int dimension);
ct_tensor *ct_unsqueeze(ct_tensor *tensor, int dimension);
ct_tensor *ct_concatenate(ct_tensor **tensors, int count, int dimension);
ct_tensor *ct_stack(ct_tensor **tensors, int count, int dimension);
int ct_copy_(ct_tensor *destination, ct_tensor *source);
int ct_fill_(ct_tensor *tensor, double value);
int ct_add_(ct_tensor *tensor, ct_tensor *other, double scale);
int ct_multiply_(ct_tensor *tensor, double factor);
int ct_lerp_(ct_tensor *tensor, ct_tensor *other, double weight);

// Random numbers (random.cpp)
ct_generator *ct_generator_new(uint64_t seed, ct_device device);
void ct_generator_free(ct_generator *generator);
ct_tensor *ct_generator_state(ct_generator *generator);
int ct_generator_restore(ct_generator *generator, ct_tensor *state);
int ct_normal_(ct_tensor *tensor, double mean, double deviation, ct_generator *generator);
int ct_uniform_(ct_tensor *tensor, double low, double high, ct_generator *generator);
int ct_bernoulli_(ct_tensor *tensor, double probability, ct_generator *generator);

// Arithmetic (ops.cpp)
typedef enum {
    CT_NEGATE, CT_ABS, CT_SQUARE, CT_SQRT, CT_EXP, CT_LOG, CT_TANH, CT_SIGMOID, CT_RELU, CT_ROUND, CT_IS_FINITE, CT_NOT
} ct_unary_op;
typedef enum { CT_ADD, CT_SUBTRACT, CT_MULTIPLY, CT_DIVIDE, CT_POWER, CT_MAXIMUM, CT_MINIMUM, CT_AND, CT_EQUAL, CT_GREATER } ct_binary_op;
typedef enum { CT_SUM, CT_MEAN, CT_MAX, CT_MIN } ct_reduction;
ct_tensor *ct_unary(ct_unary_op op, ct_tensor *tensor);
ct_tensor *ct_binary(ct_binary_op op, ct_tensor *left, ct_tensor *right);
ct_tensor *ct_binary_scalar(ct_binary_op op, ct_tensor *left, double right);
ct_tensor *ct_reduce(ct_reduction reduction, ct_tensor *tensor, const int64_t *dimensions, int count, bool keep);
ct_tensor *ct_clamp(ct_tensor *tensor, double low, double high);
ct_tensor *ct_where(ct_tensor *condition, ct_tensor *yes, ct_tensor *no);
ct_tensor *ct_matmul(ct_tensor *left, ct_tensor *right);
// log of the sum of the exponentials over one dimension, which goes away.
ct_tensor *ct_log_sum_exp(ct_tensor *tensor, int dimension);
ct_tensor *ct_qr(ct_tensor *matrix);  // Q with the signs of R's diagonal folded in
ct_tensor *ct_eigenvalues(ct_tensor *matrix);  // of a symmetric matrix, in ascending order
ct_tensor *ct_cholesky(ct_tensor *matrix);     // an undefined tensor when the matrix is not positive definite
ct_tensor *ct_index_select(ct_tensor *tensor, int dimension, ct_tensor *indices);
ct_tensor *ct_kth_smallest(ct_tensor *tensor, int64_t k, int dimension);  // k counts from 1

// Layers (nn.cpp). A NULL tensor means "none" where the name ends in _or_null.
typedef enum { CT_PAD_REFLECT, CT_PAD_REPLICATE, CT_PAD_ZERO } ct_padding;
typedef enum { CT_L1, CT_MSE, CT_BCE_WITH_LOGITS } ct_loss;
ct_tensor *ct_conv2d(ct_tensor *input, ct_tensor *weight, ct_tensor *bias_or_null, int64_t stride, int64_t padding, int64_t groups);
ct_tensor *ct_conv_transpose2d(ct_tensor *input, ct_tensor *weight, ct_tensor *bias_or_null, int64_t stride, int64_t padding,
                               int64_t output_padding, int64_t groups);
ct_tensor *ct_linear(ct_tensor *input, ct_tensor *weight, ct_tensor *bias_or_null);
ct_tensor *ct_instance_norm(ct_tensor *input, double epsilon);
ct_tensor *ct_batch_norm(ct_tensor *input, ct_tensor *weight, ct_tensor *bias, ct_tensor *running_mean, ct_tensor *running_variance,
                         bool training, double momentum, double epsilon);
ct_tensor *ct_pad2d(ct_tensor *input, ct_padding mode, int64_t left, int64_t right, int64_t top, int64_t bottom);
ct_tensor *ct_upsample_nearest2d(ct_tensor *input, int64_t scale);
// Convolution and ReLU in one, without gradients, on the CPU in float32; the weight is brought into the kernel's own order for inputs of
// a shape [N, C, H, W] and then serves that shape alone. The result is stored channels last.
ct_tensor *ct_pack_convolution(ct_tensor *weight, int64_t stride, int64_t padding_height, int64_t padding_width,
                               const int64_t *input_shape);
ct_tensor *ct_packed_convolution_relu(ct_tensor *input, ct_tensor *packed_weight, ct_tensor *bias, int64_t stride,
                                      int64_t padding_height, int64_t padding_width);
// Fused layers (kernels.cpp): fast kernels for float32 on the CPU, libtorch's operators for all else.
typedef enum { CT_KERNELS_AUTO, CT_KERNELS_ACCURATE, CT_KERNELS_LIBTORCH, CT_KERNELS_INT8 } ct_kernels;
typedef struct {  // what is done to images first: instance norm, then x where positive and slope * x elsewhere
    bool normalizes;
    double epsilon, slope;
} ct_prologue;
typedef struct {
    ct_prologue prologue;
    bool transposed;
    int64_t stride, padding, output_padding;
    ct_padding border;
    bool cancels_bias;  // an instance norm follows, which takes any bias away
} ct_convolution_options;
ct_tensor *ct_fused_convolution(ct_tensor *input, ct_tensor *weight, ct_tensor *bias_or_null, const ct_convolution_options *options);
// Of images, means and reciprocals of standard deviations: [N, 2, C]; and images that are normalised by such numbers and activated.
// Without gradients.
ct_tensor *ct_channel_statistics(ct_tensor *input, double epsilon);
ct_tensor *ct_normalized(ct_tensor *input, ct_tensor *statistics, double slope);
ct_tensor *ct_fused_norm(ct_tensor *input, ct_tensor *residual_or_null, ct_prologue prologue);
int64_t ct_images_with_gradient(ct_tensor *images);  // of a joined batch; only its first images can want one. For tests.
ct_kernels ct_get_kernels(void);
void ct_set_kernels(ct_kernels kernels);
const char *ct_instruction_set(int index);  // one that the kernels have for this processor, the best at 0; NULL behind the last
void ct_use_instruction_set(int index);
typedef enum { CT_CACHES_OF_SYSTEM, CT_CACHES_OF_ENVIRONMENT, CT_CACHES_ASSUMED } ct_caches_source;
typedef struct {  // bytes; sharers of the third cache are 0 where the system does not tell
    int64_t second, third;
    int sharers;
    ct_caches_source source;
} ct_caches;
ct_caches ct_get_caches(void);
bool ct_can_parse_caches(const char *text);
// Whether the kernels in use multiply bytes, as CT_KERNELS_INT8 wants it.
bool ct_multiplies_bytes(void);
int ct_kernel_thread_count(void);
// Half-pixel centres, no antialiasing: PyTorch's interpolate(mode="bilinear", align_corners=False).
ct_tensor *ct_resize_bilinear(ct_tensor *input, int64_t height, int64_t width);
ct_tensor *ct_max_pool2d(ct_tensor *input, int64_t kernel, int64_t stride, int64_t padding, bool ceil_mode);
ct_tensor *ct_average_pool2d(ct_tensor *input, int64_t kernel, int64_t stride, int64_t padding, bool count_padding);
ct_tensor *ct_pixel_shuffle(ct_tensor *input, int64_t factor);
ct_tensor *ct_attention(ct_tensor *query, ct_tensor *key, ct_tensor *value, double scale);
ct_tensor *ct_leaky_relu(ct_tensor *input, double slope);
ct_tensor *ct_mean_loss(ct_loss loss, ct_tensor *input, ct_tensor *target);

// Gradients and optimisers (autograd.cpp)
bool ct_grad_mode(void);
void ct_set_grad_mode(bool enabled);
ct_tensor *ct_detach(ct_tensor *tensor);
bool ct_requires_grad(ct_tensor *tensor);
int ct_set_requires_grad(ct_tensor *tensor, bool enabled);
int ct_backward(ct_tensor *loss);
ct_tensor *ct_grad(ct_tensor *tensor);  // an undefined tensor when there is no gradient
int ct_zero_grad(ct_tensor *tensor);
int ct_gradients(ct_tensor *output, ct_tensor **inputs, int count, bool create_graph, ct_tensor **gradients);
ct_tensor *ct_clip_gradient_norm(ct_tensor **tensors, int count, double max);  // the norm before
int ct_fused_adam(ct_tensor **parameters, ct_tensor **means, ct_tensor **squares, ct_tensor **steps, int count, double learning_rate,
                  double beta1, double beta2, double epsilon);

// Mixed precision (precision.cpp)
int ct_autocast_begin(ct_device device, ct_dtype dtype, bool *was_enabled, ct_dtype *previous);
void ct_autocast_end(ct_device device, bool was_enabled, ct_dtype previous);
int ct_unscale_gradients(ct_tensor **tensors, int count, double scale, bool *all_finite);

// Checkpointed segments (checkpoint.cpp). A segment takes over its input and gives its caller the output.
typedef ct_tensor *(*ct_segment)(void *context, ct_tensor *input);
// Runs without recording and again in the backward pass; release(context) is called once, however this ends.
ct_tensor *ct_checkpoint(ct_tensor *input, ct_segment segment, void *context, ct_deleter release);

#ifdef __cplusplus
}
#endif

#include "ctorch_serialize.h"

#endif
