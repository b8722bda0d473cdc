#define KERNELS "gemm_blocks.hpp"
#include "../avx2.hpp"
