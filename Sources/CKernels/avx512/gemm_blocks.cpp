#define KERNELS "gemm_blocks.hpp"
#include "../avx512.hpp"
