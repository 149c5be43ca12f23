// Shared by the parts of the simulated CUDA driver.
#pragma once

#include <cuda.h>

#define API extern "C" __attribute__((visibility("default")))

namespace fakecuda {

// The driver has no devices and streams of its own: it asks the simulated runtime.
int device_count();
int processors_of(CUdevice device);

}  // namespace fakecuda
