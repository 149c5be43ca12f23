// The simulated CUDA runtime: copies.

#include <cstring>

#include "simulation.h"

using namespace fakecuda;

namespace {

std::string bytes(size_t size) { return std::to_string(size) + " bytes"; }

}  // namespace

API cudaError_t cudaMemcpyAsync(void* to, const void* from, size_t size, cudaMemcpyKind,
                                cudaStream_t stream) {
  fakecuda_log("copy", bytes(size), stream);
  run_or_record(stream, [=] { memmove(to, from, size); });
  return cudaSuccess;
}

API cudaError_t cudaMemcpy(void* to, const void* from, size_t size, cudaMemcpyKind) {
  fakecuda_log("copy", bytes(size), nullptr);
  memmove(to, from, size);
  return cudaSuccess;
}

API cudaError_t cudaMemcpyPeerAsync(void* to, int, const void* from, int, size_t size,
                                    cudaStream_t stream) {
  return cudaMemcpyAsync(to, from, size, cudaMemcpyDefault, stream);
}

API cudaError_t cudaMemcpy2DAsync(void* to, size_t to_pitch, const void* from, size_t from_pitch,
                                  size_t width, size_t height, cudaMemcpyKind,
                                  cudaStream_t stream) {
  fakecuda_log("copy", bytes(width * height), stream);
  run_or_record(stream, [=] {
    for (size_t row = 0; row < height; row++) {
      memmove(static_cast<char*>(to) + row * to_pitch,
              static_cast<const char*>(from) + row * from_pitch, width);
    }
  });
  return cudaSuccess;
}

API cudaError_t cudaMemset(void* to, int value, size_t size) {
  fakecuda_log("set", bytes(size), nullptr);
  memset(to, value, size);
  return cudaSuccess;
}

API cudaError_t cudaMemsetAsync(void* to, int value, size_t size, cudaStream_t stream) {
  fakecuda_log("set", bytes(size), stream);
  run_or_record(stream, [=] { memset(to, value, size); });
  return cudaSuccess;
}
