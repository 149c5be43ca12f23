// Entries about devices and versions.

#include <ATen/cuda/CUDAContextLight.h>
#include <c10/cuda/CUDAException.h>
#include <c10/cuda/CUDAFunctions.h>

#include "cuda.h"

namespace gotorch::cuda {
namespace {

// 0 where there is no driver, after a warning at most; what else is wrong throws.
int64_t device_count() { return c10::cuda::device_count(); }
int64_t device_count_ensured() { return c10::cuda::device_count_ensure_non_zero(); }

// Versions are as CUDA counts: 13020 is 13.2.
int64_t runtime_version() {
  int version = 0;
  C10_CUDA_CHECK(cudaRuntimeGetVersion(&version));
  return version;
}

// Of the newest CUDA that the driver can run; 0 without a driver.
int64_t driver_version() {
  int version = 0;
  C10_CUDA_CHECK(cudaDriverGetVersion(&version));
  return version;
}

int64_t compiled_version() { return CUDART_VERSION; }

std::string device_name(int64_t device) {
  return at::cuda::getDeviceProperties(static_cast<c10::DeviceIndex>(device))->name;
}

constexpr gt_entry kEntries[] = {
    entry<device_count>("cuda::device_count() -> int"),
    entry<device_count_ensured>("cuda::device_count_ensured() -> int"),
    entry<runtime_version>("cuda::runtime_version() -> int"),
    entry<driver_version>("cuda::driver_version() -> int"),
    entry<compiled_version>("cuda::compiled_version() -> int"),
    entry<device_name>("cuda::device_name(int device) -> str"),
};

}  // namespace

std::span<const gt_entry> device_entries() { return kEntries; }

}  // namespace gotorch::cuda
