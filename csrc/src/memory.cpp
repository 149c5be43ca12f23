// libtorch's CPU allocator, with two additions.
//
// It counts the bytes that are given out, so that Go knows what its garbage
// holds: also what only graphs refer to, and no tensor of Go's.
//
// It keeps small blocks for reuse by the same thread. Aligned blocks are slow to
// get from malloc, and tensors that are freed in bulk, when a scope ends, are more
// than malloc's own cache takes: together they are a sixth of a small operator's
// time.

#include <c10/core/CPUAllocator.h>
#include <c10/core/alignment.h>
#include <c10/core/impl/alloc_cpu.h>

#if defined(__APPLE__)
#include <malloc/malloc.h>
#elif !defined(_WIN32)
#include <malloc.h>
#endif

#include <array>
#include <atomic>
#include <utility>

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

// The small blocks of one size that a thread has free.
class FreeBlocks {
 public:
  ~FreeBlocks() {
    while (void* p = take()) {
      c10::free_cpu(p);
    }
    closed_ = true;
  }

  void* take() {
    Block* b = first_;
    if (b != nullptr) {
      first_ = b->next;
      count_--;
    }
    return b;
  }

  // Keeps a block, or refuses it when there are enough, or the thread ends.
  bool keep(void* p, size_t most) {
    if (count_ >= most || closed_) {
      return false;
    }
    first_ = new (p) Block{first_};
    count_++;
    return true;
  }

 private:
  struct Block {
    Block* next;
  };
  Block* first_ = nullptr;
  size_t count_ = 0;
  bool closed_ = false;
};

// Sizes are multiples of the alignment that libtorch asks for.
constexpr size_t kUnit = c10::gAlignment;
constexpr size_t kSizes = 8;
// Of each size a thread keeps so many bytes: the work of a scope or two.
constexpr size_t kKept = 256 << 10;

thread_local constinit std::array<FreeBlocks, kSizes> free_blocks;

// Returns a block of size (i + 1) * kUnit to the thread that frees it. One
// function for each size, since a deleter learns the address alone.
template <size_t i>
void release_small(void* p) {
  if (!free_blocks[i].keep(p, kKept / ((i + 1) * kUnit))) {
    c10::free_cpu(p);
  }
}

constexpr auto kReleaseSmall = []<size_t... i>(std::index_sequence<i...>) {
  return std::array<c10::DeleterFnPtr, kSizes>{&release_small<i>...};
}(std::make_index_sequence<kSizes>());

class CountingAllocator final : public c10::Allocator {
 public:
  c10::DataPtr allocate(size_t n) override {
    if (n > 0 && n <= kSizes * kUnit && small_) {
      return allocate_small((n - 1) / kUnit);
    }
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
  // Whether small blocks are kept. An address sanitizer must see them freed.
#ifdef __SANITIZE_ADDRESS__
  static constexpr bool small_ = false;
#else
  static constexpr bool small_ = true;
#endif

 private:
  static c10::DataPtr allocate_small(size_t i) {
    void* p = free_blocks[i].take();
    if (p == nullptr) {
      p = c10::alloc_cpu((i + 1) * kUnit);
    }
    return {p, p, kReleaseSmall[i], at::Device(at::kCPU)};
  }

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
