#define MULTIPLIES_BYTES
#define KERNELS "quantized_blocks.hpp"
#include "../avx512.hpp"
