// The simulated CUDA runtime: errors, versions and the driver's functions.

#include <dlfcn.h>

#include <map>

#include "simulation.h"

namespace {

thread_local cudaError_t last_error = cudaSuccess;

struct Text {
  const char *name, *text;
};

const std::map<cudaError_t, Text>& texts() {
  static const auto* all = new std::map<cudaError_t, Text>{
      {cudaSuccess, {"cudaSuccess", "no error"}},
      {cudaErrorInvalidValue, {"cudaErrorInvalidValue", "invalid argument"}},
      {cudaErrorMemoryAllocation, {"cudaErrorMemoryAllocation", "out of memory"}},
      {cudaErrorInitializationError, {"cudaErrorInitializationError", "initialization error"}},
      {cudaErrorInsufficientDriver,
       {"cudaErrorInsufficientDriver",
        "CUDA driver version is insufficient for CUDA runtime version"}},
      {cudaErrorNoDevice, {"cudaErrorNoDevice", "no CUDA-capable device is detected"}},
      {cudaErrorInvalidDevice, {"cudaErrorInvalidDevice", "invalid device ordinal"}},
      {cudaErrorInvalidResourceHandle,
       {"cudaErrorInvalidResourceHandle", "invalid resource handle"}},
      {cudaErrorIllegalState,
       {"cudaErrorIllegalState", "the operation cannot be performed in the present state"}},
      {cudaErrorNotReady, {"cudaErrorNotReady", "device not ready"}},
      {cudaErrorPeerAccessAlreadyEnabled,
       {"cudaErrorPeerAccessAlreadyEnabled", "peer access is already enabled"}},
      {cudaErrorNotSupported, {"cudaErrorNotSupported", "operation not supported"}},
      {cudaErrorStreamCaptureUnsupported,
       {"cudaErrorStreamCaptureUnsupported", "operation not permitted when stream is capturing"}},
      {cudaErrorStreamCaptureInvalidated,
       {"cudaErrorStreamCaptureInvalidated",
        "operation failed due to a previous error during capture"}},
      {cudaErrorStreamCaptureMerge,
       {"cudaErrorStreamCaptureMerge",
        "operation would result in a merge of separate capture sequences"}},
      {cudaErrorStreamCaptureUnmatched,
       {"cudaErrorStreamCaptureUnmatched", "capture was not ended in the same stream as it began"}},
      {cudaErrorStreamCaptureUnjoined,
       {"cudaErrorStreamCaptureUnjoined", "capturing stream has unjoined work"}},
  };
  return *all;
}

}  // namespace

cudaError_t fakecuda::fail(cudaError_t error) {
  if (error != cudaSuccess) last_error = error;
  return error;
}

API const char* cudaGetErrorName(cudaError_t error) {
  auto found = texts().find(error);
  return found == texts().end() ? "cudaErrorUnknown" : found->second.name;
}

// What keeps libcudamath.so from being opened is told as CUDA's own failure.
API const char* cudaGetErrorString(cudaError_t error) {
  if (error == cudaErrorInitializationError && !fakecuda::open_cudamath().empty()) {
    static const std::string text =
        "the simulated CUDA device cannot compute: " + fakecuda::open_cudamath();
    return text.c_str();
  }
  auto found = texts().find(error);
  return found == texts().end() ? "unknown error" : found->second.text;
}

API cudaError_t cudaGetLastError() { return std::exchange(last_error, cudaSuccess); }
API cudaError_t cudaPeekAtLastError() { return last_error; }

API cudaError_t cudaRuntimeGetVersion(int* version) {
  *version = CUDART_VERSION;
  return cudaSuccess;
}

API cudaError_t cudaDriverGetVersion(int* version) {
  *version = fakecuda::driver_version();
  return cudaSuccess;
}

// What libcuda.so.1 has is found there; the rest is "not found", which PyTorch
// reports by name when a feature needs it.
API cudaError_t cudaGetDriverEntryPointByVersion(const char* name, void** function,
                                                 unsigned version, unsigned long long flags,
                                                 cudaDriverEntryPointQueryResult* result) {
  static std::string problem;
  static void* driver = fakecuda::open_neighbour("libcuda.so.1", false, &problem);
  using Lookup = int(const char*, void**, int, unsigned long long, void*);
  static auto* lookup =
      reinterpret_cast<Lookup*>(driver ? dlsym(driver, "cuGetProcAddress_v2") : nullptr);
  *function = nullptr;
  if (lookup) lookup(name, function, static_cast<int>(version), flags, nullptr);
  if (result) {
    *result = *function ? cudaDriverEntryPointSuccess : cudaDriverEntryPointSymbolNotFound;
  }
  return cudaSuccess;
}
