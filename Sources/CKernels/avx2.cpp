#if defined(__x86_64__)
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <numeric>
#include <type_traits>
#include <utility>

#include "include/cyclegan_kernels.hpp"

#define LANES 8
#define TABLE avx2
#define NAME "AVX2"
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#include "table.hpp"
#pragma clang attribute pop
#endif
