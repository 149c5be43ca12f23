// Entries about the memory of devices, whichever kind of accelerator they are.

#include <ATen/Context.h>
#include <ATen/DeviceAccelerator.h>
#include <ATen/core/CachingHostAllocator.h>

#include "library.h"
#include "state.h"

namespace gotorch {
namespace {

// The allocator of the accelerator's memory, if it is in use. Not to be asked for
// before: PyTorch would then set up its devices.
c10::DeviceAllocator* device_allocator() {
  const auto type = at::accelerator::getAccelerator();
  if (!type.has_value()) {
    return nullptr;
  }
  auto* allocator = dynamic_cast<c10::DeviceAllocator*>(c10::GetAllocator(*type));
  return allocator != nullptr && allocator->initialized() ? allocator : nullptr;
}

// How many bytes of a device are allocated to tensors, and how many its allocator
// has reserved, with what it keeps for reuse. Zeros for a device that is not in use.
std::tuple<int64_t, int64_t> device_use(int64_t device) {
  c10::DeviceAllocator* allocator = device_allocator();
  if (allocator == nullptr) {
    return {};
  }
  constexpr auto kAll = static_cast<size_t>(c10::CachingAllocator::StatType::AGGREGATE);
  const auto stats = allocator->getDeviceStats(static_cast<c10::DeviceIndex>(device));
  return {stats.allocated_bytes[kAll].current, stats.reserved_bytes[kAll].current};
}

// How many bytes of a device are free, for any program, and how many there are.
std::tuple<int64_t, int64_t> device_free(int64_t device) {
  c10::DeviceAllocator* allocator = device_allocator();
  // A capture into a graph may forbid the question.
  if (allocator == nullptr || (cuda_library != nullptr && cuda_library->capturing() != 0)) {
    return {};
  }
  return allocator->getMemoryInfo(static_cast<c10::DeviceIndex>(device));
}

// Gives unused memory of devices, and pinned memory, back to the system.
void empty_caches() {
  if (c10::DeviceAllocator* allocator = device_allocator()) {
    allocator->emptyCache();
    at::getHostAllocator(*at::accelerator::getAccelerator())->empty_cache();
  }
}

constexpr gt_entry kEntries[] = {
    entry<device_use>("device_use(int device) -> (int, int)"),
    entry<device_free>("device_free(int device) -> (int, int)"),
    entry<empty_caches>("empty_caches() -> ()"),
};

}  // namespace

std::span<const gt_entry> device_entries() { return kEntries; }

}  // namespace gotorch
