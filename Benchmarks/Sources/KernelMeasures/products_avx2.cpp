#include "measures.hpp"

#define KERNELS "products.hpp"
#include "avx2.hpp"
