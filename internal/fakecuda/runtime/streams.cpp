// The simulated CUDA runtime: streams.

#include "streams.h"

namespace fakecuda {

// What follows is never destroyed: streams are used while the process exits.

std::recursive_mutex& streams_mutex() {
  static auto* instance = new std::recursive_mutex;
  return *instance;
}

std::set<Stream*>& all_streams() {
  static auto* all = new std::set<Stream*>;
  return *all;
}

namespace {

Stream* add_stream(int device, int priority) {
  StreamsLock lock(streams_mutex());
  auto* stream = new Stream{.device = device, .priority = priority, .capture = nullptr};
  all_streams().insert(stream);
  return stream;
}

Stream* default_stream() {
  static const auto* defaults = [] {
    auto* list = new std::vector<Stream*>;
    for (int d = 0; d < device_count(); d++) list->push_back(add_stream(d, 0));
    return list;
  }();
  return defaults->at(current_device());
}

}  // namespace

Stream* get(cudaStream_t handle) {
  const bool is_default = !handle || handle == cudaStreamLegacy || handle == cudaStreamPerThread;
  return is_default ? default_stream() : reinterpret_cast<Stream*>(handle);
}

int device_of(cudaStream_t stream) { return get(stream)->device; }

cudaError_t wait_for(const std::shared_ptr<Capture>& capture) {
  if (!capturing(capture)) return cudaSuccess;
  capture->invalid = true;
  return fail(cudaErrorStreamCaptureUnsupported);
}

}  // namespace fakecuda

using namespace fakecuda;

API cudaError_t cudaStreamCreateWithPriority(cudaStream_t* handle, unsigned, int priority) {
  *handle = reinterpret_cast<cudaStream_t>(add_stream(current_device(), priority));
  return cudaSuccess;
}

API cudaError_t cudaStreamCreateWithFlags(cudaStream_t* handle, unsigned flags) {
  return cudaStreamCreateWithPriority(handle, flags, 0);
}

API cudaError_t cudaStreamCreate(cudaStream_t* handle) {
  return cudaStreamCreateWithPriority(handle, 0, 0);
}

API cudaError_t cudaStreamDestroy(cudaStream_t handle) {
  StreamsLock lock(streams_mutex());
  all_streams().erase(get(handle));
  delete get(handle);
  return cudaSuccess;
}

API cudaError_t cudaDeviceGetStreamPriorityRange(int* least, int* greatest) {
  if (least) *least = 0;
  if (greatest) *greatest = -5;
  return cudaSuccess;
}

API cudaError_t cudaStreamGetPriority(cudaStream_t handle, int* priority) {
  *priority = get(handle)->priority;
  return cudaSuccess;
}

API cudaError_t cudaStreamQuery(cudaStream_t handle) { return wait_for(get(handle)->capture); }

API cudaError_t cudaStreamSynchronize(cudaStream_t handle) {
  fakecuda_log("synchronize", "stream", handle);
  return wait_for(get(handle)->capture);
}

API cudaError_t cudaDeviceSynchronize() {
  fakecuda_log("synchronize", "device", nullptr);
  StreamsLock lock(streams_mutex());
  for (Stream* stream : all_streams()) {
    if (stream->device != current_device()) continue;
    if (auto error = wait_for(stream->capture)) return error;
  }
  return cudaSuccess;
}

API cudaError_t cudaLaunchHostFunc(cudaStream_t stream, cudaHostFn_t function, void* data) {
  fakecuda_log("host function", "", stream);
  std::function<void()> call = [=] { function(data); };
  if (!fakecuda_record(stream, &call)) call();
  return cudaSuccess;
}

API cudaError_t cudaStreamAddCallback(cudaStream_t stream, cudaStreamCallback_t function,
                                      void* data, unsigned) {
  if (auto error = wait_for(get(stream)->capture)) return error;
  function(stream, cudaSuccess, data);
  return cudaSuccess;
}
