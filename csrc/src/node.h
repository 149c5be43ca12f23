// Nodes of graphs, as Go holds them.

#pragma once

#include <torch/csrc/autograd/function.h>

#include "../gotorch.h"

namespace gotorch {

using NodePtr = c10::intrusive_ptr<torch::autograd::Node>;

inline torch::autograd::Node& node_at(int64_t handle) {
  return *reinterpret_cast<torch::autograd::Node*>(handle & ~int64_t{GT_NODE});
}

// A handle with a reference of its own; 0 for no node.
inline int64_t handle_of(NodePtr node) {
  auto* p = node.release();
  return p == nullptr ? 0 : reinterpret_cast<int64_t>(p) | GT_NODE;
}

}  // namespace gotorch
