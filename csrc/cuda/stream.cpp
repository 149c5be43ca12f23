// Entries about the current device and streams.

#include <c10/cuda/CUDAFunctions.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>

#include "cuda.h"

namespace gotorch::cuda {
namespace {

using c10::cuda::CUDAStream;

int64_t current_device() { return c10::cuda::current_device(); }
int64_t exchange_device(int64_t device) { return c10::cuda::ExchangeDevice(index_of(device)); }

// Leaves alone a device that has not been used yet.
int64_t maybe_exchange_device(int64_t device) {
  return c10::cuda::MaybeExchangeDevice(index_of(device));
}

void synchronize_device() { c10::cuda::device_synchronize(); }

c10::Stream new_stream(int64_t device, int64_t priority) {
  const c10::cuda::CUDAGuard guard(index_of(device));
  return c10::cuda::getStreamFromPool(static_cast<int>(priority), index_of(device));
}

c10::Stream current_stream(int64_t device) {
  return c10::cuda::getCurrentCUDAStream(index_of(device));
}

c10::Stream default_stream(int64_t device) {
  return c10::cuda::getDefaultCUDAStream(index_of(device));
}

c10::Stream external_stream(int64_t handle, int64_t device) {
  return c10::cuda::getStreamFromExternal(reinterpret_cast<cudaStream_t>(handle), index_of(device));
}

int64_t stream_priority(c10::Stream s) { return CUDAStream(s).priority(); }
std::tuple<int64_t, int64_t> stream_priority_range() { return CUDAStream::priority_range(); }

constexpr gt_entry kEntries[] = {
    entry<current_device>("cuda::current_device() -> int"),
    entry<exchange_device>("cuda::exchange_device(int device) -> int"),
    entry<maybe_exchange_device>("cuda::maybe_exchange_device(int device) -> int"),
    entry<synchronize_device>("cuda::synchronize_device() -> ()"),
    entry<new_stream>("cuda::new_stream(int device, int priority) -> Stream"),
    entry<current_stream>("cuda::current_stream(int device) -> Stream"),
    entry<default_stream>("cuda::default_stream(int device) -> Stream"),
    entry<external_stream>("cuda::external_stream(int handle, int device) -> Stream"),
    entry<stream_priority>("cuda::stream_priority(Stream s) -> int"),
    entry<stream_priority_range>("cuda::stream_priority_range() -> (int, int)"),
};

}  // namespace

std::span<const gt_entry> stream_entries() { return kEntries; }

}  // namespace gotorch::cuda
