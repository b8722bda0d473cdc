#define KERNELS "winograd_3x3.hpp"
#include "../avx512.hpp"
