// Entries of automatic differentiation: modes, leaves, gradients, backward.

#include <ATen/ATen.h>
#include <ATen/FuncTorchTLS.h>
#include <c10/core/GradMode.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/variable.h>

#include "library.h"
#include "state.h"

namespace gotorch {
namespace {

// Modes belong to the thread. Go holds the thread while it has changed one,
// and always puts the earlier value back.
bool set_grad_enabled(bool enabled) {
  const bool before = c10::GradMode::is_enabled();
  c10::GradMode::set_enabled(enabled);
  return before;
}

bool is_grad_enabled() { return c10::GradMode::is_enabled(); }
bool is_inference_mode() { return c10::InferenceMode::is_enabled(); }

int64_t enter_inference_mode(bool enabled) {
  return reinterpret_cast<int64_t>(new c10::InferenceMode(enabled));
}

void leave_inference_mode(int64_t guard) { delete reinterpret_cast<c10::InferenceMode*>(guard); }

// Opens the memory scope with this identifier on the calling thread and, if it is
// given, sets the grad mode. Returns both as they were.
std::tuple<int64_t, bool> set_scope(int64_t id, std::optional<bool> grad) {
  const bool before = c10::GradMode::is_enabled();
  c10::GradMode::set_enabled(grad.value_or(before));
  return {static_cast<int64_t>(std::exchange(thread_state.scope, static_cast<uint64_t>(id))),
          before};
}

bool requires_grad(const at::Tensor& t) { return t.requires_grad(); }

// Inside a function transform some properties cannot change.
const at::functorch::FuncTorchTLSBase* transforms() {
  return at::functorch::functorchTLSAccessor().get();
}

void set_requires_grad(const at::Tensor& t, bool on) {
  if (transforms() != nullptr) {
    transforms()->checkSupportsInplaceRequiresGrad();
  }
  t.set_requires_grad(on);
}

bool is_leaf(const at::Tensor& t) { return t.is_leaf(); }

void retain_grad(const at::Tensor& t) {
  if (transforms() != nullptr) {
    transforms()->checkSupportsRetainGrad();
  }
  t.retain_grad();
}

bool retains_grad(const at::Tensor& t) { return t.retains_grad(); }
int64_t output_nr(const at::Tensor& t) { return t.output_nr(); }
at::Tensor grad(const at::Tensor& t) { return t.grad(); }

// Undefined where there is none.
std::vector<at::Tensor> grads(at::TensorList tensors) {
  std::vector<at::Tensor> grads;
  grads.reserve(tensors.size());
  for (const at::Tensor& t : tensors) {
    grads.push_back(t.grad());
  }
  return grads;
}

// Adds, unrecorded, the gradient times alpha to each tensor that has one, if all are on the CPU;
// whether they are. An operator over lists does on the CPU what it does for single tensors.
bool add_grads(at::TensorList tensors, double alpha) {
  std::vector<at::Tensor> with_grad, grads;
  with_grad.reserve(tensors.size());
  grads.reserve(tensors.size());
  for (const at::Tensor& t : tensors) {
    if (!t.is_cpu()) {
      return false;
    }
    if (const at::Tensor& grad = t.grad(); grad.defined()) {
      with_grad.push_back(t);
      grads.push_back(grad);
    }
  }
  if (!grads.empty()) {
    const at::NoGradGuard no_grad;
    at::_foreach_add_(with_grad, grads, alpha);
  }
  return true;
}

bool has_grad(const at::Tensor& t) { return t.grad().defined(); }
void set_grad(at::Tensor& t, const at::Tensor& grad) { t.mutable_grad() = grad; }

// What torch.optim's zero_grad(set_to_none=True) does to each parameter.
void clear_grads(at::TensorList tensors) {
  for (const at::Tensor& t : tensors) {
    t.mutable_grad().reset();
  }
}

// Refuses, as torch/autograd/__init__.py does, outputs for whose gradient 1 cannot stand in.
void check_implicit_grads(at::TensorList outputs) {
  for (const at::Tensor& t : outputs) {
    const at::ScalarType dtype = t.scalar_type();
    TORCH_CHECK(at::isFloatingType(dtype) || !t.requires_grad() || t.numel() != 1,
                "grad can be implicitly created only for real scalar outputs but got torch.",
                c10::getDtypeNames(dtype).first);
  }
}

void backward(at::TensorList tensors, at::TensorList grads, std::optional<bool> retain_graph,
              bool create_graph, at::TensorList inputs) {
  if (grads.empty()) {
    check_implicit_grads(tensors);
  }
  torch::autograd::backward(tensors.vec(), grads.vec(), retain_graph, create_graph, inputs.vec());
}

std::vector<at::Tensor> grad_of(at::TensorList outputs, at::TensorList inputs,
                                at::TensorList grad_outputs, std::optional<bool> retain_graph,
                                bool create_graph, bool allow_unused) {
  if (grad_outputs.empty()) {
    check_implicit_grads(outputs);
  }
  return torch::autograd::grad(outputs.vec(), inputs.vec(), grad_outputs.vec(), retain_graph,
                               create_graph, allow_unused);
}

constexpr gt_entry kEntries[] = {
    entry<set_grad_enabled>("set_grad_enabled(bool enabled) -> bool"),
    entry<is_grad_enabled>("is_grad_enabled() -> bool"),
    entry<is_inference_mode>("is_inference_mode() -> bool"),
    entry<enter_inference_mode>("enter_inference_mode(bool enabled) -> int"),
    entry<leave_inference_mode>("leave_inference_mode(int guard) -> ()"),
    entry<set_scope>("set_scope(int id, bool? grad) -> (int, bool)"),
    entry<requires_grad>("requires_grad(Tensor self) -> bool"),
    entry<set_requires_grad>("set_requires_grad(Tensor self, bool on) -> ()"),
    entry<is_leaf>("is_leaf(Tensor self) -> bool"),
    entry<retain_grad>("retain_grad(Tensor self) -> ()"),
    entry<retains_grad>("retains_grad(Tensor self) -> bool"),
    entry<output_nr>("output_nr(Tensor self) -> int"),
    entry<grad>("grad(Tensor self) -> Tensor"),
    entry<grads>("grads(Tensor[] tensors) -> Tensor[]"),
    entry<add_grads>("add_grads(Tensor[] tensors, float alpha) -> bool"),
    entry<has_grad>("has_grad(Tensor self) -> bool"),
    entry<set_grad>("set_grad(Tensor self, Tensor grad) -> ()"),
    entry<clear_grads>("clear_grads(Tensor[] tensors) -> ()"),
    entry<backward>(
        "backward(Tensor[] tensors, Tensor[] grads, bool? retain_graph, bool create_graph, "
        "Tensor[] inputs) -> ()"),
    entry<grad_of>(
        "grad_of(Tensor[] outputs, Tensor[] inputs, Tensor[] grad_outputs, bool? retain_graph, "
        "bool create_graph, bool allow_unused) -> Tensor[]"),
};

}  // namespace

std::span<const gt_entry> autograd_entries() { return kEntries; }

}  // namespace gotorch
