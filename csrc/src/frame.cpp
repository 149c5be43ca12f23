// What frame.h declares. Part of libgotorch.so and of libgotorch_cuda.so, each of
// which hides its own.

#include "frame.h"

#include <ATen/ScalarOps.h>
#include <c10/core/impl/VirtualGuardImpl.h>

namespace gotorch {

thread_local constinit bool on_side_stream = false;

void record_use(uint64_t* handle) {
  *handle &= ~uint64_t{GT_SIDE};
  const at::Tensor& t = *reinterpret_cast<at::Tensor*>(handle);
  if (t.is_cpu() || !t.has_storage()) {
    return;
  }
  const c10::impl::VirtualGuardImpl device(t.device().type());
  device.recordDataPtrOnStream(t.storage().data_ptr(), device.getStream(t.device()));
}

uint64_t describe(const at::Tensor& t) noexcept {
  constexpr uint64_t kHeavy = 1, kShared = 2;
  constexpr int kAccount = 2, kBytes = 10;
  const c10::TensorImpl* impl = t.unsafeGetTensorImpl();
  const auto* meta = impl->autograd_meta();
  const bool graph = meta != nullptr && meta->requires_grad();
  const c10::Device device = impl->device();
  const uint64_t account = device.is_cpu() || device.is_meta()
                               ? 0
                               : static_cast<uint64_t>(device.index() + 1) << kAccount;
  if (!impl->has_storage()) {
    return kHeavy | account;
  }
  const c10::Storage& storage = impl->unsafe_storage();
  const int64_t bytes = device.is_meta() ? 0 : storage.sym_nbytes().maybe_as_int().value_or(0);
  return (graph ? kHeavy : 0) | (storage.use_count() > 1 ? kShared : 0) | account |
         static_cast<uint64_t>(bytes) << kBytes;
}

at::Tensor& Reader::hold(at::Tensor t) { return held_.emplace_front(std::move(t)); }

at::Tensor wrapped_number(const at::Scalar& number) {
  at::Tensor t = at::scalar_to_tensor(number);
  t.unsafeGetTensorImpl()->set_wrapped_number(true);
  return t;
}

}  // namespace gotorch
