// Entries of functorch, PyTorch's function transforms: the thread's stack of
// layers, and the wrappers that tensors have inside them. They do what
// torch/csrc/functorch/init.cpp does for Python.

#include <ATen/ATen.h>
#include <ATen/FuncTorchTLS.h>
#include <ATen/FunctionalTensorWrapper.h>
#include <ATen/LegacyVmapMode.h>
#include <ATen/WrapDimUtils.h>
#include <ATen/functorch/BatchedTensorImpl.h>
#include <ATen/functorch/DynamicLayer.h>
#include <ATen/functorch/TensorWrapper.h>
#include <c10/core/AutogradState.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/autograd/forward_grad.h>

#include "library.h"
#include "state.h"

namespace gotorch {
namespace {

namespace ft = at::functorch;
namespace functional = at::functionalization::impl;
using ft::TransformType;

// Inference mode would keep tensors that are made in a layer out of its graph,
// so a layer that differentiates ends it. c10::InferenceMode would change the
// gradient modes, too.
void set_inference_mode(bool enabled) {
  c10::AutogradState state = c10::AutogradState::get_tls_state();
  state.set_inference_mode(enabled);
  c10::AutogradState::set_tls_state(state);
}

bool swap_inference_mode(bool enabled) {
  const bool before = c10::InferenceMode::is_enabled();
  set_inference_mode(enabled);
  return before;
}

int64_t push_grad_layer() {
  const bool inference = swap_inference_mode(false);
  return ft::initAndPushDynamicLayer(TransformType::Grad, std::nullopt, std::nullopt,
                                     c10::GradMode::is_enabled(), std::nullopt, std::nullopt,
                                     inference);
}

int64_t push_jvp_layer() {
  const bool inference = swap_inference_mode(false);
  const bool forward = c10::AutogradState::get_tls_state().get_fw_grad_mode();
  return ft::initAndPushDynamicLayer(TransformType::Jvp, std::nullopt, std::nullopt, std::nullopt,
                                     forward, std::nullopt, inference);
}

ft::RandomnessType randomness_named(std::string_view name) {
  if (name == "error") {
    return ft::RandomnessType::Error;
  }
  if (name == "same") {
    return ft::RandomnessType::Same;
  }
  TORCH_CHECK(name == "different", "randomness argument must be error, same, or different.");
  return ft::RandomnessType::Different;
}

int64_t push_vmap_layer(int64_t batch_size, std::string_view randomness) {
  load_decompositions();
  return ft::initAndPushDynamicLayer(TransformType::Vmap, c10::SymInt(batch_size),
                                     randomness_named(randomness));
}

int64_t push_functionalize_layer(bool add_back_views) {
  return ft::initAndPushDynamicLayer(TransformType::Functionalize, std::nullopt, std::nullopt,
                                     std::nullopt, std::nullopt, add_back_views);
}

void pop_layer() {
  const ft::DynamicLayer layer = ft::popDynamicLayerAndDeleteMetadata();
  const ft::InterpreterMeta& meta = layer.interpreter().meta();
  const auto* grad = std::get_if<ft::GradInterpreterMeta>(&meta);
  const auto* jvp = std::get_if<ft::JvpInterpreterMeta>(&meta);
  if ((grad != nullptr && grad->prevInferenceMode_) ||
      (jvp != nullptr && jvp->prevInferenceMode_)) {
    set_inference_mode(true);
  }
}

// The top layer of the stack, for functions that are written in Go, which have to
// deal with the layers themselves: its kind (0 if there is none), level, batch
// size, randomness, and the gradient mode around it; and whether one of the
// tensors outlived its layer.
std::vector<int64_t> top_layer(at::TensorList tensors) {
  const bool dead = std::any_of(tensors.begin(), tensors.end(), [](const at::Tensor& t) {
    return t.defined() && ft::isDeadTensorWrapper(t);
  });
  const std::vector<ft::DynamicLayer>& stack = ft::getDynamicLayerStack();
  if (stack.empty()) {
    return {0, 0, 0, 0, 0, dead};
  }
  const ft::DynamicLayer& layer = stack.back();
  const ft::InterpreterMeta& meta = layer.interpreter().meta();
  int64_t batch_size = 0, randomness = 0, mode = 0;
  if (const auto* vmap = std::get_if<ft::VmapInterpreterMeta>(&meta)) {
    batch_size = vmap->batchSize_.expect_int();
    randomness = static_cast<int64_t>(vmap->randomness_);
  } else if (const auto* grad = std::get_if<ft::GradInterpreterMeta>(&meta)) {
    mode = grad->prevGradMode_;
  } else if (const auto* jvp = std::get_if<ft::JvpInterpreterMeta>(&meta)) {
    mode = jvp->prevFwdGradMode_;
  }
  return {static_cast<int64_t>(layer.key()), layer.layerId(), batch_size, randomness, mode, dead};
}

// Takes the top layer off the stack, until raise_layer puts it back.
int64_t lower_layer() {
  return reinterpret_cast<int64_t>(new ft::DynamicLayer(ft::popDynamicLayer()));
}

void raise_layer(int64_t layer) {
  const std::unique_ptr<ft::DynamicLayer> taken(reinterpret_cast<ft::DynamicLayer*>(layer));
  ft::pushDynamicLayer(std::move(*taken));
}

at::Tensor unwrap_dead(const at::Tensor& t) { return ft::unwrapIfDead(t); }

// The tensor in a wrapper of the layer at this level, which differentiates.
at::Tensor lift_for_grad(const at::Tensor& t, int64_t level) {
  const ft::TensorWrapper* wrapper = ft::maybeGetTensorWrapper(t);
  return wrapper != nullptr && wrapper->level() == level
             ? t
             : ft::makeTensorWrapper(t, level, /*is_immutable=*/true);
}

// requires_grad_ is refused inside a transform, except for its own use.
bool allow_requires_grad(bool allowed) {
  const bool before = ft::getInplaceRequiresGradAllowed();
  ft::setInplaceRequiresGradAllowed(allowed);
  return before;
}

at::Tensor wrap_for_grad(const at::Tensor& t, int64_t level) {
  return ft::makeTensorWrapper(t, level);
}

at::Tensor unwrap_for_grad(const at::Tensor& t, int64_t level) {
  const ft::TensorWrapper* wrapper = ft::maybeGetTensorWrapper(t);
  return wrapper != nullptr && wrapper->level() == level ? wrapper->value() : t;
}

at::Tensor add_batch_dim(const at::Tensor& t, int64_t dim, int64_t level) {
  return ft::addBatchDim(t, dim, level);
}

// Makes the dimension at `from` the one at `to`.
at::Tensor move_dim(const at::Tensor& t, int64_t from, int64_t to) {
  from = at::maybe_wrap_dim(from, t.dim());
  to = at::maybe_wrap_dim(to, t.dim());
  if (from == to) {
    return t;
  }
  std::vector<int64_t> order;
  for (int64_t dim = 0; dim < t.dim(); dim++) {
    if (dim != from) {
      order.push_back(dim);
    }
  }
  order.insert(order.begin() + to, from);
  return t.permute(order);
}

// Takes a tensor out of the vmap of this level. One that does not depend on the
// mapped inputs is repeated.
at::Tensor remove_batch_dim(const at::Tensor& t, int64_t level, int64_t batch_size,
                            int64_t out_dim) {
  TORCH_CHECK(out_dim == 0 || !t.key_set().has(c10::DispatchKey::BatchedNestedTensor),
              "Nested tensors can only be vmapped over dim=0, but got dim=", out_dim);
  const ft::BatchedTensorImpl* batched = ft::maybeGetBatchedImpl(t);
  if (batched == nullptr || batched->level() < level) {
    std::vector<int64_t> sizes = t.sizes().vec();
    sizes.insert(sizes.begin() + at::maybe_wrap_dim(out_dim, t.dim() + 1), batch_size);
    return t.unsqueeze(out_dim).expand(sizes);
  }
  TORCH_INTERNAL_ASSERT(batched->level() == level);
  return move_dim(batched->value(), batched->bdim(), out_dim);
}

at::Tensor wrap_functional(const at::Tensor& t, int64_t level) {
  at::Tensor wrapped = functional::to_functional_tensor(t);
  functional::unsafeGetFunctionalWrapper(wrapped)->set_level(level);
  return wrapped;
}

at::Tensor unwrap_functional(const at::Tensor& t, bool add_back_views) {
  if (!functional::isFunctionalTensor(t)) {
    return t;
  }
  functional::sync(t);
  at::FunctionalTensorWrapper* wrapper = functional::unsafeGetFunctionalWrapper(t);
  const functional::FunctionalizationReapplyViewsGuard guard(add_back_views);
  if (wrapper->apply_updates()) {
    wrapper->regenerate_from_base();
  }
  return wrapper->value();
}

// Writes what was written to a wrapped input to the input itself.
void propagate_mutation(const at::Tensor& input, const at::Tensor& wrapped) {
  at::FunctionalTensorWrapper* wrapper = functional::unsafeGetFunctionalWrapper(wrapped);
  functional::sync(wrapped);
  wrapper->sync_();
  const at::Tensor& value = wrapper->value();
  if (input.is_same(value)) {
    return;
  }
  if (input.nbytes() != value.nbytes()) {
    input.resize_(value.sizes());
  }
  if (input.sizes() != value.sizes()) {
    input.as_strided_(value.sizes(), value.strides());
  }
  input.copy_(value);
}

enum WrapperKind : int64_t { kPlain, kBatched, kGradTracking, kFunctional };

// What wraps a tensor: the kind, the level (-2 once it has ended) and the batch
// dimension.
std::vector<int64_t> wrapper_of(const at::Tensor& t) {
  if (const auto* batched = ft::maybeGetBatchedImpl(t)) {
    return {kBatched, batched->level(), batched->bdim()};
  }
  if (const auto* wrapper = ft::maybeGetTensorWrapper(t)) {
    return {kGradTracking, wrapper->level().value_or(-2), -1};
  }
  if (functional::isFunctionalTensor(t)) {
    return {kFunctional, functional::unsafeGetFunctionalWrapper(t)->level(), -1};
  }
  return {kPlain, -1, -1};
}

at::Tensor unwrapped(const at::Tensor& t) {
  if (const auto* batched = ft::maybeGetBatchedImpl(t)) {
    return batched->value();
  }
  if (const auto* wrapper = ft::maybeGetTensorWrapper(t)) {
    return wrapper->value();
  }
  TORCH_CHECK(functional::isFunctionalTensor(t), "No wrappers present!");
  functional::sync(t);
  return functional::unsafeGetFunctionalWrapper(t)->value();
}

// Keeps the layers from seeing what is done to unwrapped tensors, or ends that.
bool set_layers_hidden(bool hidden) {
  using c10::DispatchKey;
  const bool before =
      c10::impl::tls_is_dispatch_key_excluded(DispatchKey::FuncTorchDynamicLayerFrontMode);
  for (DispatchKey key :
       {DispatchKey::FuncTorchDynamicLayerFrontMode, DispatchKey::FuncTorchDynamicLayerBackMode}) {
    c10::impl::tls_set_dispatch_key_excluded(key, hidden);
  }
  return before;
}

bool set_forward_grad_enabled(bool enabled) {
  c10::AutogradState& state = c10::AutogradState::get_tls_state();
  const bool before = state.get_fw_grad_mode();
  state.set_fw_grad_mode(enabled);
  return before;
}

// Levels of forward mode belong to the process; who has one open belongs to the
// thread, so that Go can tell nesting from another goroutine's level.
int64_t set_dual_owner(int64_t owner) { return std::exchange(thread_state.dual_owner, owner); }
int64_t enter_dual_level() {
  return static_cast<int64_t>(torch::autograd::ForwardADLevel::get_next_idx());
}
void exit_dual_level(int64_t level) {
  torch::autograd::ForwardADLevel::release_idx(static_cast<uint64_t>(level));
}

// The older vmap, which torch.autograd uses for batches of gradients.
int64_t enter_vmap_mode() { return at::impl::VmapMode::increment_nesting(); }
void leave_vmap_mode() { at::impl::VmapMode::decrement_nesting(); }

constexpr gt_entry kEntries[] = {
    entry<push_grad_layer>("push_grad_layer() -> int"),
    entry<push_jvp_layer>("push_jvp_layer() -> int"),
    entry<push_vmap_layer>("push_vmap_layer(int batch_size, str randomness) -> int"),
    entry<push_functionalize_layer>("push_functionalize_layer(bool add_back_views) -> int"),
    entry<pop_layer>("pop_layer() -> ()"),
    entry<top_layer>("top_layer(Tensor?[] tensors) -> int[]"),
    entry<lower_layer>("lower_layer() -> int"),
    entry<raise_layer>("raise_layer(int layer) -> ()"),
    entry<unwrap_dead>("unwrap_dead(Tensor self) -> Tensor"),
    entry<lift_for_grad>("lift_for_grad(Tensor self, int level) -> Tensor"),
    entry<allow_requires_grad>("allow_requires_grad(bool allowed) -> bool"),
    entry<swap_inference_mode>("swap_inference_mode(bool enabled) -> bool"),
    entry<wrap_for_grad>("wrap_for_grad(Tensor self, int level) -> Tensor"),
    entry<unwrap_for_grad>("unwrap_for_grad(Tensor self, int level) -> Tensor"),
    entry<add_batch_dim>("add_batch_dim(Tensor self, int dim, int level) -> Tensor"),
    entry<remove_batch_dim>(
        "remove_batch_dim(Tensor self, int level, int batch_size, int out_dim) -> Tensor"),
    entry<wrap_functional>("wrap_functional(Tensor self, int level) -> Tensor"),
    entry<unwrap_functional>("unwrap_functional(Tensor self, bool add_back_views) -> Tensor"),
    entry<propagate_mutation>("propagate_mutation(Tensor input, Tensor wrapped) -> ()"),
    entry<wrapper_of>("wrapper_of(Tensor self) -> int[]"),
    entry<unwrapped>("unwrapped(Tensor self) -> Tensor"),
    entry<set_layers_hidden>("set_layers_hidden(bool hidden) -> bool"),
    entry<set_forward_grad_enabled>("set_forward_grad_enabled(bool enabled) -> bool"),
    entry<set_dual_owner>("set_dual_owner(int owner) -> int"),
    entry<enter_dual_level>("enter_dual_level() -> int"),
    entry<exit_dual_level>("exit_dual_level(int level) -> ()"),
    entry<enter_vmap_mode>("enter_vmap_mode() -> int"),
    entry<leave_vmap_mode>("leave_vmap_mode() -> ()"),
};

}  // namespace

std::span<const gt_entry> functorch_entries() { return kEntries; }

}  // namespace gotorch
