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

// Without C10_CUDA_CHECK, which also looks up what kernels asserted: that takes a driver.
int64_t version_by(cudaError_t (*ask)(int*)) {
  int version = 0;
  const cudaError_t error = ask(&version);
  TORCH_CHECK(error == cudaSuccess, "CUDA error: ", cudaGetErrorString(error));
  return version;
}

// Versions are as CUDA counts: 13020 is 13.2.
int64_t runtime_version() { return version_by(cudaRuntimeGetVersion); }

// Of the newest CUDA that the driver can run; 0 without a driver.
int64_t driver_version() { return version_by(cudaDriverGetVersion); }

int64_t compiled_version() { return CUDART_VERSION; }

const cudaDeviceProp& properties(int64_t device) {
  return *at::cuda::getDeviceProperties(index_of(device));
}

std::string device_name(int64_t device) { return properties(device).name; }

// 16 bytes.
std::string device_uuid(int64_t device) {
  const cudaUUID_t& uuid = properties(device).uuid;
  return {uuid.bytes, sizeof(uuid.bytes)};
}

int attribute(int64_t device, cudaDeviceAttr name) {
  int value = 0;
  C10_CUDA_CHECK(cudaDeviceGetAttribute(&value, name, index_of(device)));
  return value;
}

// In the order of the fields of cuda.DeviceProperties.
std::vector<int64_t> device_properties(int64_t device) {
  const cudaDeviceProp& p = properties(device);
  return {p.major,
          p.minor,
          p.isMultiGpuBoard,
          p.integrated,
          p.multiProcessorCount,
          static_cast<int64_t>(p.totalGlobalMem),
          p.maxThreadsPerMultiProcessor,
          p.maxThreadsPerBlock,
          p.warpSize,
          p.regsPerMultiprocessor,
          static_cast<int64_t>(p.sharedMemPerBlock),
          static_cast<int64_t>(p.sharedMemPerBlockOptin),
          static_cast<int64_t>(p.sharedMemPerMultiprocessor),
          p.l2CacheSize,
          attribute(device, cudaDevAttrClockRate),
          attribute(device, cudaDevAttrMemoryClockRate),
          p.memoryBusWidth,
          p.pciBusID,
          p.pciDeviceID,
          p.pciDomainID};
}

bool can_access_peer(int64_t device, int64_t peer) {
  return at::cuda::canDeviceAccessPeer(index_of(device), index_of(peer));
}

// 0: synchronizing operations are silent, 1: they warn, 2: they fail.
int64_t sync_debug_mode() {
  return static_cast<int64_t>(c10::cuda::warning_state().get_sync_debug_mode());
}
void set_sync_debug_mode(int64_t mode) {
  c10::cuda::warning_state().set_sync_debug_mode(static_cast<c10::cuda::SyncDebugMode>(mode));
}

constexpr gt_entry kEntries[] = {
    entry<device_count>("cuda::device_count() -> int"),
    entry<device_count_ensured>("cuda::device_count_ensured() -> int"),
    entry<runtime_version>("cuda::runtime_version() -> int"),
    entry<driver_version>("cuda::driver_version() -> int"),
    entry<compiled_version>("cuda::compiled_version() -> int"),
    entry<device_name>("cuda::device_name(int device) -> str"),
    entry<device_uuid>("cuda::device_uuid(int device) -> str"),
    entry<device_properties>("cuda::device_properties(int device) -> int[]"),
    entry<can_access_peer>("cuda::can_access_peer(int device, int peer) -> bool"),
    entry<sync_debug_mode>("cuda::sync_debug_mode() -> int"),
    entry<set_sync_debug_mode>("cuda::set_sync_debug_mode(int mode) -> ()"),
};

}  // namespace

std::span<const gt_entry> device_entries() { return kEntries; }

}  // namespace gotorch::cuda
