#define KERNELS "winograd_stride2.hpp"
#include "../avx512.hpp"
