// Entries of functions whose forward and backward are written in Go.

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/csrc/autograd/functions/basic_ops.h>
#include <torch/csrc/autograd/saved_variable.h>

#include <unordered_set>

#include "callback.h"
#include "library.h"
#include "node.h"

namespace gotorch {
namespace {

using at::Tensor;
using torch::autograd::SavedVariable;
using torch::autograd::variable_list;
using torch::autograd::VariableInfo;
using Impls = std::unordered_set<at::TensorImpl*>;

// The node of a graph whose backward is a Go function. It takes the node
// itself and the gradients of the outputs, and returns those of the inputs.
struct FunctionNode : torch::autograd::Node {
  FunctionNode(std::string name, uint64_t backward) : backward(backward), name_(std::move(name)) {}

  std::string name() const override { return name_; }
  variable_list apply(variable_list&& grads) override;
  void release_variables() override;
  variable_list saved_tensors();

  GoFunction backward;
  bool materialize = true;
  std::vector<bool> is_tensor;            // for each input
  std::vector<VariableInfo> output_info;  // to make zeros

 private:
  void save(const variable_list& tensors, const Impls& outputs);
  friend std::vector<Tensor> wrap_function(std::string_view, int64_t, int64_t, at::TensorList,
                                           at::TensorList, at::TensorList, at::TensorList,
                                           at::TensorList, bool, bool, at::OptionalIntArrayRef);

