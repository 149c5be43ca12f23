// The parts that make up libgotorch_cuda.so's table.
//
// Schemas of its entries start with cuda::, by which Go knows where to look.

#pragma once

#include "../src/library.h"

namespace gotorch::cuda {

// libtorch keeps a device's index in a byte; one that does not fit is none of its.
inline c10::DeviceIndex index_of(int64_t device) {
  TORCH_CHECK(device >= 0 && device <= 127, "Invalid device id");
  return static_cast<c10::DeviceIndex>(device);
}

// Each file of entries defines one of these.
std::span<const gt_entry> device_entries();
std::span<const gt_entry> stream_entries();
std::span<const gt_entry> event_entries();
std::span<const gt_entry> memory_entries();
std::span<const gt_entry> snapshot_entries();
std::span<const gt_entry> shortage_entries();
std::span<const gt_entry> nvml_entries();
std::span<const gt_entry> graph_entries();
std::span<const gt_entry> liveness_entries();
std::span<const gt_entry> pool_entries();
std::span<const gt_entry> nvtx_entries();
std::span<const gt_entry> backend_entries();
std::span<const gt_entry> green_entries();
std::span<const gt_entry> tunable_entries();
std::span<const gt_entry> comm_entries();
std::span<const gt_entry> profiler_entries();

// liveness.cpp: gives up what is known of the tensors that a graph uses.
void forget_inputs(int64_t graph);

// shortage.cpp: what gt_cuda_library says of them.
uint64_t* grown();
uint64_t generator_offset(void* generator);
void set_generator_offset(void* generator, uint64_t offset);
int32_t capturing();

}  // namespace gotorch::cuda
