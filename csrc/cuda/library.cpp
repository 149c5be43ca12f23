// What libgotorch_cuda.so exports.

#include <torch/headeronly/version.h>

#include "../src/stamp.h"
#include "cuda.h"

namespace gotorch::cuda {
namespace {

const gt_entry* entry_named(const char* name) noexcept {
  return find_entry({device_entries(), stream_entries(), event_entries(), memory_entries(),
                     snapshot_entries(), shortage_entries(), nvml_entries(), graph_entries(),
                     liveness_entries(), pool_entries(), nvtx_entries(), profiler_entries(),
                     backend_entries(), green_entries(), tunable_entries(), comm_entries()},
                    name);
}

const gt_cuda_library kLibrary = {
    .stamp = GOTORCH_STAMP,
    .torch_version = TORCH_VERSION,
    .entry_named = entry_named,
    .grown = grown(),
    .generator_offset = generator_offset,
    .set_generator_offset = set_generator_offset,
    .capturing = capturing,
};

}  // namespace
}  // namespace gotorch::cuda

extern "C" __attribute__((visibility("default"))) const gt_cuda_library* gotorch_cuda_library(
    void) {
  return &gotorch::cuda::kLibrary;
}
