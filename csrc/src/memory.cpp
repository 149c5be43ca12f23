// Counts the bytes that libtorch's CPU allocator has given out, so that Go knows
// what its garbage holds: also what only graphs refer to, and no tensor of Go's.

#include <c10/core/CPUAllocator.h>

#if defined(__APPLE__)
#include <malloc/malloc.h>
#elif !defined(_WIN32)
#include <malloc.h>
#endif

#include <atomic>

#include "library.h"

namespace gotorch {
namespace {

// Go reads it where it lies.
constinit std::atomic<int64_t> allocated{0};
static_assert(sizeof(allocated) == sizeof(int64_t) && std::atomic<int64_t>::is_always_lock_free);

// Blocks below this size are not counted, so that small operators on many
// threads do not meet at the counter.
constexpr size_t kSmallest = 1024;

size_t size_of(void* p) {
#if defined(__APPLE__)
  return malloc_size(p);
#elif defined(_WIN32)
  return 0;  // aligned blocks do not tell
#else
  return malloc_usable_size(p);
#endif
}

void count(void* p, int64_t sign) {
  const size_t size = p == nullptr ? 0 : size_of(p);
  if (size >= kSmallest) {
    allocated.fetch_add(sign * static_cast<int64_t>(size), std::memory_order_relaxed);
  }
}

class CountingAllocator final : public c10::Allocator {
 public:
  c10::DataPtr allocate(size_t n) override {
    c10::DataPtr data = base_->allocate(n);
    if (data.compare_exchange_deleter(base_->raw_deleter(), &release)) {
      count(data.get(), 1);
    }
    return data;
  }

  c10::DeleterFnPtr raw_deleter() const override { return &release; }

  void copy_data(void* to, const void* from, size_t n) const override {
    base_->copy_data(to, from, n);
  }

  // What is underneath.
  inline static c10::Allocator* base_ = nullptr;

 private:
  static void release(void* p) {
    count(p, -1);
    base_->raw_deleter()(p);
  }
};

}  // namespace

const int64_t* count_allocations() {
  static CountingAllocator allocator;
  c10::Allocator* base = c10::GetCPUAllocator();
  if (base->raw_deleter() != nullptr) {
    CountingAllocator::base_ = base;
    c10::SetCPUAllocator(&allocator, /*priority=*/1);
  }
  return reinterpret_cast<const int64_t*>(&allocated);
}

}  // namespace gotorch
