// Operators that CUDA has for more types of arguments than the CPU, or alone.

#include <ATen/TensorOperators.h>
#include <ATen/ops/bmm.h>
#include <ATen/ops/mm.h>

#include "cudamath.h"

using at::Tensor;
using c10::OperatorHandle;
using torch::jit::Stack;

namespace cudamath {

namespace {

// softmax(half, dtype=float): the CPU's kernel does not widen by itself.
void softmax(const OperatorHandle& op, Stack* stack) {
  at::IValue& widen = stack->back();
  at::IValue& input = stack->at(stack->size() - 3);
  if (widen.toBool()) input = input.toTensor().to(at::kFloat);
  widen = false;
  run_on_cpu(op, stack);
}

void softmax_backward(const OperatorHandle& op, Stack* stack) {
  at::IValue& input_type = stack->back();
  const auto wanted = input_type.toScalarType();
  input_type = stack->at(stack->size() - 4).toTensor().scalar_type();
  run_on_cpu(op, stack);
  stack->back() = stack->back().toTensor().to(wanted);
}

std::tuple<Tensor, Tensor> rms_norm_backward(const Tensor& grad, const Tensor& input,
                                             at::IntArrayRef shape, const Tensor& rstd,
                                             const std::optional<Tensor>& weight,
                                             std::array<bool, 2> wanted) {
  std::vector<int64_t> inner, outer;
  const int64_t split = input.dim() - static_cast<int64_t>(shape.size());
  for (int64_t d = 0; d < input.dim(); d++) (d < split ? outer : inner).push_back(d);
  const bool scaled = weight && weight->defined();
  const Tensor normal = input * rstd;
  const Tensor grad_normal = scaled ? grad * *weight : grad;
  Tensor grad_input, grad_weight;
  if (wanted[0]) {
    grad_input = rstd * (grad_normal - normal * (grad_normal * normal).mean(inner, true));
    grad_input = grad_input.to(input.scalar_type());
  }
  if (wanted[1] && scaled) {
    grad_weight = outer.empty() ? grad * normal : (grad * normal).sum(outer);
    grad_weight = grad_weight.to(weight->scalar_type());
  }
  return {grad_input, grad_weight};
}

Tensor mm_into(const Tensor& a, const Tensor& b, at::ScalarType type) {
  return at::mm(a.to(type), b.to(type));
}

Tensor bmm_into(const Tensor& a, const Tensor& b, at::ScalarType type) {
  return at::bmm(a.to(type), b.to(type));
}

Tensor& copy_into(Tensor& out, const Tensor& result) {
  return out.resize_(result.sizes()).copy_(result);
}

Tensor& mm_out(const Tensor& a, const Tensor& b, at::ScalarType type, Tensor& out) {
  return copy_into(out, mm_into(a, b, type));
}

Tensor& bmm_out(const Tensor& a, const Tensor& b, at::ScalarType type, Tensor& out) {
  return copy_into(out, bmm_into(a, b, type));
}

// Whether to use a library that is only a stub here.
void answer_no(const OperatorHandle& op, Stack* stack) {
  torch::jit::drop(*stack, op.schema().arguments().size());
  stack->emplace_back(false);
}

}  // namespace

void add_wider_kernels(torch::Library& library) {
  for (const char* name : {"_softmax", "_log_softmax"}) {
    library.impl(name, torch::CppFunction::makeFromBoxedFunction<&softmax>());
  }
  for (const char* name : {"_softmax_backward_data", "_log_softmax_backward_data"}) {
    library.impl(name, torch::CppFunction::makeFromBoxedFunction<&softmax_backward>());
  }
  for (const char* name : {"_use_cudnn_ctc_loss", "_use_cudnn_ctc_loss.Tensor",
                           "_use_miopen_ctc_loss", "_use_miopen_ctc_loss.Tensor"}) {
    library.impl(name, torch::CppFunction::makeFromBoxedFunction<&answer_no>());
  }
  library.impl("_fused_rms_norm_backward", rms_norm_backward);
  library.impl("mm.dtype", mm_into);
  library.impl("bmm.dtype", bmm_into);
  library.impl("mm.dtype_out", mm_out);
  library.impl("bmm.dtype_out", bmm_out);
}

}  // namespace cudamath
