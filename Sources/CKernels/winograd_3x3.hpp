// The filters of 3x3 convolutions of stride 1.
#pragma once

#include "winograd_kernels.hpp"

namespace kernels::INSTRUCTION_SET {

template struct Winograd<Filter3Tile4>;
template struct Winograd<Filter3Tile2>;

}  // namespace kernels::INSTRUCTION_SET
