#define KERNELS "winograd_3x3.hpp"
#include "../portable.hpp"
