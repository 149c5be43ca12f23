// What the driver knows about a GPU as a whole: load, heat, processes. NVML comes with
// the driver, so it is opened when it is needed. Its header is in CUDA's toolkit only;
// what is used of it is declared here.

#include <ATen/cuda/CUDAContextLight.h>
#include <dlfcn.h>

#include <cstdio>

#include "cuda.h"

namespace gotorch::cuda {
namespace {

using Handle = void*;
using Status = int;  // 0: success

struct Rates {
  unsigned gpu, memory;  // percent
};
struct Memory {
  unsigned long long total, free, used;
};
struct Process {
  unsigned pid;
  unsigned long long memory;
  unsigned gpu_instance, compute_instance;
};

constexpr const char* kNoDriver = "cuda driver can't be loaded, is cuda enabled?";

// The function of this name in NVML.
template <class... A>
auto nvml(const char* name) -> Status (*)(A...) {
  static void* const library = dlopen("libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL);
  TORCH_CHECK(library != nullptr, kNoDriver);
  void* function = dlsym(library, name);
  TORCH_CHECK(function != nullptr, "this driver's NVML does not have ", name);
  return reinterpret_cast<Status (*)(A...)>(function);
}

// Calls a function, which must succeed.
template <class... A>
void call(const char* name, A... arguments) {
  const Status status = nvml<A...>(name)(arguments...);
  constexpr Status kDriverNotLoaded = 9;
  TORCH_CHECK(status != kDriverNotLoaded, kNoDriver);
  TORCH_CHECK(status == 0, name, " failed: NVML error ", status);
}

Handle handle_of(int64_t device) {
  call("nvmlInit_v2");  // again and again, as it counts
  const cudaDeviceProp& p = *at::cuda::getDeviceProperties(index_of(device));
  char place[32];
  std::snprintf(place, sizeof(place), "%08x:%02x:%02x.0", static_cast<unsigned>(p.pciDomainID),
                static_cast<unsigned>(p.pciBusID), static_cast<unsigned>(p.pciDeviceID));
  Handle handle = nullptr;
  call("nvmlDeviceGetHandleByPciBusId_v2", static_cast<const char*>(place), &handle);
  return handle;
}

// Percent of time in which kernels ran, and in which memory was used.
std::tuple<int64_t, int64_t> utilization(int64_t device) {
  Rates rates{};
  call("nvmlDeviceGetUtilizationRates", handle_of(device), &rates);
  return {rates.gpu, rates.memory};
}

int64_t temperature(int64_t device) {
  unsigned degrees = 0;
  call("nvmlDeviceGetTemperature", handle_of(device), 0, &degrees);  // 0: of the GPU
  return degrees;
}

int64_t power_draw(int64_t device) {
  unsigned milliwatts = 0;
  call("nvmlDeviceGetPowerUsage", handle_of(device), &milliwatts);
  return milliwatts;
}

int64_t clock_rate(int64_t device) {
  unsigned megahertz = 0;
  call("nvmlDeviceGetClockInfo", handle_of(device), 1, &megahertz);  // 1: of the multiprocessors
  return megahertz;
}

int64_t memory_used(int64_t device) {
  Memory memory{};
  call("nvmlDeviceGetMemoryInfo", handle_of(device), &memory);
  return static_cast<int64_t>(memory.used);
}

// NVML's index of the device, then the number and the bytes of each process.
std::vector<int64_t> processes(int64_t device) {
  const Handle handle = handle_of(device);
  unsigned index = 0;
  call("nvmlDeviceGetIndex", handle, &index);
  std::vector<Process> list(16);
  for (constexpr Status kTooSmall = 7;;) {
    auto count = static_cast<unsigned>(list.size());
    const char* name = "nvmlDeviceGetComputeRunningProcesses_v3";
    const Status status = nvml<Handle, unsigned*, Process*>(name)(handle, &count, list.data());
    TORCH_CHECK(status == 0 || status == kTooSmall, name, " failed: NVML error ", status);
    list.resize(status == 0 ? count : 2 * count + 16);
    if (status == 0) {
      break;
    }
  }
  std::vector<int64_t> numbers{index};
  for (const Process& p : list) {
    numbers.push_back(p.pid);
    numbers.push_back(static_cast<int64_t>(p.memory));
  }
  return numbers;
}

constexpr gt_entry kEntries[] = {
    entry<utilization>("cuda::utilization(int device) -> (int, int)"),
    entry<temperature>("cuda::temperature(int device) -> int"),
    entry<power_draw>("cuda::power_draw(int device) -> int"),
    entry<clock_rate>("cuda::clock_rate(int device) -> int"),
    entry<memory_used>("cuda::memory_used(int device) -> int"),
    entry<processes>("cuda::processes(int device) -> int[]"),
};

}  // namespace

std::span<const gt_entry> nvml_entries() { return kEntries; }

}  // namespace gotorch::cuda
