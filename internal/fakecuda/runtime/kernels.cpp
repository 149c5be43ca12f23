// The simulated CUDA runtime: kernels, registered by host code that nvcc wrote.
//
// No GPU code runs. Their names are known, and launching one does nothing, or is
// an error once libcudamath has taken over.

#include <cstdio>
#include <mutex>
#include <unordered_map>

#include "simulation.h"

namespace {

struct Kernels {
  std::mutex mutex;
  std::unordered_map<const void*, const char*> names;
  long launches = 0;
  bool reject = false;
};

// Never destroyed: kernels are unregistered while the process exits.
Kernels& kernels() {
  static Kernels* instance = new Kernels;
  return *instance;
}

using Lock = std::lock_guard<std::mutex>;

// The name, and whether it may be launched.
std::pair<std::string, bool> count_launch(const void* kernel) {
  Lock lock(kernels().mutex);
  kernels().launches++;
  auto found = kernels().names.find(kernel);
  return {found == kernels().names.end() ? "?" : found->second, !kernels().reject};
}

cudaError_t launch(const void* kernel, cudaStream_t stream) {
  const auto [name, allowed] = count_launch(kernel);
  fakecuda_log("kernel", name, stream);
  if (!allowed) {
    fprintf(stderr, "fakecuda: there are no values of kernel %.200s\n", name.c_str());
    return fakecuda::fail(cudaErrorNotSupported);
  }
  fakecuda::run_or_record(stream, [] {});
  return cudaSuccess;
}

struct CallConfiguration {
  dim3 grid, block;
  size_t shared_memory;
  void* stream;
};

thread_local CallConfiguration pushed;

}  // namespace

API void fakecuda_reject_kernels(bool reject) {
  Lock lock(kernels().mutex);
  kernels().reject = reject;
}

API long fakecuda_launches() {
  Lock lock(kernels().mutex);
  return kernels().launches;
}

API void __cudaRegisterFunction(void**, const char* host, char*, const char* name, int, void*,
                                void*, void*, void*, int*) {
  Lock lock(kernels().mutex);
  kernels().names[host] = name;
}

API void** __cudaRegisterFatBinary(void*) {
  static void* handle;
  return &handle;
}

API void __cudaRegisterFatBinaryEnd(void**) {}
API void __cudaUnregisterFatBinary(void**) {}
API char __cudaInitModule(void**) { return 0; }
API void __cudaRegisterVar(void**, char*, char*, const char*, int, size_t, int, int) {}

API unsigned __cudaPushCallConfiguration(dim3 grid, dim3 block, size_t shared, void* stream) {
  pushed = {grid, block, shared, stream};
  return 0;
}

API cudaError_t __cudaPopCallConfiguration(dim3* grid, dim3* block, size_t* shared, void* stream) {
  *grid = pushed.grid;
  *block = pushed.block;
  *shared = pushed.shared_memory;
  *static_cast<void**>(stream) = pushed.stream;
  return cudaSuccess;
}

API cudaError_t __cudaGetKernel(cudaKernel_t* kernel, const void* host) {
  *kernel = reinterpret_cast<cudaKernel_t>(const_cast<void*>(host));
  return cudaSuccess;
}

API cudaError_t __cudaLaunchKernel(cudaKernel_t kernel, dim3, dim3, void**, size_t,
                                   cudaStream_t stream) {
  return launch(kernel, stream);
}

API cudaError_t cudaLaunchKernel(const void* kernel, dim3, dim3, void**, size_t,
                                 cudaStream_t stream) {
  return launch(kernel, stream);
}

API cudaError_t cudaLaunchCooperativeKernel(const void* kernel, dim3, dim3, void**, size_t,
                                            cudaStream_t stream) {
  return launch(kernel, stream);
}

API cudaError_t cudaLaunchKernelExC(const cudaLaunchConfig_t* config, const void* kernel, void**) {
  return launch(kernel, config->stream);
}

API cudaError_t cudaFuncGetAttributes(cudaFuncAttributes* attributes, const void*) {
  *attributes = {};
  attributes->maxThreadsPerBlock = 1024;
  attributes->numRegs = 32;
  return cudaSuccess;
}

API cudaError_t cudaOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(int* blocks, const void*,
                                                                       int, size_t, unsigned) {
  *blocks = 2;
  return cudaSuccess;
}

API cudaError_t cudaOccupancyMaxActiveBlocksPerMultiprocessor(int* blocks, const void* kernel,
                                                              int threads, size_t shared) {
  return cudaOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(blocks, kernel, threads, shared, 0);
}

API cudaError_t cudaGetSymbolAddress(void** address, const void*) {
  static char scratch[1 << 16];
  *address = scratch;
  return cudaSuccess;
}
