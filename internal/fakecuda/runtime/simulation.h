// Shared by the parts of the simulated CUDA runtime.
#pragma once

#include <cuda_runtime_api.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "interface.h"

#define API extern "C" __attribute__((visibility("default")))

namespace fakecuda {

constexpr int kMaxDevices = 16;

// --- settings, from the environment (settings.cpp)

int device_count();      // FAKECUDA_DEVICES
size_t device_memory();  // FAKECUDA_MEMORY_MB, in bytes: of each device
int driver_version();    // FAKECUDA_DRIVER, as CUDA counts: 13020; 0: no driver
bool talkative();        // FAKECUDA_LOG: the log goes to standard error, too
bool computing();        // FAKECUDA_MATH: operators have values

// --- libraries that lie beside this one (neighbours.cpp)

// Opens one, or returns nullptr and says why in *problem.
void* open_neighbour(const std::string& name, bool global, std::string* problem);

// Opens libcudamath.so, once. Returns "", or why it cannot be opened.
const std::string& open_cudamath();

// --- errors and devices

// Remembers an error for cudaGetLastError, and returns it.
cudaError_t fail(cudaError_t error);

int current_device();
bool is_device(int device);

// --- memory (memory.cpp)

// The contents of a device's allocations, and of pinned memory made for it, by address.
using MemoryImage = std::vector<std::pair<char*, std::vector<char>>>;

MemoryImage save_memory(int device);

// Puts the saved contents back. What was allocated since is filled with a
// pattern, as a captured kernel would not have written to it yet.
void restore_memory(int device, const MemoryImage& image);

// --- streams and graphs

// The device of a stream; for the default streams, which are one handle for all
// devices, the current one.
int device_of(cudaStream_t stream);

// Runs the work now; where the stream is being captured, also makes it a node of
// the graph, which runs it again on every replay.
void run_or_record(cudaStream_t stream, const std::function<void()>& work);

}  // namespace fakecuda
