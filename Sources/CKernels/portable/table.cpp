#define KERNELS "table.hpp"
#include "../portable.hpp"
