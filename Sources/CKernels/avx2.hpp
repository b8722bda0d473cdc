// One part of the kernels, the file KERNELS, for AVX2.
#if defined(__x86_64__)
#include "standard.hpp"

#define LANES 8
#define INSTRUCTION_SET avx2
#define NAME "AVX2"
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#include KERNELS
#pragma clang attribute pop
#endif
