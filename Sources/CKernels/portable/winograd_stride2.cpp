#define KERNELS "winograd_stride2.hpp"
#include "../portable.hpp"
