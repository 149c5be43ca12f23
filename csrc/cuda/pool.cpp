// Entries about pools of memory that programs make. A pool's handle is its address;
// that of an allocator, the address of a shared_ptr.

#include "pool.h"

#include <ATen/cuda/CUDAGraph.h>
#include <ATen/cuda/MemPool.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <dlfcn.h>
#include <torch/csrc/cuda/CUDAPluggableAllocator.h>

#include <thread>

#include "cuda.h"

namespace gotorch::cuda {
namespace {

namespace allocator = c10::cuda::CUDACachingAllocator;
namespace pluggable = torch::cuda::CUDAPluggableAllocator;

using Pool = at::cuda::MemPool;
using Allocator = std::shared_ptr<allocator::CUDAAllocator>;

Pool& pool_at(int64_t handle) { return *reinterpret_cast<Pool*>(handle); }

int64_t new_pool(int64_t custom, bool use_on_oom, bool no_split) {
  Allocator a = custom == 0 ? nullptr : *reinterpret_cast<Allocator*>(custom);
  return reinterpret_cast<int64_t>(new Pool(std::move(a), true, use_on_oom, no_split));
}
void delete_pool(int64_t pool) { delete &pool_at(pool); }
std::tuple<int64_t, int64_t> pool_number(int64_t pool) { return words_of(pool_at(pool).id()); }
int64_t pool_use_count(int64_t pool) { return pool_at(pool).use_count(); }
int64_t pool_device(int64_t pool) { return pool_at(pool).device(); }

std::tuple<int64_t, int64_t> graph_pool_handle() { return words_of(at::cuda::graph_pool_handle()); }

// How many use the pool's memory of a device, which a pool has there once it was in
// use: before, libtorch refuses the question.
int users_of(c10::DeviceIndex device, const c10::MempoolId_t& id) {
  try {
    return allocator::getPoolUseCount(device, id);
  } catch (const c10::Error&) {
    return 0;
  }
}

// From now on what this thread allocates on the device comes from the pool. A
// graph that is being captured keeps the pool for as long as itself.
void pool_begin(int64_t device, int64_t first, int64_t second) {
  const auto index = index_of(device);
  const auto id = pool_id(first, second);
  if (is_capturing()) {
    at::cuda::CUDAGraph::get_currently_capturing_graph()->retain_pool(id);
  }
  const int users = users_of(index, id);
  try {
    allocator::beginAllocateToPool(index, id, [thread = std::this_thread::get_id()](cudaStream_t) {
      return std::this_thread::get_id() == thread;
    });
  } catch (...) {
    // It counts the user before it refuses a pool that is in use.
    if (users_of(index, id) > users) {
      allocator::releasePool(index, id);
    }
    throw;
  }
}
void pool_end(int64_t device, int64_t first, int64_t second) {
  const auto index = index_of(device);
  const auto id = pool_id(first, second);
  allocator::endAllocateToPool(index, id);
  allocator::releasePool(index, id);
}

// Opens a shared library, which stays open.
int64_t open_library(std::string_view path) {
  void* library = dlopen(std::string(path).c_str(), RTLD_NOW | RTLD_LOCAL);
  TORCH_CHECK(library != nullptr, dlerror());
  return reinterpret_cast<int64_t>(library);
}
int64_t library_symbol(int64_t library, std::string_view name) {
  void* symbol = dlsym(reinterpret_cast<void*>(library), std::string(name).c_str());
  TORCH_CHECK(symbol != nullptr, dlerror());
  return reinterpret_cast<int64_t>(symbol);
}

// An allocator made of two functions, by their addresses.
int64_t new_allocator(int64_t alloc, int64_t free) {
  using Alloc = void*(size_t, int, cudaStream_t);
  using Free = void(void*, size_t, int, cudaStream_t);
  return reinterpret_cast<int64_t>(new Allocator(pluggable::createCustomAllocator(
      reinterpret_cast<Alloc*>(alloc), reinterpret_cast<Free*>(free))));
}
void delete_allocator(int64_t custom) { delete reinterpret_cast<Allocator*>(custom); }
void change_allocator(int64_t custom) {
  pluggable::changeCurrentAllocator(*reinterpret_cast<Allocator*>(custom));
}

constexpr gt_entry kEntries[] = {
    entry<new_pool>("cuda::new_pool(int custom, bool use_on_oom, bool no_split) -> int"),
    entry<delete_pool>("cuda::delete_pool(int pool) -> ()"),
    entry<pool_number>("cuda::pool_number(int pool) -> (int first, int second)"),
    entry<pool_use_count>("cuda::pool_use_count(int pool) -> int"),
    entry<pool_device>("cuda::pool_device(int pool) -> int"),
    entry<graph_pool_handle>("cuda::graph_pool_handle() -> (int first, int second)"),
    entry<pool_begin>("cuda::pool_begin(int device, int first, int second) -> ()"),
    entry<pool_end>("cuda::pool_end(int device, int first, int second) -> ()"),
    entry<open_library>("cuda::open_library(str path) -> int"),
    entry<library_symbol>("cuda::library_symbol(int library, str name) -> int"),
    entry<new_allocator>("cuda::new_allocator(int alloc, int free) -> int"),
    entry<delete_allocator>("cuda::delete_allocator(int custom) -> ()"),
    entry<change_allocator>("cuda::change_allocator(int custom) -> ()"),
};

}  // namespace

std::span<const gt_entry> pool_entries() { return kEntries; }

}  // namespace gotorch::cuda
