// A simulated CUDA driver, libcuda.so.1: only what PyTorch asks of it before it
// runs anything. The functions that compile or launch code are generated stubs
// which answer "not supported".

#include <cuda.h>

#define API extern "C" __attribute__((visibility("default")))

namespace {

CUcontext the_context() { return reinterpret_cast<CUcontext>(1); }

}  // namespace

API CUresult cuInit(unsigned) { return CUDA_SUCCESS; }

API CUresult cuDriverGetVersion(int* version) {
  *version = CUDA_VERSION;
  return CUDA_SUCCESS;
}

API CUresult cuDeviceGet(CUdevice* device, int ordinal) {
  *device = ordinal;
  return CUDA_SUCCESS;
}

API CUresult cuCtxGetCurrent(CUcontext* context) {
  *context = the_context();
  return CUDA_SUCCESS;
}

API CUresult cuCtxSetCurrent(CUcontext) { return CUDA_SUCCESS; }

API CUresult cuDevicePrimaryCtxRetain(CUcontext* context, CUdevice) {
  return cuCtxGetCurrent(context);
}

// Every device counts as in use, so that PyTorch never avoids touching one.
API CUresult cuDevicePrimaryCtxGetState(CUdevice, unsigned* flags, int* active) {
  *flags = 0;
  *active = 1;
  return CUDA_SUCCESS;
}

API CUresult cuGetErrorString(CUresult error, const char** text) {
  *text = error == CUDA_ERROR_NOT_SUPPORTED ? "operation not supported" : "fake driver error";
  return CUDA_SUCCESS;
}
