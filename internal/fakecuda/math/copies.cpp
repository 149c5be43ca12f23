// Copies between devices. Device memory is host memory, so each is one of the CPU.

#include <ATen/DeviceGuard.h>

#include "../runtime/interface.h"
#include "cudamath.h"

using at::Tensor;
using c10::Device;

namespace cudamath {

namespace {

// As with a real GPU, the source's stream does the work.
Device copying_device(const Tensor& target, const Tensor& source) {
  return source.is_cuda() ? source.device() : target.device();
}

bool is_pinned_or_cuda(const Tensor& tensor) { return tensor.is_cuda() || tensor.is_pinned(); }

// The program goes on before the copy is done if it says so and the memory allows.
bool waits(const Tensor& target, const Tensor& source, bool non_blocking) {
  if (target.is_cuda() && source.is_cuda()) return false;
  return !non_blocking || !is_pinned_or_cuda(target) || !is_pinned_or_cuda(source);
}

}  // namespace

Tensor& copy_into(Tensor& target, const Tensor& source, bool non_blocking) {
  if (!target.numel()) return target;
  Tensor to = on_host(target), from = on_host(source);
  if (inside_operator()) {
    to.copy_(from);
    return target;
  }
  const Device device = copying_device(target, source);
  c10::DeviceGuard guard(device);
  const cudaStream_t stream = current_stream(device);
  fakecuda_log("operator", "aten::copy_", stream);
  if (waits(target, source, non_blocking)) synchronize(stream);
  to.copy_(from);
  std::function<void()> again = [to, from]() mutable { to.copy_(from); };
  fakecuda_record(stream, &again);
  return target;
}

Tensor copy_and_resize(const Tensor& source, const Tensor& target) {
  target.resize_(source.sizes());
  return target.copy_(source);
}

}  // namespace cudamath
