// Entries of hooks: Go functions that run during backward.
//
// As in Python, what is attached to a tensor or node is not a function but Go's
// ordered collection of them, so that hooks can be removed and added without
// touching libtorch again. Each kind has an entry that returns the collection
// that is attached, or attaches a new one.

#include <torch/csrc/autograd/custom_function.h>
#include <torch/csrc/autograd/function_hook.h>
#include <torch/csrc/autograd/variable.h>

#include "callback.h"
#include "library.h"
#include "node.h"

namespace gotorch {
namespace {

using at::Tensor;
using torch::autograd::variable_list;
namespace impl = torch::autograd::impl;

// The hooks of a tensor. The same collection hangs on the tensor, where leaves
// find it, and on the node that made the tensor.
struct TensorHooks : torch::autograd::FunctionPreHook {
  TensorHooks(std::shared_ptr<GoFunction> hooks, size_t index)
      : hooks(std::move(hooks)), index(index) {}

  variable_list operator()(const variable_list& values) override {
    Callback call(*hooks);
    call.arguments().put(Tensor(values.at(index)));
    Reader& results = call.run();
    if (!results.flag()) {
      return values;
    }
    variable_list replaced(values);
    replaced[index] = take_tensor(results);
    return replaced;
  }

  std::shared_ptr<GoFunction> hooks;
  size_t index;
};

struct PostAccumulateHooks : torch::autograd::PostAccumulateGradHook {
  explicit PostAccumulateHooks(uint64_t hooks) : hooks(hooks) {}

  void operator()(const Tensor& t) override {
    Callback call(hooks);
    call.arguments().put(Tensor(t));
    call.run();
  }

  GoFunction hooks;
};

struct NodePreHooks : torch::autograd::FunctionPreHook {
  explicit NodePreHooks(uint64_t hooks) : hooks(hooks) {}

  variable_list operator()(const variable_list& grads) override {
    Callback call(hooks);
    call.arguments().put(variable_list(grads));
    Reader& results = call.run();
    return results.flag() ? take_tensors(results) : grads;
  }

  GoFunction hooks;
};

struct NodePostHooks : torch::autograd::FunctionPostHook {
  explicit NodePostHooks(uint64_t hooks) : hooks(hooks) {}

  variable_list operator()(const variable_list& outputs, const variable_list& inputs) override {
    Callback call(hooks);
    call.arguments().put(variable_list(outputs));
    call.arguments().put(variable_list(inputs));
    Reader& results = call.run();
    return results.flag() ? take_tensors(results) : outputs;
  }

  GoFunction hooks;
};

// The numbers of the collections that are attached, or 0.

int64_t number_of(const GoFunction& f) { return static_cast<int64_t>(f.number()); }

// A tensor that was written to has another node, and so other hooks.
int64_t tensor_hooks(const Tensor& t) {
  const auto& node = t.grad_fn();
  const size_t index = node ? t.output_nr() : 0;
  for (const auto& hook : node ? node->tensor_pre_hooks() : impl::hooks(t)) {
    const auto* ours = dynamic_cast<TensorHooks*>(hook.get());
    if (ours != nullptr && ours->index == index) {
      return number_of(*ours->hooks);
    }
  }
  return 0;
}

int64_t post_accumulate_hooks(const Tensor& t) {
  const auto* ours = dynamic_cast<PostAccumulateHooks*>(impl::post_acc_grad_hooks(t).get());
  return ours == nullptr ? 0 : number_of(ours->hooks);
}

template <class Ours, class List>
int64_t find_hooks(const List& list) {
  for (const auto& hook : list) {
    if (const auto* ours = dynamic_cast<Ours*>(hook.get())) {
      return number_of(ours->hooks);
    }
  }
  return 0;
}

int64_t node_hooks(int64_t node) { return find_hooks<NodePostHooks>(node_at(node).post_hooks()); }
int64_t node_pre_hooks(int64_t node) { return find_hooks<NodePreHooks>(node_at(node).pre_hooks()); }

void set_tensor_hooks(const Tensor& t, int64_t number) {
  const auto hooks = std::make_shared<GoFunction>(static_cast<uint64_t>(number));
  impl::clear_hooks(t);
  impl::add_hook(t, std::make_unique<TensorHooks>(hooks, 0));
  if (const auto& node = t.grad_fn()) {
    node->add_tensor_pre_hook(std::make_unique<TensorHooks>(hooks, t.output_nr()));
  }
}

void set_post_accumulate_hooks(const Tensor& t, int64_t number) {
  impl::set_post_acc_grad_hooks(
      t, std::make_unique<PostAccumulateHooks>(static_cast<uint64_t>(number)));
}

void set_node_hooks(int64_t node, int64_t number) {
  node_at(node).add_post_hook(std::make_unique<NodePostHooks>(static_cast<uint64_t>(number)));
}

void set_node_pre_hooks(int64_t node, int64_t number) {
  node_at(node).add_pre_hook(std::make_unique<NodePreHooks>(static_cast<uint64_t>(number)));
}

// Refuses, in PyTorch's words, what the hook with this name made of a gradient.
void check_hook_result(const Tensor& grad, const Tensor& result, std::string_view hook) {
  TORCH_CHECK(grad.defined(), "can't replace a None gradient with a non-None value");
  torch::autograd::check_variable_result(grad, result, std::string(hook));
}

constexpr gt_entry kEntries[] = {
    entry<tensor_hooks>("tensor_hooks(Tensor self) -> int"),
    entry<set_tensor_hooks>("set_tensor_hooks(Tensor self, int hooks) -> ()"),
    entry<post_accumulate_hooks>("post_accumulate_hooks(Tensor self) -> int"),
    entry<set_post_accumulate_hooks>("set_post_accumulate_hooks(Tensor self, int hooks) -> ()"),
    entry<node_hooks>("node_hooks(int node) -> int"),
    entry<set_node_hooks>("set_node_hooks(int node, int hooks) -> ()"),
    entry<node_pre_hooks>("node_pre_hooks(int node) -> int"),
    entry<set_node_pre_hooks>("set_node_pre_hooks(int node, int hooks) -> ()"),
    entry<check_hook_result>("check_hook_result(Tensor? grad, Tensor result, str hook) -> ()"),
};

}  // namespace

std::span<const gt_entry> hook_entries() { return kEntries; }

}  // namespace gotorch
