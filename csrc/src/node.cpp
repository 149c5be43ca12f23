// Entries of graphs: their nodes and edges.

#include "node.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/engine.h>
#include <torch/csrc/autograd/graph_task.h>
#include <torch/csrc/autograd/variable.h>

#include "callback.h"
#include "library.h"

namespace gotorch {
namespace {

using at::Tensor;
using torch::autograd::Node;
namespace impl = torch::autograd::impl;

int64_t grad_fn(const Tensor& t) { return handle_of(t.grad_fn()); }

// Where the tensor's gradient is computed: the node that made it or, for a
// leaf, the one that accumulates its gradient.
int64_t gradient_edge(const Tensor& t) {
  const auto edge = impl::gradient_edge(t);
  return handle_of(edge.function);
}

std::string node_name(int64_t node) { return node_at(node).name(); }
int64_t node_sequence_nr(int64_t node) { return static_cast<int64_t>(node_at(node).sequence_nr()); }

// For each edge the next node, with a reference, and its input.
std::vector<int64_t> node_next_functions(int64_t node) {
  std::vector<int64_t> words;
  for (const auto& edge : node_at(node).next_edges()) {
    words.push_back(handle_of(edge.function));
    words.push_back(edge.input_nr);
  }
  return words;
}

// The identifier of the backward pass that runs on this thread, or -1.
int64_t current_graph_task() { return torch::autograd::get_current_graph_task_id(); }

// Whether the backward pass that runs on this thread gets to this node.
bool will_engine_execute(int64_t handle) {
  Node* node = &node_at(handle);
  const auto* info = torch::autograd::get_current_graph_task_exec_info();
  TORCH_CHECK(info != nullptr,
              "_get_should_execute_nodes should only be called during the backward pass");
  if (torch::autograd::get_current_graph_task_nodes_in_graph()->count(node) == 0) {
    return false;
  }
  if (info->empty()) {
    return true;  // backward without inputs=: the whole graph
  }
  const auto found = info->find(node);
  if (found == info->end() || !found->second.should_execute()) {
    return false;
  }
  TORCH_CHECK(node->topological_nr() != 0 || !found->second.captures_,
              "A leaf node was passed to _will_engine_execute_node but we are currently running "
              "autograd.grad(). This is currently not supported.");
  return true;
}

// Has a Go function run when the current backward pass is done.
void queue_callback(int64_t function) {
  auto shared = std::make_shared<GoFunction>(static_cast<uint64_t>(function));
  torch::autograd::Engine::get_default_engine().queue_callback(
      [shared] { Callback(*shared).run(); });
}

void increment_version(at::TensorList tensors) {
  for (const Tensor& t : tensors) {
    if (!t.is_inference()) {
      impl::bump_version(t);
    }
  }
}

constexpr gt_entry kEntries[] = {
    entry<grad_fn>("grad_fn(Tensor self) -> int"),
    entry<gradient_edge>("gradient_edge(Tensor self) -> int"),
    entry<node_name>("node_name(int node) -> str"),
    entry<node_sequence_nr>("node_sequence_nr(int node) -> int"),
    entry<node_next_functions>("node_next_functions(int node) -> int[]"),
    entry<current_graph_task>("current_graph_task() -> int"),
    entry<will_engine_execute>("will_engine_execute(int node) -> bool"),
    entry<queue_callback>("queue_callback(int function) -> ()"),
    entry<increment_version>("increment_version(Tensor[] tensors) -> ()"),
};

}  // namespace

std::span<const gt_entry> node_entries() { return kEntries; }

}  // namespace gotorch
