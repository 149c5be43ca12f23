// Runs an operator, and again when a graph is replayed that it is a node of.

#include <ATen/DeviceGuard.h>
#include <ATen/core/LegacyTypeDispatch.h>
#include <ATen/native/CPUFallback.h>
#include <c10/cuda/CUDAException.h>

#include "../runtime/interface.h"
#include "cudamath.h"

using at::Tensor;
using c10::Device;
using c10::IValue;
using c10::OperatorHandle;

namespace cudamath {

namespace {

thread_local bool inside = false;

struct InsideOperator {
  bool before = std::exchange(inside, true);
  ~InsideOperator() { inside = before; }
};

// cpu_fallback puts the results where the first tensor is, which may be a CPU
// number. (Moving the number instead would lose that it came from a literal.)
void move_results(Device device, const OperatorHandle& op, Stack& stack, size_t first) {
  const auto& returns = op.schema().returns();
  for (size_t i = 0; i < returns.size(); i++) {
    IValue& value = stack[first + i];
    if (returns[i].alias_info() || !value.isTensor()) continue;
    const Tensor& tensor = value.toTensor();
    if (tensor.defined() && tensor.is_cpu()) value = tensor.to(device);
  }
}

// Batch normalization writes its running statistics although its schema does not
// say so: the CPU's kernel gets the memory itself, not a copy.
void share_running_statistics(const OperatorHandle& op, Stack& stack, size_t first) {
  const auto& arguments = op.schema().arguments();
  for (size_t i = 0; i < arguments.size(); i++) {
    IValue& value = stack[first + i];
    const auto& name = arguments[i].name();
    const bool statistics = name == "running_mean" || name == "running_var";
    if (!statistics || arguments[i].alias_info() || !value.isTensor()) continue;
    if (value.toTensor().defined()) value = on_host(value.toTensor());
  }
}

// Returns what RandomPlace::run does.
uint64_t compute(const OperatorHandle& op, Stack* stack, const std::optional<RandomPlace>& random,
                 Device device) {
  InsideOperator inside;
  const size_t first = stack->size() - op.schema().arguments().size();
  share_running_statistics(op, *stack, first);
  uint64_t reached = 0;
  if (random) {
    reached = random->run(op, stack, first);
  } else {
    at::native::cpu_fallback(op, stack);
  }
  move_results(device, op, *stack, first);
  return reached;
}

std::string full_name(const OperatorHandle& op) {
  const auto& overload = op.schema().overload_name();
  return op.schema().name() + (overload.empty() ? "" : "." + overload);
}

// Whether the shape or the value of the result is known to the program only once
// the device has computed it.
bool waits_for_result(const OperatorHandle& op, at::ArrayRef<IValue> arguments) {
  if (op.hasTag(at::Tag::data_dependent_output)) return true;
  if (!op.hasTag(at::Tag::dynamic_output_shape)) return false;
  if (op.schema().name() != "aten::index") return true;
  for (const Tensor& index : tensors_in(arguments.slice(1))) {
    if (index.scalar_type() == at::kBool || index.scalar_type() == at::kByte) return true;
  }
  return false;
}

// A graph must not keep tensors alive: like a real one it knows addresses.
IValue without_ownership(const IValue& value) {
  auto alias = [](const Tensor& t) { return t.is_cuda() ? alias_on(t.device(), t) : t; };
  if (value.isTensor()) return value.toTensor().defined() ? alias(value.toTensor()) : value;
  if (value.isTensorList()) {
    c10::List<Tensor> list;
    for (const Tensor& tensor : value.toTensorVector()) list.push_back(alias(tensor));
    return list;
  }
  if (value.isOptionalTensorList()) {
    c10::List<std::optional<Tensor>> list;
    for (const auto& tensor : value.toOptionalTensorVector()) {
      list.push_back(tensor ? std::optional<Tensor>(alias(*tensor)) : std::nullopt);
    }
    return list;
  }
  return value;
}

Stack without_ownership(at::ArrayRef<IValue> values) {
  Stack result;
  for (const IValue& value : values) result.push_back(without_ownership(value));
  return result;
}

std::vector<Tensor> without_ownership(const std::vector<Tensor>& tensors) {
  std::vector<Tensor> result;
  for (const Tensor& tensor : tensors) result.push_back(alias_on(tensor.device(), tensor));
  return result;
}

std::optional<RandomPlace> replaying(std::optional<RandomPlace> place) {
  if (place) place->replaying = true;
  return place;
}

// A node of a graph.
struct RecordedOperator {
  OperatorHandle op;
  Stack inputs;
  std::vector<Tensor> outputs;
  std::optional<RandomPlace> random;
  Device device;

  void operator()() const {
    at::AutoDispatchBelowADInplaceOrView below_autograd;
    c10::impl::ExcludeDispatchKeyGuard no_autocast(c10::autocast_dispatch_keyset);
    c10::DeviceGuard guard(device);
    InsideOperator inside;
    Stack stack = inputs;
    compute(op, &stack, random, device);
    const auto results = tensors_in(stack);
    for (size_t i = 0; i < results.size(); i++) {
      // What was written in place is there already.
      if (results[i].data_ptr() != outputs[i].data_ptr()) outputs[i].copy_(results[i]);
    }
  }
};

}  // namespace

bool inside_operator() { return inside; }

cudaStream_t current_stream(Device device) {
  return c10::cuda::getCurrentCUDAStream(device.index()).stream();
}

void synchronize(cudaStream_t stream) { C10_CUDA_CHECK(cudaStreamSynchronize(stream)); }

void run_on_cpu(const OperatorHandle& op, Stack* stack) {
  const size_t first = stack->size() - op.schema().arguments().size();
  const Device device = common_device(op, *stack, first);
  c10::DeviceGuard guard(device);
  const cudaStream_t stream = current_stream(device);
  const auto arguments = at::ArrayRef<IValue>(*stack).slice(first);
  const bool on_its_own = !inside_operator();
  if (on_its_own && fakecuda_log_is_on()) fakecuda_log("operator", full_name(op), stream);
  if (on_its_own && waits_for_result(op, arguments)) synchronize(stream);

  Draw draw(op, *stack, first, device);
  const bool recorded = on_its_own && fakecuda_capturing(stream);
  Stack inputs;
  if (recorded) inputs = without_ownership(arguments);
  const uint64_t reached = compute(op, stack, draw.place(), device);
  if (recorded) {
    auto outputs = without_ownership(tensors_in(at::ArrayRef<IValue>(*stack).slice(first)));
    std::function<void()> node = RecordedOperator{op, std::move(inputs), std::move(outputs),
                                                  replaying(draw.place()), device};
    fakecuda_record(stream, &node);
  }
  draw.finish(reached);
}

}  // namespace cudamath
