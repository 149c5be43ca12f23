// Entries that tell NVIDIA's profilers when to collect.

#include <c10/cuda/CUDAException.h>

#include "cuda.h"

// cuda_profiler_api.h, which declares them, is in CUDA's toolkit only.
extern "C" {
cudaError_t cudaProfilerStart();
cudaError_t cudaProfilerStop();
}

namespace gotorch::cuda {
namespace {

void profiler_start() { C10_CUDA_CHECK(cudaProfilerStart()); }
void profiler_stop() { C10_CUDA_CHECK(cudaProfilerStop()); }

constexpr gt_entry kEntries[] = {
    entry<profiler_start>("cuda::profiler_start() -> ()"),
    entry<profiler_stop>("cuda::profiler_stop() -> ()"),
};

}  // namespace

std::span<const gt_entry> profiler_entries() { return kEntries; }

}  // namespace gotorch::cuda
