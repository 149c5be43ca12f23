// The simulated CUDA runtime: memory.
//
// Device memory is ordinary host memory with a quota for each device, so that the
// CPU can compute on it and PyTorch's real allocator still runs out of it.

#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>

#include "simulation.h"

namespace {

constexpr int kGarbage = 0xCD;  // fresh device memory is not zero either
constexpr size_t kAlignment = 512;

struct Allocation {
  size_t size;
  int device;
  cudaMemoryType type;
  bool owned;  // false for host memory that was only registered
};

struct Memory {
  std::mutex mutex;
  std::map<char*, Allocation> allocations;
  size_t used[fakecuda::kMaxDevices] = {};
  size_t peak[fakecuda::kMaxDevices] = {};
};

// Never destroyed: PyTorch frees memory while the process exits.
Memory& memory() {
  static Memory* instance = new Memory;
  return *instance;
}

using Lock = std::lock_guard<std::mutex>;

cudaError_t allocate(void** pointer, size_t size, cudaMemoryType type) {
  Lock lock(memory().mutex);
  const int device = fakecuda::current_device();
  size_t& used = memory().used[device];
  const bool counted = type != cudaMemoryTypeHost;
  *pointer = nullptr;
  const bool full = counted && size > fakecuda::device_memory() - used;
  if (full || posix_memalign(pointer, kAlignment, std::max<size_t>(size, 1))) {
    return fakecuda::fail(cudaErrorMemoryAllocation);
  }
  memset(*pointer, kGarbage, size);
  memory().allocations[static_cast<char*>(*pointer)] = {size, device, type, true};
  if (counted) {
    used += size;
    memory().peak[device] = std::max(memory().peak[device], used);
  }
  return cudaSuccess;
}

cudaError_t release(void* pointer) {
  if (!pointer) return cudaSuccess;
  Lock lock(memory().mutex);
  auto found = memory().allocations.find(static_cast<char*>(pointer));
  if (found == memory().allocations.end()) return fakecuda::fail(cudaErrorInvalidValue);
  const Allocation& allocation = found->second;
  if (allocation.type != cudaMemoryTypeHost) memory().used[allocation.device] -= allocation.size;
  if (allocation.owned) free(pointer);
  memory().allocations.erase(found);
  return cudaSuccess;
}

}  // namespace

namespace fakecuda {

MemoryImage save_memory(int device) {
  Lock lock(memory().mutex);
  MemoryImage image;
  for (const auto& [start, allocation] : memory().allocations) {
    if (allocation.device != device) continue;
    image.emplace_back(start, std::vector<char>(start, start + allocation.size));
  }
  return image;
}

void restore_memory(int device, const MemoryImage& image) {
  Lock lock(memory().mutex);
  std::map<char*, const std::vector<char>*> saved;
  for (const auto& [start, bytes] : image) saved[start] = &bytes;
  for (const auto& [start, allocation] : memory().allocations) {
    if (allocation.device != device) continue;
    auto found = saved.find(start);
    if (found != saved.end() && found->second->size() == allocation.size) {
      memcpy(start, found->second->data(), allocation.size);
    } else if (allocation.type == cudaMemoryTypeDevice) {
      memset(start, kGarbage, allocation.size);
    }
  }
}

}  // namespace fakecuda

// --- allocating and freeing

API cudaError_t cudaMalloc(void** p, size_t n) { return allocate(p, n, cudaMemoryTypeDevice); }
API cudaError_t cudaMallocAsync(void** p, size_t n, cudaStream_t) { return cudaMalloc(p, n); }
API cudaError_t cudaMallocHost(void** p, size_t n) { return allocate(p, n, cudaMemoryTypeHost); }
API cudaError_t cudaHostAlloc(void** p, size_t n, unsigned) { return cudaMallocHost(p, n); }
API cudaError_t cudaFree(void* p) { return release(p); }
API cudaError_t cudaFreeAsync(void* p, cudaStream_t) { return release(p); }
API cudaError_t cudaFreeHost(void* p) { return release(p); }
API cudaError_t cudaHostUnregister(void* p) { return release(p); }

API cudaError_t cudaMallocManaged(void** p, size_t n, unsigned) {
  return allocate(p, n, cudaMemoryTypeManaged);
}

API cudaError_t cudaHostRegister(void* p, size_t n, unsigned) {
  Lock lock(memory().mutex);
  const int device = fakecuda::current_device();
  memory().allocations[static_cast<char*>(p)] = {n, device, cudaMemoryTypeHost, false};
  return cudaSuccess;
}

// --- what is known about it

API cudaError_t cudaMemGetInfo(size_t* free, size_t* total) {
  Lock lock(memory().mutex);
  *total = fakecuda::device_memory();
  *free = *total - memory().used[fakecuda::current_device()];
  return cudaSuccess;
}

API cudaError_t cudaPointerGetAttributes(cudaPointerAttributes* attributes, const void* pointer) {
  Lock lock(memory().mutex);
  *attributes = {};
  attributes->device = cudaInvalidDeviceId;
  auto address = static_cast<char*>(const_cast<void*>(pointer));
  auto after = memory().allocations.upper_bound(address);
  if (after == memory().allocations.begin()) return cudaSuccess;
  const auto& [start, allocation] = *std::prev(after);
  if (address >= start + allocation.size) return cudaSuccess;
  attributes->type = allocation.type;
  attributes->device = allocation.device;
  attributes->devicePointer = attributes->hostPointer = address;
  return cudaSuccess;
}

// The stream-ordered pools: one for each device, with the device's own counts.
API cudaError_t cudaDeviceGetDefaultMemPool(cudaMemPool_t* pool, int device) {
  if (!fakecuda::is_device(device)) return fakecuda::fail(cudaErrorInvalidDevice);
  *pool = reinterpret_cast<cudaMemPool_t>(static_cast<intptr_t>(device + 1));
  return cudaSuccess;
}

API cudaError_t cudaMemPoolGetAttribute(cudaMemPool_t pool, cudaMemPoolAttr which, void* value) {
  Lock lock(memory().mutex);
  const int device = static_cast<int>(reinterpret_cast<intptr_t>(pool)) - 1;
  const bool high = which == cudaMemPoolAttrReservedMemHigh || which == cudaMemPoolAttrUsedMemHigh;
  *static_cast<uint64_t*>(value) = high ? memory().peak[device] : memory().used[device];
  return cudaSuccess;
}

// --- between processes: a handle is of no use in another, as memory is not shared

namespace {

struct IpcHandle {
  pid_t process;
  void* pointer;
};

}  // namespace

API cudaError_t cudaIpcGetMemHandle(cudaIpcMemHandle_t* handle, void* pointer) {
  const IpcHandle content{getpid(), pointer};
  *handle = {};
  memcpy(handle, &content, sizeof content);
  return cudaSuccess;
}

API cudaError_t cudaIpcOpenMemHandle(void** pointer, cudaIpcMemHandle_t handle, unsigned) {
  IpcHandle content;
  memcpy(&content, &handle, sizeof content);
  if (content.process != getpid()) return fakecuda::fail(cudaErrorNotSupported);
  *pointer = content.pointer;
  return cudaSuccess;
}
