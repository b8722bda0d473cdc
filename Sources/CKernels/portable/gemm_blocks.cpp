#define KERNELS "gemm_blocks.hpp"
#include "../portable.hpp"
