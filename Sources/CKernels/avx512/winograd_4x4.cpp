#define KERNELS "winograd_4x4.hpp"
#include "../avx512.hpp"
