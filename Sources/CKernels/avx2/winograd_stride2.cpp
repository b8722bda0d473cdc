#define KERNELS "winograd_stride2.hpp"
#include "../avx2.hpp"
