// The simulated CUDA runtime: devices.

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <mutex>
#include <set>

#include "simulation.h"

namespace {

thread_local int thread_device = 0;

constexpr int kProcessors = 16;
constexpr int kCapability[] = {8, 0};

// Which device may access which, once asked for.
struct Peers {
  std::mutex mutex;
  std::set<std::pair<int, int>> enabled;
};

Peers& peers() {
  static Peers* instance = new Peers;
  return *instance;
}

}  // namespace

namespace fakecuda {

int current_device() { return thread_device; }

bool is_device(int device) { return device >= 0 && device < device_count(); }

}  // namespace fakecuda

// Every program starts with this question, so this is where the library that
// computes is opened.
API cudaError_t cudaGetDeviceCount(int* count) {
  *count = 0;
  if (fakecuda::driver_version() < CUDART_VERSION / 1000 * 1000) {
    return fakecuda::fail(cudaErrorInsufficientDriver);
  }
  if (fakecuda::device_count() == 0) return fakecuda::fail(cudaErrorNoDevice);
  if (!fakecuda::open_cudamath().empty()) return fakecuda::fail(cudaErrorInitializationError);
  *count = fakecuda::device_count();
  return cudaSuccess;
}

API cudaError_t cudaGetDevice(int* device) {
  *device = thread_device;
  return cudaSuccess;
}

API cudaError_t cudaSetDevice(int device) {
  if (!fakecuda::is_device(device)) return fakecuda::fail(cudaErrorInvalidDevice);
  thread_device = device;
  return cudaSuccess;
}

API cudaError_t cudaGetDeviceProperties(cudaDeviceProp* properties, int device) {
  if (!fakecuda::is_device(device)) return fakecuda::fail(cudaErrorInvalidDevice);
  *properties = {};
  strcpy(properties->name, "Fake GPU");
  memset(properties->uuid.bytes, 0xFA, sizeof properties->uuid.bytes);
  properties->uuid.bytes[15] = static_cast<char>(device);
  properties->pciBusID = device + 1;
  properties->totalGlobalMem = fakecuda::device_memory();
  properties->major = kCapability[0];
  properties->minor = kCapability[1];
  properties->multiProcessorCount = kProcessors;
  properties->warpSize = 32;
  properties->maxThreadsPerBlock = 1024;
  properties->maxThreadsPerMultiProcessor = 2048;
  properties->sharedMemPerBlock = properties->sharedMemPerBlockOptin = 48 << 10;
  properties->sharedMemPerMultiprocessor = 164 << 10;
  properties->regsPerBlock = properties->regsPerMultiprocessor = 65536;
  properties->maxThreadsDim[0] = properties->maxThreadsDim[1] = 1024;
  properties->maxThreadsDim[2] = 64;
  properties->maxGridSize[0] = 2147483647;
  properties->maxGridSize[1] = properties->maxGridSize[2] = 65535;
  properties->l2CacheSize = 1 << 20;
  properties->unifiedAddressing = 1;
  return cudaSuccess;
}

API cudaError_t cudaDeviceGetAttribute(int* value, cudaDeviceAttr attribute, int device) {
  if (!fakecuda::is_device(device)) return fakecuda::fail(cudaErrorInvalidDevice);
  switch (attribute) {
    case cudaDevAttrComputeCapabilityMajor:
      *value = kCapability[0];
      break;
    case cudaDevAttrComputeCapabilityMinor:
      *value = kCapability[1];
      break;
    case cudaDevAttrMultiProcessorCount:
      *value = kProcessors;
      break;
    case cudaDevAttrWarpSize:
      *value = 32;
      break;
    default:
      *value = 1024;
  }
  return cudaSuccess;
}

API cudaError_t cudaDeviceGetPCIBusId(char* text, int length, int device) {
  if (!fakecuda::is_device(device)) return fakecuda::fail(cudaErrorInvalidDevice);
  snprintf(text, length, "0000:%02x:00.0", device + 1);
  return cudaSuccess;
}

API cudaError_t cudaDeviceCanAccessPeer(int* can, int device, int peer) {
  if (!fakecuda::is_device(device) || !fakecuda::is_device(peer)) {
    return fakecuda::fail(cudaErrorInvalidDevice);
  }
  *can = device != peer;
  return cudaSuccess;
}

API cudaError_t cudaDeviceEnablePeerAccess(int peer, unsigned) {
  if (!fakecuda::is_device(peer) || peer == thread_device) {
    return fakecuda::fail(cudaErrorInvalidDevice);
  }
  std::lock_guard<std::mutex> lock(peers().mutex);
  if (peers().enabled.insert({thread_device, peer}).second) return cudaSuccess;
  return fakecuda::fail(cudaErrorPeerAccessAlreadyEnabled);
}
