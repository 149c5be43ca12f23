// The parts that make up libgotorch_cuda.so's table.
//
// Schemas of its entries start with cuda::, by which Go knows where to look.

#pragma once

#include "../src/library.h"

namespace gotorch::cuda {

// Each file of entries defines one of these.
std::span<const gt_entry> device_entries();

}  // namespace gotorch::cuda
