#define KERNELS "winograd_4x4.hpp"
#include "../avx2.hpp"
