// What libtorch asks its engine for, and Python's engine takes from Python:
// hooks for saved tensors, and the stack of the program, for anomaly mode.

#include <ATen/NodeCreationHooks.h>
#include <ATen/SavedTensorHooks.h>
#include <c10/core/impl/PyInterpreter.h>
#include <torch/csrc/autograd/anomaly_mode.h>
#include <torch/csrc/autograd/engine.h>
#include <torch/csrc/autograd/saved_variable_hooks.h>

#include <atomic>

#include "callback.h"
#include "library.h"
#include "node.h"

namespace gotorch {
namespace {

using at::Tensor;
using torch::autograd::AnomalyMode;
using torch::autograd::Node;

// The hooks of one saved tensor. Packing returns a Go function that unpacks.
class SavedHooks : public torch::autograd::SavedVariableHooks {
 public:
  explicit SavedHooks(uint64_t pack) : pack_(pack) {}

  void call_pack_hook(const Tensor& t) override {
    Callback call(pack_);
    call.arguments().put(Tensor(t));
    unpack_ = std::make_unique<GoFunction>(call.run().word());
  }

  Tensor call_unpack_hook() override {
    TORCH_CHECK(unpack_ != nullptr, "the pack hook raised before saving data for this tensor");
    return take_tensor(Callback(*unpack_).run());
  }

 private:
  uint64_t pack_;  // belongs to Go, which packs only while it is in force
  std::unique_ptr<GoFunction> unpack_;
};

// The Go function that returns the stack of the program, or 0.
std::atomic<uint64_t> stack_function{0};

constexpr const char* kNoStack =
    "No forward pass information available. Enable detect anomaly during forward pass for more "
    "information.";

// Where the program was when it made a node.
class Origin : public torch::autograd::AnomalyMetadata {
 public:
  void store_stack() override {
    const uint64_t function = stack_function;
    // Nodes are also made by calls that cannot run Go code.
    if (function == 0 || !(thread_state.callbacks || !thread_state.listening)) {
      return;
    }
    Callback call(function);
    stack_ = Argument<std::string_view>::read(call.run());
  }

  void print_stack(const std::string& node) override {
    if (stack_.empty()) {
      TORCH_WARN("Error detected in ", node, ". ", kNoStack);
      return;
    }
    TORCH_WARN("Error detected in ", node, ". Traceback of forward call that caused the error:\n",
               stack_);
    for (c10::intrusive_ptr<Node> p = parent_; p;) {
      const auto* origin = dynamic_cast<Origin*>(p->metadata());
      if (origin == nullptr || origin->stack_.empty()) {
        return;
      }
      TORCH_WARN("\n\nPrevious calculation was induced by ", p->name(),
                 ". Traceback of forward call that induced the previous calculation:\n",
                 origin->stack_);
      p = origin->parent_;
    }
  }

  void assign_parent(const c10::intrusive_ptr<Node>& parent) override { parent_ = parent; }

 private:
  std::string stack_;
  c10::intrusive_ptr<Node> parent_;
};

// libtorch keeps the hooks of nodes that are made as Python objects, and hands
// them on to the threads that run backward. Ours are Go's numbers, of an
// interpreter that does nothing: they belong to Go, which keeps them in force.
c10::impl::PyInterpreter& no_interpreter() {
  static auto* interpreter = [] {
    auto* p = new c10::impl::PyInterpreter(nullptr);
    p->disarm();
    return p;
  }();
  return *interpreter;
}

struct CreationHook : torch::autograd::NodeCreationHook {
  explicit CreationHook(uint64_t hook) : hook(hook) {}

  void operator()(const NodePtr& node) override {
    Callback call(hook);
    call.arguments().put(handle_of(node));
    call.run();
  }

  uint64_t hook;
};

void push_creation_hook(int64_t hook) {
  at::impl::NodeCreationHooks::push_hook(
      c10::SafePyObject(reinterpret_cast<PyObject*>(hook), &no_interpreter()));
}

void pop_creation_hook() { at::impl::NodeCreationHooks::pop_hook(); }

class GoEngine : public torch::autograd::Engine {
 public:
  std::unique_ptr<torch::autograd::AnomalyMetadata> make_anomaly_metadata() override {
    return std::make_unique<Origin>();
  }

