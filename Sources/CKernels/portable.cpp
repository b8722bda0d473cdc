// Vectors of four floats, which every processor has; NEON on arm64.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <type_traits>

#define LANES 4
#define TABLE portable
#define NAME "portable vectors of 4"
#include "table.hpp"
