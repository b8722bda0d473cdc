// One part of the kernels, the file KERNELS, for vectors of four floats, which every processor has; NEON on arm64.
#include "standard.hpp"

#define LANES 4
#define INSTRUCTION_SET portable
#define NAME "portable vectors of 4"
#include KERNELS
