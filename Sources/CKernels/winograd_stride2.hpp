// The filters of convolutions of stride 2.
#pragma once

#include "winograd_kernels.hpp"

namespace kernels::INSTRUCTION_SET {

template struct Winograd<Filter3Stride2>;
template struct Winograd<Filter4Stride2>;

}  // namespace kernels::INSTRUCTION_SET
