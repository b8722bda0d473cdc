#include "measures.hpp"

#define KERNELS "products.hpp"
#include "portable.hpp"
