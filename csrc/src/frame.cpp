// What frame.h declares. Part of libgotorch.so and of libgotorch_cuda.so, each of
// which hides its own.

#include "frame.h"

#include <ATen/ScalarOps.h>

namespace gotorch {

uint64_t describe(const at::Tensor& t) noexcept {
  constexpr uint64_t kHeavy = 1, kShared = 2;
  const c10::TensorImpl* impl = t.unsafeGetTensorImpl();
  const auto* meta = impl->autograd_meta();
  const bool graph = meta != nullptr && meta->requires_grad();
  if (!impl->has_storage()) {
    return kHeavy;
  }
  const c10::Storage& storage = impl->unsafe_storage();
  const auto bytes = storage.sym_nbytes().maybe_as_int().value_or(0);
  return (graph ? kHeavy : 0) | (storage.use_count() > 1 ? kShared : 0) |
         static_cast<uint64_t>(bytes) << 2;
}

at::Tensor& Reader::hold(at::Tensor t) { return held_.emplace_front(std::move(t)); }

at::Tensor wrapped_number(const at::Scalar& number) {
  at::Tensor t = at::scalar_to_tensor(number);
  t.unsafeGetTensorImpl()->set_wrapped_number(true);
  return t;
}

}  // namespace gotorch
