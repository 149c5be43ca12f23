// The simulated CUDA runtime: events.

#include <unistd.h>

#include <cstring>

#include "streams.h"

using namespace fakecuda;

namespace {

Event* get(cudaEvent_t handle) { return reinterpret_cast<Event*>(handle); }

std::string name_of(cudaEvent_t event) {
  return "event " + std::to_string(reinterpret_cast<uintptr_t>(event));
}

// An event of another process is of no use here.
struct IpcHandle {
  pid_t process;
  cudaEvent_t event;
};

}  // namespace

API cudaError_t cudaEventCreateWithFlags(cudaEvent_t* handle, unsigned flags) {
  const bool timed = !(flags & cudaEventDisableTiming);
  if (timed && (flags & cudaEventInterprocess)) return fail(cudaErrorInvalidValue);
  auto* event = new Event{.device = current_device(), .timed = timed, .capture = nullptr};
  *handle = reinterpret_cast<cudaEvent_t>(event);
  return cudaSuccess;
}

API cudaError_t cudaEventCreate(cudaEvent_t* handle) {
  return cudaEventCreateWithFlags(handle, cudaEventDefault);
}

API cudaError_t cudaEventDestroy(cudaEvent_t handle) {
  delete get(handle);
  return cudaSuccess;
}

API cudaError_t cudaEventRecordWithFlags(cudaEvent_t handle, cudaStream_t stream, unsigned flags) {
  StreamsLock lock(streams_mutex());
  Event* event = get(handle);
  Stream* on = get(stream);
  if (event->device != on->device) return fail(cudaErrorInvalidResourceHandle);
  fakecuda_log("record", name_of(handle), stream);
  event->recorded = true;
  event->time = std::chrono::steady_clock::now();
  event->stream = on;
  event->work = on->work;
  // An external event is a node of the graph; any other ties streams together.
  event->capture = flags == cudaEventRecordExternal ? nullptr : on->capture;
  return cudaSuccess;
}

API cudaError_t cudaEventRecord(cudaEvent_t handle, cudaStream_t stream) {
  return cudaEventRecordWithFlags(handle, stream, cudaEventRecordDefault);
}

// A stream that waits for a captured event joins the capture.
API cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t handle, unsigned) {
  StreamsLock lock(streams_mutex());
  fakecuda_log("wait", name_of(handle), stream);
  Event* event = get(handle);
  Stream* waiting = get(stream);
  if (!capturing(event->capture)) return cudaSuccess;
  if (capturing(waiting->capture) && waiting->capture != event->capture) {
    return fail(cudaErrorStreamCaptureMerge);
  }
  if (waiting->capture != event->capture) waiting->work = waiting->joined = 0;
  waiting->capture = event->capture;
  if (waiting != event->stream) waiting->work++;
  if (waiting != event->stream) event->stream->joined = event->work;
  return cudaSuccess;
}

API cudaError_t cudaEventQuery(cudaEvent_t handle) { return wait_for(get(handle)->capture); }

API cudaError_t cudaEventSynchronize(cudaEvent_t handle) {
  fakecuda_log("synchronize", name_of(handle), nullptr);
  return wait_for(get(handle)->capture);
}

API cudaError_t cudaEventElapsedTime(float* milliseconds, cudaEvent_t start, cudaEvent_t end) {
  for (Event* event : {get(start), get(end)}) {
    if (!event->timed || !event->recorded) return fail(cudaErrorInvalidResourceHandle);
  }
  const auto elapsed = get(end)->time - get(start)->time;
  *milliseconds = std::chrono::duration<float, std::milli>(elapsed).count();
  return cudaSuccess;
}

API cudaError_t cudaIpcGetEventHandle(cudaIpcEventHandle_t* handle, cudaEvent_t event) {
  const IpcHandle content{getpid(), event};
  *handle = {};
  memcpy(handle, &content, sizeof content);
  return cudaSuccess;
}

// The opened event is one of its own, in the state that the other has now.
API cudaError_t cudaIpcOpenEventHandle(cudaEvent_t* event, cudaIpcEventHandle_t handle) {
  IpcHandle content;
  memcpy(&content, &handle, sizeof content);
  if (content.process != getpid()) return fail(cudaErrorNotSupported);
  *event = reinterpret_cast<cudaEvent_t>(new Event(*get(content.event)));
  return cudaSuccess;
}
