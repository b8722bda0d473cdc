// What the kernels include of the standard library and of the compiler's own. In front of them, because what they declare themselves is
// compiled for an instruction set, and inline functions that others share must not be.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cassert>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <limits>
#include <numeric>
#include <type_traits>
#include <utility>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "include/cyclegan_kernels.hpp"
