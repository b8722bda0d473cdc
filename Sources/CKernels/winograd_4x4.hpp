// The filters of 4x4 convolutions of stride 1.
#pragma once

#include "winograd_kernels.hpp"

namespace kernels::INSTRUCTION_SET {

template struct Winograd<Filter4Tile3>;
template struct Winograd<Filter4Tile4>;

}  // namespace kernels::INSTRUCTION_SET
