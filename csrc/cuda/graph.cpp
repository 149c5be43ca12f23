// Entries about graphs of work that was captured. A graph's handle is its address.

#include <ATen/autocast_mode.h>
#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDAException.h>

#include "cuda.h"
#include "pool.h"

// libtorch does not use it, so a runtime that is made for libtorch may lack it.
#pragma weak cudaGraphDebugDotPrint

namespace gotorch::cuda {
namespace {

using Graph = at::cuda::CUDAGraph;

Graph& graph_at(int64_t handle) { return *reinterpret_cast<Graph*>(handle); }

int64_t new_graph(bool keep) { return reinterpret_cast<int64_t>(new Graph(keep)); }
void delete_graph(int64_t graph) {
  forget_inputs(graph);
  delete &graph_at(graph);
}

cudaStreamCaptureMode mode_named(std::string_view name) {
  if (name == "global") {
    return cudaStreamCaptureModeGlobal;
  }
  if (name == "thread_local") {
    return cudaStreamCaptureModeThreadLocal;
  }
  TORCH_CHECK(name == "relaxed",
              "Unknown capture error mode. Expected `global`, `thread_local`, or `relaxed`, got ",
              name);
  return cudaStreamCaptureModeRelaxed;
}

void graph_capture_begin(int64_t graph, int64_t pool_first, int64_t pool_second,
                         std::string_view mode) {
  graph_at(graph).capture_begin(pool_id(pool_first, pool_second), mode_named(mode));
}
// Between these two the graph can be looked at, whether it is kept or not.
void graph_capture_end_pre(int64_t graph) { graph_at(graph).capture_end_pre(); }
void graph_capture_end_post(int64_t graph) { graph_at(graph).capture_end_post(); }

void graph_instantiate(int64_t graph) { graph_at(graph).instantiate(); }
bool graph_is_instantiated(int64_t graph) { return graph_at(graph).has_graph_exec(); }
void graph_replay(int64_t graph) { graph_at(graph).replay(); }
void graph_reset(int64_t graph) {
  forget_inputs(graph);
  graph_at(graph).reset();
}
void graph_keep(int64_t graph) { graph_at(graph).enable_debug_mode(); }

std::tuple<int64_t, int64_t> graph_pool(int64_t graph) { return words_of(graph_at(graph).pool()); }

// Two numbers for each.
std::vector<int64_t> graph_pools(int64_t graph) {
  std::vector<int64_t> words;
  for (const c10::MempoolId_t& id : graph_at(graph).pools()) {
    words.push_back(static_cast<int64_t>(id.first));
    words.push_back(static_cast<int64_t>(id.second));
  }
  return words;
}

int64_t graph_raw(int64_t graph) {
  return reinterpret_cast<int64_t>(graph_at(graph).raw_cuda_graph());
}
int64_t graph_raw_exec(int64_t graph) {
  return reinterpret_cast<int64_t>(graph_at(graph).raw_cuda_graph_exec());
}
void graph_dump(int64_t graph, std::string_view path, bool verbose) {
  const cudaGraph_t raw = graph_at(graph).raw_cuda_graph();
  TORCH_CHECK(cudaGraphDebugDotPrint != nullptr, "this CUDA runtime cannot dump graphs");
  C10_CUDA_CHECK(cudaGraphDebugDotPrint(raw, std::string(path).c_str(),
                                        verbose ? cudaGraphDebugDotFlagsVerbose : 0));
}

bool current_stream_is_capturing() { return is_capturing(); }

// A number of the calling thread's own, for as long as that lives.
int64_t thread_number() {
  thread_local char mark;
  return reinterpret_cast<int64_t>(&mark);
}

// Whether autocast keeps the copies of parameters that it makes: in a capture,
// they would outlive the work that made them.
bool autocast_caches() {
  return at::autocast::is_autocast_enabled(at::kCUDA) && at::autocast::is_autocast_cache_enabled();
}

constexpr gt_entry kEntries[] = {
    entry<new_graph>("cuda::new_graph(bool keep) -> int"),
    entry<delete_graph>("cuda::delete_graph(int graph) -> ()"),
    entry<graph_capture_begin>(
        "cuda::graph_capture_begin(int graph, int pool_first, int pool_second, str mode) -> ()"),
    entry<graph_capture_end_pre>("cuda::graph_capture_end_pre(int graph) -> ()"),
    entry<graph_capture_end_post>("cuda::graph_capture_end_post(int graph) -> ()"),
    entry<graph_instantiate>("cuda::graph_instantiate(int graph) -> ()"),
    entry<graph_is_instantiated>("cuda::graph_is_instantiated(int graph) -> bool"),
    entry<graph_replay>("cuda::graph_replay(int graph) -> ()"),
    entry<graph_reset>("cuda::graph_reset(int graph) -> ()"),
    entry<graph_keep>("cuda::graph_keep(int graph) -> ()"),
    entry<graph_pool>("cuda::graph_pool(int graph) -> (int first, int second)"),
    entry<graph_pools>("cuda::graph_pools(int graph) -> int[]"),
    entry<graph_raw>("cuda::graph_raw(int graph) -> int"),
    entry<graph_raw_exec>("cuda::graph_raw_exec(int graph) -> int"),
    entry<graph_dump>("cuda::graph_dump(int graph, str path, bool verbose) -> ()"),
    entry<current_stream_is_capturing>("cuda::is_current_stream_capturing() -> bool"),
    entry<thread_number>("cuda::thread_number() -> int"),
    entry<autocast_caches>("cuda::autocast_caches() -> bool"),
};

}  // namespace

std::span<const gt_entry> graph_entries() { return kEntries; }

}  // namespace gotorch::cuda
