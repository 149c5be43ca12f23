// Entries about memory that the generic interface of accelerators lacks.

#include <ATen/core/CachingHostAllocator.h>
#include <c10/cuda/CUDACachingAllocator.h>

#include "cuda.h"

namespace gotorch::cuda {
namespace {

namespace allocator = c10::cuda::CUDACachingAllocator;

double memory_fraction(int64_t device) { return allocator::getMemoryFraction(index_of(device)); }
void set_memory_fraction(double fraction, int64_t device) {
  allocator::setMemoryFraction(fraction, index_of(device));
}

// "native" or "cudaMallocAsync".
std::string allocator_backend() { return allocator::name(); }

bool allocator_enabled() { return allocator::isEnabled(); }
void enable_allocator(bool on) { allocator::enable(on); }

int64_t allocate(int64_t bytes, int64_t stream) {
  return reinterpret_cast<int64_t>(allocator::raw_alloc_with_stream(
      static_cast<size_t>(bytes), reinterpret_cast<cudaStream_t>(stream)));
}
void deallocate(int64_t address) { allocator::raw_delete(reinterpret_cast<void*>(address)); }

at::HostAllocator& host_allocator() { return *at::getHostAllocator(at::kCUDA); }

using Numbers = std::vector<int64_t>;

void append(Numbers& numbers, const c10::CachingAllocator::Stat& s) {
  numbers.insert(numbers.end(), {s.current, s.peak, s.allocated, s.freed});
}

void append(Numbers& numbers, const c10::CachingAllocator::DurationStat& s) {
  const int64_t average = s.count == 0 ? 0 : s.total / s.count;
  numbers.insert(numbers.end(), {s.total, s.max, s.min, s.count, average});
}

// About pinned memory, in the order in which Python lists it.
Numbers host_stats() {
  const at::HostStats s = host_allocator().get_stats();
  Numbers numbers{s.num_host_alloc, s.num_host_free};
  append(numbers, s.allocations);
  append(numbers, s.active_requests);
  append(numbers, s.allocated_bytes);
  append(numbers, s.active_bytes);
  append(numbers, s.host_alloc_time);
  append(numbers, s.host_free_time);
  return numbers;
}

void reset_accumulated_host_stats() { host_allocator().reset_accumulated_stats(); }
void reset_peak_host_stats() { host_allocator().reset_peak_stats(); }

// Text that goes into the history of this thread's allocations.
void set_metadata(std::string_view text) { allocator::setUserMetadata(std::string(text)); }
std::string metadata() { return allocator::getUserMetadata(); }
void annotate(int64_t address, std::string_view text) {
  allocator::annotateMemory(reinterpret_cast<const void*>(address), std::string(text));
}

constexpr gt_entry kEntries[] = {
    entry<memory_fraction>("cuda::memory_fraction(int device) -> float"),
    entry<set_memory_fraction>("cuda::set_memory_fraction(float fraction, int device) -> ()"),
    entry<allocator_backend>("cuda::allocator_backend() -> str"),
    entry<allocator_enabled>("cuda::allocator_enabled() -> bool"),
    entry<enable_allocator>("cuda::enable_allocator(bool on) -> ()"),
    entry<allocate>("cuda::allocate(int bytes, int stream) -> int"),
    entry<deallocate>("cuda::deallocate(int address) -> ()"),
    entry<host_stats>("cuda::host_stats() -> int[]"),
    entry<reset_accumulated_host_stats>("cuda::reset_accumulated_host_stats() -> ()"),
    entry<reset_peak_host_stats>("cuda::reset_peak_host_stats() -> ()"),
    entry<set_metadata>("cuda::set_metadata(str text) -> ()"),
    entry<metadata>("cuda::metadata() -> str"),
    entry<annotate>("cuda::annotate(int address, str text) -> ()"),
};

}  // namespace

std::span<const gt_entry> memory_entries() { return kEntries; }

}  // namespace gotorch::cuda
