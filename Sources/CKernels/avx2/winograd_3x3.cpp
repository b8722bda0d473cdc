#define KERNELS "winograd_3x3.hpp"
#include "../avx2.hpp"
