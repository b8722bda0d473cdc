#include "measures.hpp"

#define KERNELS "products.hpp"
#include "avx512.hpp"
