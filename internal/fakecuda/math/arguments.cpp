// What an operator is called with: devices, and views of device memory.

#include <ATen/DeviceGuard.h>
#include <ATen/core/op_registration/adaption.h>
#include <ATen/ops/from_blob.h>
#include <c10/cuda/CUDAFunctions.h>

#include "cudamath.h"

using at::Tensor;
using c10::Device;
using c10::IValue;
using c10::OperatorHandle;

namespace cudamath {

void for_each_tensor(const IValue& value, const std::function<void(const Tensor&)>& visit) {
  if (value.isTensor()) {
    if (value.toTensor().defined()) visit(value.toTensor());
  } else if (value.isTensorList()) {
    for (const Tensor& tensor : value.toTensorVector()) visit(tensor);
  } else if (value.isOptionalTensorList()) {
    for (const auto& tensor : value.toOptionalTensorVector()) {
      if (tensor) visit(*tensor);
    }
  }
}

std::vector<Tensor> tensors_in(at::ArrayRef<IValue> values) {
  std::vector<Tensor> tensors;
  for (const IValue& value : values) {
    for_each_tensor(value, [&](const Tensor& tensor) { tensors.push_back(tensor); });
  }
  return tensors;
}

Tensor alias_on(Device device, const Tensor& tensor) {
  Tensor alias = at::for_blob(tensor.data_ptr(), tensor.sizes())
                     .strides(tensor.strides())
                     .options(tensor.options().device(device))
                     .target_device(device)
                     .make_tensor();
  alias._set_conj(tensor.is_conj());
  alias._set_neg(tensor.is_neg());
  return alias;
}

Tensor on_host(const Tensor& tensor) {
  return tensor.is_cuda() ? alias_on(at::kCPU, tensor) : tensor;
}

namespace {

// Of the first CUDA tensor, or else what a factory was given.
std::optional<Device> first_device(at::ArrayRef<IValue> arguments) {
  std::optional<Device> found;
  for (const IValue& value : arguments) {
    for_each_tensor(value, [&](const Tensor& tensor) {
      if (!found && tensor.is_cuda()) found = tensor.device();
    });
  }
  for (const IValue& value : arguments) {
    if (!found && value.isDevice() && value.toDevice().is_cuda()) found = value.toDevice();
  }
  return found;
}

[[noreturn]] void refuse(const OperatorHandle& op, Device device, const Tensor& tensor,
                         const Stack& stack, size_t first, size_t index) {
  const auto& name = op.schema().name();
  if (name == "aten::convolution" && index == 1) {
    TORCH_CHECK(false, "Input type (", stack[first].toTensor().toString(), ") and weight type (",
                tensor.toString(), ") should be the same");
  }
  // Elementwise operators are checked by TensorIterator, with a text of its own.
  TORCH_CHECK(!op.hasTag(at::Tag::pointwise),
              "Expected all tensors to be on the same device, but found at least two devices, ",
              device, " and ", tensor.device(), "!");
  const auto& overload = op.schema().overload_name();
  const std::string method =
      "wrapper_CUDA_" + name.substr(strlen("aten::")) + (overload.empty() ? "" : "_" + overload);
  c10::impl::common_device_check_failure(device, tensor, method.c_str(),
                                         op.schema().arguments()[index].name().c_str());
  TORCH_INTERNAL_ASSERT(false);
}

// A tensor of another device is an error, unless it is a single CPU number.
void check_devices(Device device, const OperatorHandle& op, const Stack& stack, size_t first) {
  for (size_t i = first; i < stack.size(); i++) {
    if (!stack[i].isTensor() || !stack[i].toTensor().defined()) continue;
    const Tensor& tensor = stack[i].toTensor();
    if (tensor.device() != device && tensor.dim() > 0) {
      refuse(op, device, tensor, stack, first, i - first);
    }
  }
}

}  // namespace

Device common_device(const OperatorHandle& op, const Stack& stack, size_t first) {
  auto device = first_device(at::ArrayRef<IValue>(stack).slice(first));
  if (!device || !device->has_index()) device = Device(at::kCUDA, c10::cuda::current_device());
  check_devices(*device, op, stack, first);
  return *device;
}

}  // namespace cudamath
