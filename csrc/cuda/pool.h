// What graphs and memory pools have in common.

#pragma once

#include <c10/core/Allocator.h>
#include <c10/cuda/CUDAFunctions.h>
#include <c10/cuda/CUDAGraphsC10Utils.h>

#include <cstdint>
#include <tuple>

namespace gotorch::cuda {

// The numbers of a memory pool. That of a graph's own has the first, one that was
// asked for the second.
inline c10::MempoolId_t pool_id(int64_t first, int64_t second) {
  return {static_cast<c10::CaptureId_t>(first), static_cast<c10::CaptureId_t>(second)};
}

inline std::tuple<int64_t, int64_t> words_of(const c10::MempoolId_t& id) {
  return {static_cast<int64_t>(id.first), static_cast<int64_t>(id.second)};
}

// Whether the current stream of the current device is being captured. It does
// not start a device that has not been used.
inline bool is_capturing() {
  return c10::cuda::hasPrimaryContext(c10::cuda::current_device()) &&
         c10::cuda::currentStreamCaptureStatusMayInitCtx() != c10::cuda::CaptureStatus::None;
}

}  // namespace gotorch::cuda
