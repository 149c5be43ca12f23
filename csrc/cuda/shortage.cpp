// What libgotorch.so and Go ask of CUDA when memory is short, or becomes so.

#include <ATen/cuda/CUDAGeneratorImpl.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAFunctions.h>
#include <c10/cuda/CUDAGraphsC10Utils.h>

#include <atomic>

#include "cuda.h"

namespace gotorch::cuda {
namespace {

// Go reads and writes it where it lies.
constinit std::atomic<uint64_t> grown_devices{0};
static_assert(sizeof(grown_devices) == sizeof(uint64_t) &&
              std::atomic<uint64_t>::is_always_lock_free);

// PyTorch's allocator calls this before it asks CUDA for more, with its lock held.
// So nothing is freed here; Go has a look after the operator.
class NoteGrowth final : public c10::FreeMemoryCallback {
 public:
  bool Execute() override {
    c10::DeviceIndex device = 0;
    if (c10::cuda::GetDevice(&device) == cudaSuccess) {
      grown_devices.fetch_or(uint64_t{1} << (device % 64), std::memory_order_relaxed);
    }
    return false;  // nothing was freed
  }
};

// The share of a device's memory that this process may take.
double memory_fraction(int64_t device) {
  return c10::cuda::CUDACachingAllocator::get()->getMemoryFraction(
      static_cast<c10::DeviceIndex>(device));
}

constexpr gt_entry kEntries[] = {
    entry<memory_fraction>("cuda::memory_fraction(int device) -> float"),
};

}  // namespace

std::span<const gt_entry> shortage_entries() { return kEntries; }

uint64_t* grown() { return reinterpret_cast<uint64_t*>(&grown_devices); }

uint64_t generator_offset(void* generator) {
  return static_cast<at::CUDAGeneratorImpl*>(generator)->philox_offset_per_thread();
}

void set_generator_offset(void* generator, uint64_t offset) {
  static_cast<at::CUDAGeneratorImpl*>(generator)->set_philox_offset_per_thread(offset);
}

int32_t capturing() {
  return c10::cuda::currentStreamCaptureStatusMayInitCtx() != c10::cuda::CaptureStatus::None;
}

}  // namespace gotorch::cuda

namespace c10 {
namespace {
REGISTER_FREE_MEMORY_CALLBACK("gotorch", gotorch::cuda::NoteGrowth)
}  // namespace
}  // namespace c10
