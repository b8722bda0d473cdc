#define KERNELS "table.hpp"
#include "../avx512.hpp"
