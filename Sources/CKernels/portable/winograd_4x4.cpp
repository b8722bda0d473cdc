#define KERNELS "winograd_4x4.hpp"
#include "../portable.hpp"
