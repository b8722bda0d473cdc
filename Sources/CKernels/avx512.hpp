// One part of the kernels, the file KERNELS, for AVX-512.
#if defined(__x86_64__)
#include "standard.hpp"

#define LANES 16
#define INSTRUCTION_SET avx512
#define NAME "AVX-512"
#ifdef MULTIPLIES_BYTES
#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,avx512vnni,fma"))), apply_to = function)
#else
#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,fma"))), apply_to = function)
#endif
#include KERNELS
#pragma clang attribute pop
#endif
