// The simulated CUDA runtime: capture and graphs.
//
// Graphs are real. Work that is asked for during capture runs, so that what
// depends on it can go on, and becomes a node as well. When the capture ends
// the device's memory is put back as it was, since nothing must have happened. A replay runs
// the nodes, which know addresses only, as a GPU's do.

#include "streams.h"

using namespace fakecuda;

namespace {

Nodes* get(cudaGraph_t handle) { return reinterpret_cast<Nodes*>(handle); }

using SharedNodes = std::shared_ptr<const Nodes>;
SharedNodes* get(cudaGraphExec_t handle) { return reinterpret_cast<SharedNodes*>(handle); }

cudaStreamCaptureStatus status_of(const Stream* stream) {
  if (!capturing(stream->capture)) return cudaStreamCaptureStatusNone;
  return stream->capture->invalid ? cudaStreamCaptureStatusInvalidated
                                  : cudaStreamCaptureStatusActive;
}

// Whether a stream other than the first has work that nothing waits for.
bool has_loose_ends(const std::shared_ptr<Capture>& capture) {
  for (const Stream* stream : all_streams()) {
    const bool side = stream->capture == capture && stream != capture->origin;
    if (side && stream->joined < stream->work) return true;
  }
  return false;
}

void end(const std::shared_ptr<Capture>& capture) {
  capture->active = false;
  for (Stream* stream : all_streams()) {
    if (stream->capture == capture) stream->capture = nullptr;
  }
  restore_memory(capture->origin->device, capture->before);
  capture->before.clear();
}

}  // namespace

API bool fakecuda_capturing(cudaStream_t handle) {
  StreamsLock lock(streams_mutex());
  return capturing(get(handle)->capture);
}

API bool fakecuda_record(cudaStream_t handle, std::function<void()>* work) {
  StreamsLock lock(streams_mutex());
  Stream* stream = get(handle);
  if (!capturing(stream->capture)) return false;
  stream->work++;
  stream->capture->graph->push_back(*work);
  return true;
}

void fakecuda::run_or_record(cudaStream_t stream, const std::function<void()>& work) {
  work();
  auto again = work;
  fakecuda_record(stream, &again);
}

// --- capture

API cudaError_t cudaStreamBeginCapture(cudaStream_t handle, cudaStreamCaptureMode) {
  StreamsLock lock(streams_mutex());
  static unsigned long long last_id = 0;
  Stream* stream = get(handle);
  if (capturing(stream->capture)) return fail(cudaErrorIllegalState);
  fakecuda_log("capture", "begin", handle);
  stream->capture.reset(
      new Capture{.id = ++last_id, .origin = stream, .before = save_memory(stream->device)});
  stream->work = stream->joined = 0;
  return cudaSuccess;
}

API cudaError_t cudaStreamEndCapture(cudaStream_t handle, cudaGraph_t* graph) {
  StreamsLock lock(streams_mutex());
  auto capture = get(handle)->capture;
  *graph = nullptr;
  if (!capturing(capture)) return fail(cudaErrorIllegalState);
  fakecuda_log("capture", "end", handle);
  const bool loose = has_loose_ends(capture);
  end(capture);
  if (capture->invalid) return fail(cudaErrorStreamCaptureInvalidated);
  if (capture->origin != get(handle)) return fail(cudaErrorStreamCaptureUnmatched);
  if (loose) return fail(cudaErrorStreamCaptureUnjoined);
  *graph = reinterpret_cast<cudaGraph_t>(capture->graph.release());
  return cudaSuccess;
}

API cudaError_t cudaStreamIsCapturing(cudaStream_t handle, cudaStreamCaptureStatus* status) {
  StreamsLock lock(streams_mutex());
  *status = status_of(get(handle));
  return cudaSuccess;
}

API cudaError_t cudaStreamGetCaptureInfo(cudaStream_t handle, cudaStreamCaptureStatus* status,
                                         unsigned long long* id, cudaGraph_t* graph,
                                         const cudaGraphNode_t** dependencies,
                                         const cudaGraphEdgeData** edges, size_t* count) {
  StreamsLock lock(streams_mutex());
  const Stream* stream = get(handle);
  *status = status_of(stream);
  if (dependencies) *dependencies = nullptr;
  if (edges) *edges = nullptr;
  if (count) *count = 0;
  if (!capturing(stream->capture)) return cudaSuccess;
  if (id) *id = stream->capture->id;
  if (graph) *graph = reinterpret_cast<cudaGraph_t>(stream->capture->graph.get());
  return cudaSuccess;
}

API cudaError_t cudaThreadExchangeStreamCaptureMode(cudaStreamCaptureMode* mode) {
  thread_local cudaStreamCaptureMode current = cudaStreamCaptureModeGlobal;
  std::swap(*mode, current);
  return cudaSuccess;
}

// --- graphs

API cudaError_t cudaGraphGetNodes(cudaGraph_t graph, cudaGraphNode_t* nodes, size_t* count) {
  if (nodes) return fail(cudaErrorNotSupported);
  *count = get(graph)->size();
  return cudaSuccess;
}

API cudaError_t cudaGraphInstantiate(cudaGraphExec_t* exec, cudaGraph_t graph, unsigned long long) {
  auto* nodes = new SharedNodes(std::make_shared<const Nodes>(*get(graph)));
  *exec = reinterpret_cast<cudaGraphExec_t>(nodes);
  return cudaSuccess;
}

API cudaError_t cudaGraphInstantiateWithFlags(cudaGraphExec_t* exec, cudaGraph_t graph,
                                              unsigned long long flags) {
  return cudaGraphInstantiate(exec, graph, flags);
}

API cudaError_t cudaGraphLaunch(cudaGraphExec_t exec, cudaStream_t stream) {
  fakecuda_log("replay", std::to_string((*get(exec))->size()) + " nodes", stream);
  run_or_record(stream, [nodes = *get(exec)] {
    for (const auto& node : *nodes) node();
  });
  return cudaSuccess;
}

API cudaError_t cudaGraphDestroy(cudaGraph_t graph) {
  delete get(graph);
  return cudaSuccess;
}

API cudaError_t cudaGraphExecDestroy(cudaGraphExec_t exec) {
  delete get(exec);
  return cudaSuccess;
}
