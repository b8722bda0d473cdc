#if defined(__x86_64__)
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <numeric>
#include <type_traits>
#include <utility>

#include "include/cyclegan_kernels.hpp"

#define LANES 16
#define TABLE avx512
#define NAME "AVX-512"
#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,fma"))), apply_to = function)
#include "table.hpp"
#pragma clang attribute pop
#endif
