#define KERNELS "table.hpp"
#include "../avx2.hpp"
