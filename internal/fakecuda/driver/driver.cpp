// A simulated CUDA driver, libcuda.so.1: only what PyTorch asks of it before it
// runs anything, and for green contexts. The functions that compile or launch
// code are generated stubs which answer "not supported".

#include "driver.h"

#include <cuda_runtime_api.h>
#include <dlfcn.h>

#include <string>
#include <vector>

namespace {

// The primary context, which all devices share, as nothing depends on whose it is.
CUcontext primary() { return reinterpret_cast<CUcontext>(1); }

// The contexts that this thread has pushed; at the bottom is the one that was set.
std::vector<CUcontext>& contexts() {
  static thread_local std::vector<CUcontext> stack{primary()};
  return stack;
}

struct Failure {
  CUresult error;
  const char *name, *text;
};

constexpr Failure kFailures[] = {
    {CUDA_SUCCESS, "CUDA_SUCCESS", "no error"},
    {CUDA_ERROR_INVALID_VALUE, "CUDA_ERROR_INVALID_VALUE", "invalid argument"},
    {CUDA_ERROR_INVALID_DEVICE, "CUDA_ERROR_INVALID_DEVICE", "invalid device ordinal"},
    {CUDA_ERROR_INVALID_CONTEXT, "CUDA_ERROR_INVALID_CONTEXT", "invalid device context"},
    {CUDA_ERROR_NOT_FOUND, "CUDA_ERROR_NOT_FOUND", "named symbol not found"},
    {CUDA_ERROR_NOT_SUPPORTED, "CUDA_ERROR_NOT_SUPPORTED", "operation not supported"},
    {CUDA_ERROR_INVALID_RESOURCE_TYPE, "CUDA_ERROR_INVALID_RESOURCE_TYPE", "invalid resource type"},
    {CUDA_ERROR_INVALID_RESOURCE_CONFIGURATION, "CUDA_ERROR_INVALID_RESOURCE_CONFIGURATION",
     "invalid resource configuration"},
};

// Whoever asks for a function by name gets the newest version that there is.
void* function_named(const std::string& name) {
  Dl_info here;
  if (!dladdr(reinterpret_cast<void*>(&function_named), &here)) return nullptr;
  void* library = dlopen(here.dli_fname, RTLD_NOW | RTLD_NOLOAD);
  if (!library) return nullptr;
  void* function = nullptr;
  for (const char* version : {"_v2", ""}) {
    if (!function) function = dlsym(library, (name + version).c_str());
  }
  dlclose(library);
  return function;
}

CUresult text_of(CUresult error, const char* Failure::* which, const char** text) {
  *text = nullptr;
  for (const Failure& f : kFailures) {
    if (f.error == error) *text = f.*which;
  }
  return *text ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}

}  // namespace

namespace fakecuda {

int device_count() {
  int count = 0;
  cudaGetDeviceCount(&count);
  return count;
}

int processors_of(CUdevice device) {
  int count = 0;
  cudaDeviceGetAttribute(&count, cudaDevAttrMultiProcessorCount, device);
  return count;
}

}  // namespace fakecuda

API CUresult cuInit(unsigned) { return CUDA_SUCCESS; }

API CUresult cuDriverGetVersion(int* version) {
  return cudaDriverGetVersion(version) ? CUDA_ERROR_INVALID_VALUE : CUDA_SUCCESS;
}

API CUresult cuGetProcAddress(const char* name, void** function, int, cuuint64_t,
                              CUdriverProcAddressQueryResult* result) {
  *function = function_named(name);
  if (result) {
    *result = *function ? CU_GET_PROC_ADDRESS_SUCCESS : CU_GET_PROC_ADDRESS_SYMBOL_NOT_FOUND;
  }
  return *function ? CUDA_SUCCESS : CUDA_ERROR_NOT_FOUND;
}

API CUresult cuDeviceGet(CUdevice* device, int ordinal) {
  if (ordinal < 0 || ordinal >= fakecuda::device_count()) return CUDA_ERROR_INVALID_DEVICE;
  *device = ordinal;
  return CUDA_SUCCESS;
}

API CUresult cuCtxGetCurrent(CUcontext* context) {
  *context = contexts().back();
  return CUDA_SUCCESS;
}

API CUresult cuCtxSetCurrent(CUcontext context) {
  contexts().back() = context;
  return CUDA_SUCCESS;
}

API CUresult cuCtxPushCurrent(CUcontext context) {
  contexts().push_back(context);
  return CUDA_SUCCESS;
}

API CUresult cuCtxPopCurrent(CUcontext* context) {
  if (contexts().size() == 1) return CUDA_ERROR_INVALID_CONTEXT;
  *context = contexts().back();
  contexts().pop_back();
  return CUDA_SUCCESS;
}

API CUresult cuDevicePrimaryCtxRetain(CUcontext* context, CUdevice) {
  *context = primary();
  return CUDA_SUCCESS;
}

// Every device counts as in use, so that PyTorch never avoids touching one.
API CUresult cuDevicePrimaryCtxGetState(CUdevice, unsigned* flags, int* active) {
  *flags = 0;
  *active = 1;
  return CUDA_SUCCESS;
}

API CUresult cuGetErrorString(CUresult error, const char** text) {
  return text_of(error, &Failure::text, text);
}

API CUresult cuGetErrorName(CUresult error, const char** text) {
  return text_of(error, &Failure::name, text);
}