  std::string name_;
  std::mutex saved_mutex_;
  std::vector<SavedVariable> saved_;
  bool freed_ = false;
};

variable_list FunctionNode::apply(variable_list&& grads) {
  at::OptionalDeviceGuard guard;
  for (size_t i = 0; i < grads.size(); i++) {
    if (!grads[i].defined() && materialize) {
      grads[i] = output_info[i].zeros(guard);
    }
  }
  Callback call(backward);
  call.arguments().put(reinterpret_cast<int64_t>(this));
  call.arguments().put(std::move(grads));
  variable_list results = take_tensors(call.run());

  const size_t expected = is_tensor.size();
  while (results.size() > expected && !results.back().defined()) {
    results.pop_back();
  }
  TORCH_CHECK(results.size() == expected, "function ", name_,
              " returned an incorrect number of gradients (expected ", expected, ", got ",
              results.size(), ")");
  variable_list of_tensors;
  for (size_t i = 0; i < expected; i++) {
    if (is_tensor[i]) {
      of_tensors.push_back(std::move(results[i]));
      continue;
    }
    TORCH_CHECK(!results[i].defined(), "function ", name_,
                " returned a gradient different than None at position ", i + 1,
                ", but the corresponding forward input was not a Variable");
  }
  return of_tensors;
}

void FunctionNode::release_variables() {
  const std::lock_guard lock(saved_mutex_);
  saved_.clear();
  freed_ = true;
}

variable_list FunctionNode::saved_tensors() {
  const std::lock_guard lock(saved_mutex_);
  TORCH_CHECK(!freed_, torch::autograd::ERR_BACKWARD_TWICE);
  variable_list tensors;
  for (const SavedVariable& v : saved_) {
    tensors.push_back(v.unpack(getptr()));
  }
  return tensors;
}

void FunctionNode::save(const variable_list& tensors, const Impls& outputs) {
  for (const Tensor& t : tensors) {
    if (t.defined()) {
      saved_.emplace_back(t, outputs.count(t.unsafeGetTensorImpl()) > 0);
    } else {
      saved_.emplace_back();
    }
  }
}

variable_list saved_tensors(int64_t node) {
  return dynamic_cast<FunctionNode&>(node_at(node)).saved_tensors();
}

// What backward has computed so far of the inputs' gradients, where it can be
// added to in place.
variable_list input_grad_buffers(int64_t handle) {
  auto& node = dynamic_cast<FunctionNode&>(node_at(handle));
  TORCH_CHECK(node.post_hooks().empty(),
              "input_grad_buffers does not support post-hooks on the producing autograd node "
              "because directly accumulated gradients are returned as None and cannot be observed "
              "or replaced by those hooks");
  const variable_list of_tensors = torch::autograd::get_current_input_grad_buffers(&node);
  variable_list all;
  size_t next = 0;
  for (const bool tensor : node.is_tensor) {
    all.push_back(tensor ? of_tensors.at(next++) : Tensor());
  }
  return all;
}

Impls impls_of(at::TensorList tensors) {
  Impls impls;
  for (const Tensor& t : tensors) {
    if (t.defined()) {
      impls.insert(t.unsafeGetTensorImpl());
    }
  }
  return impls;
}

// The gradients in forward mode, by a Go function that takes those of the
// inputs.
variable_list forward_gradients(const GoFunction& jvp, const std::vector<bool>& is_tensor,
                                bool materialize, const variable_list& inputs,
                                variable_list grads) {
  TORCH_CHECK_NOT_IMPLEMENTED(jvp.number() != 0,
                              "You must implement the jvp function for custom autograd.Function to "
                              "use it with forward mode AD.");
  variable_list all;
  size_t next = 0;
  for (const bool tensor : is_tensor) {
    if (!tensor) {
      all.emplace_back();
      continue;
    }
    Tensor& grad = grads[next];
    const Tensor& input = inputs[next++];
    const bool zeros = !grad.defined() && materialize &&
                       torch::autograd::isDifferentiableType(input.scalar_type());
    all.push_back(zeros ? at::zeros_like(input) : std::move(grad));
  }
  Callback call(jvp);
  call.arguments().put(std::move(all));
  return take_tensors(call.run());
}

// The dtypes that the gradients of the outputs are to have: -1 for any.
void check_output_grad_dtypes(at::IntArrayRef dtypes, at::TensorList outputs,
                              const Impls& non_differentiable) {
  TORCH_CHECK(dtypes.size() == outputs.size(),
              "set_output_grad_dtype expected the number of declarations to match the number of "
              "outputs: the Function returned ",
              outputs.size(), " values but ", dtypes.size(), " declarations were provided");
  for (size_t i = 0; i < dtypes.size(); i++) {
    const Tensor& t = outputs[i];
    const bool differentiable = t.defined() &&
                                non_differentiable.count(t.unsafeGetTensorImpl()) == 0 &&
                                torch::autograd::isDifferentiableType(t.scalar_type());
    TORCH_CHECK(dtypes[i] < 0 || differentiable,
                "set_output_grad_dtype: got a concrete dtype for output ", i,
                ", but that output is not a differentiable tensor (it is a non-tensor, was marked "
                "non-differentiable, or has a non-differentiable dtype). Pass None for output ",
                i, " instead.");
  }
}

void set_output_grad_dtypes(torch::autograd::Node& node, at::IntArrayRef dtypes,
                            at::TensorList outputs) {
  for (size_t i = 0; i < dtypes.size(); i++) {
    if (outputs[i].defined() && outputs[i].grad_fn().get() == &node) {
      auto& metadata = node.mutable_input_metadata(outputs[i].output_nr());
      metadata.set_grad_dtype(
          dtypes[i] < 0 ? std::nullopt : std::optional(static_cast<at::ScalarType>(dtypes[i])));
    }
  }
}

// Makes a graph's node for what a forward in Go has computed, and returns the
// outputs with it. backward is 0 if there is nothing to differentiate, jvp if
// there is none.
std::vector<Tensor> wrap_function(std::string_view name, int64_t backward, int64_t jvp,
                                  at::TensorList inputs, at::TensorList outputs,
                                  at::TensorList non_differentiable, at::TensorList dirty,
                                  at::TensorList to_save, bool materialize, bool setup_context,
                                  at::OptionalIntArrayRef output_grad_dtypes) {
  std::vector<bool> is_tensor;
  variable_list tensors;
  for (const Tensor& t : inputs) {
    is_tensor.push_back(t.defined());
    if (t.defined()) {
      tensors.push_back(t);
    }
  }
  const auto node =
      c10::make_intrusive<FunctionNode>(std::string(name), static_cast<uint64_t>(backward));
  const GoFunction forward_mode(static_cast<uint64_t>(jvp));
  if (output_grad_dtypes.has_value()) {
    check_output_grad_dtypes(*output_grad_dtypes, outputs, impls_of(non_differentiable));
  }
  if (backward != 0) {
    node->set_next_edges(torch::autograd::collect_next_edges(tensors));
  }
  node->is_tensor = is_tensor;
  node->materialize = materialize;

  for (const Tensor& t : dirty) {
    torch::autograd::impl::bump_version(t);
  }
  std::vector<std::optional<Tensor>> raw;
  for (const Tensor& t : outputs) {
    raw.push_back(t.defined() ? std::optional<Tensor>(t) : std::nullopt);
  }
  NodePtr attached;
  const auto wrapped = torch::autograd::_wrap_outputs(
      tensors, impls_of(non_differentiable), impls_of(dirty), raw,
      backward != 0 ? NodePtr(node) : NodePtr(),
      [&](const variable_list& in, const variable_list& grads) {
        return forward_gradients(forward_mode, is_tensor, materialize, in, grads);
      },
      setup_context ? impls_of(to_save) : Impls(), [](const Tensor& x) { return x.view_as(x); },
      /*pure_view=*/false, attached);

  std::vector<Tensor> results;
  for (const auto& output : wrapped) {
    node->output_info.push_back(output.has_value() ? VariableInfo(*output) : VariableInfo());
    results.push_back(output.value_or(Tensor()));
  }
  if (backward != 0) {
    node->save(to_save.vec(), impls_of(results));
    if (output_grad_dtypes.has_value()) {
      set_output_grad_dtypes(*node, *output_grad_dtypes, results);
    }
  }
  if (attached) {
    torch::autograd::fire_node_creation_hooks(attached);
  }
  return results;
}

// Outputs whose derivative is an error with this message.
std::vector<Tensor> delay_error(std::string_view message, at::TensorList outputs) {
  const auto node = c10::make_intrusive<torch::autograd::DelayedError>(
      std::string(message), static_cast<int64_t>(outputs.size()));
  return (*node)(outputs.vec());
}

// What forward runs under: the modes of both kinds of differentiation, as bits
// (1 backward, 2 forward). Returns the earlier ones.
int64_t set_recording(int64_t modes) {
  auto& state = c10::AutogradState::get_tls_state();
  const int64_t before = (state.get_grad_mode() ? 1 : 0) | (state.get_fw_grad_mode() ? 2 : 0);
  state.set_grad_mode((modes & 1) != 0);
  state.set_fw_grad_mode((modes & 2) != 0);
  return before;
}

constexpr gt_entry kEntries[] = {
    entry<saved_tensors>("saved_tensors(int node) -> Tensor[]"),
    entry<wrap_function>(
        "wrap_function(str name, int backward, int jvp, Tensor?[] inputs, Tensor?[] outputs, "
        "Tensor[] non_differentiable, Tensor[] dirty, Tensor?[] to_save, bool materialize, "
        "bool setup_context, int[]? output_grad_dtypes) -> Tensor?[]"),
    entry<input_grad_buffers>("input_grad_buffers(int node) -> Tensor?[]"),
    entry<delay_error>("delay_error(str message, Tensor?[] outputs) -> Tensor[]"),
    entry<set_recording>("set_recording(int modes) -> int"),
};

}  // namespace

std::span<const gt_entry> function_entries() { return kEntries; }

}  // namespace gotorch
