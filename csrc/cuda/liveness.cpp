// Entries about tensors that a captured graph uses and that it did not make: are they
// still there when it is replayed? A graph is known by its handle, as in graph.cpp.

#include <ATen/Context.h>
#include <ATen/cuda/CUDAGraph.h>
#include <ATen/record_function.h>
#include <c10/cuda/CUDACachingAllocator.h>

#include <mutex>
#include <unordered_map>

#include "cuda.h"
#include "pool.h"

namespace gotorch::cuda {
namespace {

using Graph = at::cuda::CUDAGraph;

// A storage that a capture has met, as an input first or as a result. The weak
// pointer keeps its address from being another's.
struct Met {
  c10::weak_intrusive_ptr<c10::StorageImpl> storage;
  const void* data;
  bool outside;

  bool alive() const {
    const auto strong = storage.lock();
    return strong && strong->data() == data;
  }
};
using Storages = std::unordered_map<const c10::StorageImpl*, Met>;

// By graph. Operators of a backward pass come from other threads. It is never destroyed,
// as the process may end while storages are alive.
std::mutex mutex;
std::unordered_map<int64_t, Storages>& watched() {
  static auto* const graphs = new std::unordered_map<int64_t, Storages>;
  return *graphs;
}

void meet(Storages& storages, const at::Tensor& t, bool outside) {
  if (!t.defined() || !t.has_storage() || t.storage().data() == nullptr) {
    return;
  }
  const void* data = t.storage().data();
  if (t.is_cuda() || (outside && at::globalContext().isPinnedPtr(data, at::kCUDA))) {
    c10::StorageImpl* storage = t.storage().unsafeGetStorageImpl();
    storages.try_emplace(storage, Met{t.storage().getWeakStorageImpl(), data, outside});
  }
}

template <class Use>
void each_tensor(const c10::IValue& v, const Use& use) {
  if (v.isTensor()) {
    use(v.toTensor());
  } else if (v.isList()) {
    for (const c10::IValue& element : v.toListRef()) {
      each_tensor(element, use);
    }
  }
}

bool any_on_cuda(c10::ArrayRef<const c10::IValue> values) {
  bool found = false;
  for (const c10::IValue& v : values) {
    each_tensor(v, [&](const at::Tensor& t) { found |= t.defined() && t.is_cuda(); });
  }
  return found;
}

// Notes the tensors of an operator whose work is being captured by a graph that is
// watched.
void note(c10::ArrayRef<const c10::IValue> values, bool outside) {
  if (!is_capturing() || !any_on_cuda(values)) {
    return;
  }
  const auto graph = reinterpret_cast<int64_t>(Graph::get_currently_capturing_graph());
  std::lock_guard lock(mutex);
  if (const auto found = watched().find(graph); found != watched().end()) {
    for (const c10::IValue& v : values) {
      each_tensor(v, [&](const at::Tensor& t) { meet(found->second, t, outside); });
    }
  }
}

std::unique_ptr<at::ObserverContext> before(const at::RecordFunction& f) {
  note(f.inputs(), true);
  return nullptr;
}
void after(const at::RecordFunction& f, at::ObserverContext*) {
  note(c10::ArrayRef<const c10::IValue>(f.outputs().data(), f.outputs().size()), false);
}

// From now on what this thread gives to the graph is noted, also by backward passes.
// Returns what watch_end takes, on the same thread.
int64_t watch_begin(int64_t graph) {
  {
    std::lock_guard lock(mutex);
    watched()[graph].clear();
  }
  return static_cast<int64_t>(at::addThreadLocalCallback(at::RecordFunctionCallback(before, after)
                                                             .needsInputs(true)
                                                             .needsOutputs(true)
                                                             .scopes({at::RecordScope::FUNCTION})));
}
void watch_end(int64_t callback) { at::removeCallback(static_cast<at::CallbackHandle>(callback)); }

// Whether memory is of one of the graph's pools, in which it stays: an earlier graph of
// the same pool has made it.
bool in_pool(Graph& graph, const void* data) {
  const auto address = reinterpret_cast<uintptr_t>(data);
  for (const c10::MempoolId_t& id : graph.pools()) {
    for (const auto& segment : c10::cuda::CUDACachingAllocator::snapshot(id, false).segments) {
      if (segment.address <= address && address < segment.address + segment.total_size) {
        return true;
      }
    }
  }
  return false;
}

// The addresses of what the graph uses and is no more.
std::vector<int64_t> watch_dead(int64_t graph) {
  std::vector<int64_t> dead;
  std::lock_guard lock(mutex);
  for (const auto& [_, met] : watched()[graph]) {
    if (met.outside && !met.alive() && !in_pool(*reinterpret_cast<Graph*>(graph), met.data)) {
      dead.push_back(reinterpret_cast<int64_t>(met.data));
    }
  }
  return dead;
}

constexpr gt_entry kEntries[] = {
    entry<watch_begin>("cuda::watch_begin(int graph) -> int"),
    entry<watch_end>("cuda::watch_end(int callback) -> ()"),
    entry<watch_dead>("cuda::watch_dead(int graph) -> int[]"),
};

}  // namespace

void forget_inputs(int64_t graph) {
  std::lock_guard lock(mutex);
  watched().erase(graph);
}

std::span<const gt_entry> liveness_entries() { return kEntries; }

}  // namespace gotorch::cuda