  std::unique_ptr<torch::autograd::SavedVariableHooks> get_default_saved_variable_hooks() override {
    const uint64_t pack = thread_state.saved_hooks;
    if (pack == 0) [[likely]] {
      return nullptr;
    }
    return std::make_unique<SavedHooks>(pack);
  }

  std::vector<std::unique_ptr<torch::autograd::NodeCreationHook>> get_node_creation_hooks()
      override {
    std::vector<std::unique_ptr<torch::autograd::NodeCreationHook>> hooks;
    for (const c10::SafePyObject& hook : at::impl::NodeCreationHooks::get_tls_state().stack) {
      hooks.push_back(
          std::make_unique<CreationHook>(reinterpret_cast<uint64_t>(hook.ptr(&no_interpreter()))));
    }
    return hooks;
  }

  // A backward pass that fails leaves what it had still to do in the queue of
  // its thread, and with that its graph. We give the thread a new queue.
  torch::autograd::variable_list execute(const torch::autograd::edge_list& roots,
                                         const torch::autograd::variable_list& inputs,
                                         bool keep_graph, bool create_graph, bool accumulate_grad,
                                         const torch::autograd::edge_list& outputs) override {
    try {
      return Engine::execute(roots, inputs, keep_graph, create_graph, accumulate_grad, outputs);
    } catch (...) {
      if (torch::autograd::get_current_graph_task_id() == -1) {
        init_local_ready_queue(std::make_shared<torch::autograd::ReadyQueue>());
      }
      throw;
    }
  }
};

// Never destroyed, so that no thread of it is waited for at exit.
torch::autograd::Engine& engine() {
  static auto* e = new GoEngine;
  return *e;
}

using DefaultHooks = at::SavedTensorDefaultHooks;

// Puts saved-tensor hooks, or 0, in force on this thread.
int64_t set_saved_hooks(int64_t pack) {
  if (pack != 0 && !DefaultHooks::is_enabled()) {
    TORCH_CHECK(false, DefaultHooks::get_disabled_error_message().value());
  }
  return static_cast<int64_t>(std::exchange(thread_state.saved_hooks, static_cast<uint64_t>(pack)));
}

// Forbids saved-tensor hooks on this thread, with what to tell who uses some.
void disable_saved_hooks(std::string_view message) {
  TORCH_CHECK(thread_state.saved_hooks == 0, message);
  DefaultHooks::disable(std::string(message));
}

void enable_saved_hooks() { DefaultHooks::enable(); }

bool saved_hooks_disabled() { return !DefaultHooks::is_enabled(); }
std::string disabled_message() { return DefaultHooks::get_disabled_error_message().value_or(""); }

void set_anomaly(bool enabled, bool check_nan, int64_t stack) {
  stack_function = static_cast<uint64_t>(stack);
  AnomalyMode::set_enabled(enabled, check_nan);
}

bool anomaly_enabled() { return AnomalyMode::is_enabled(); }
bool anomaly_checks_nan() { return AnomalyMode::should_check_nan(); }

// Whether gradients that are accumulated get the strides of their tensors.
bool enforce_grad_layout(bool enabled) {
  auto& state = c10::AutogradState::get_tls_state();
  const bool before = state.get_grad_layout_enforcement_enabled();
  state.set_grad_layout_enforcement_enabled(enabled);
  return before;
}

constexpr gt_entry kEntries[] = {
    entry<push_creation_hook>("push_creation_hook(int hook) -> ()"),
    entry<pop_creation_hook>("pop_creation_hook() -> ()"),
    entry<enforce_grad_layout>("enforce_grad_layout(bool enabled) -> bool"),
    entry<set_saved_hooks>("set_saved_hooks(int pack) -> int"),
    entry<disable_saved_hooks>("disable_saved_hooks(str message) -> ()"),
    entry<enable_saved_hooks>("enable_saved_hooks() -> ()"),
    entry<saved_hooks_disabled>("saved_hooks_disabled() -> bool"),
    entry<disabled_message>("disabled_message() -> str"),
    entry<set_anomaly>("set_anomaly(bool enabled, bool check_nan, int stack) -> ()"),
    entry<anomaly_enabled>("anomaly_enabled() -> bool"),
    entry<anomaly_checks_nan>("anomaly_checks_nan() -> bool"),
};

}  // namespace

void install_engine() { torch::autograd::set_default_engine_stub(engine); }

std::span<const gt_entry> engine_entries() { return kEntries; }

}  // namespace gotorch
