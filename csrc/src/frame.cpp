// What frame.h declares. Part of libgotorch.so and of libgotorch_cuda.so, each of
// which hides its own.

#include "frame.h"

#include <ATen/DeviceAccelerator.h>
#include <ATen/EmptyTensor.h>
#include <ATen/ScalarOps.h>
#include <c10/core/impl/VirtualGuardImpl.h>

namespace gotorch {

thread_local constinit bool on_side_stream = false;

// The current stream, if what it does with the tensor has to be recorded. While it
// is captured into a graph it has not: the graph has memory of its own, which could
// not be used again before the capture ends.
std::optional<c10::Stream> recording_stream(const at::Tensor& t) {
  if (t.is_cpu() || !at::accelerator::isAccelerator(t.device().type())) {
    return std::nullopt;
  }
  const c10::Stream stream = c10::impl::VirtualGuardImpl(t.device().type()).getStream(t.device());
  return stream.is_capturing() ? std::nullopt : std::optional(stream);
}

void record_use(uint64_t* handle) {
  *handle &= ~uint64_t{GT_SIDE};
  const at::Tensor& t = *reinterpret_cast<at::Tensor*>(handle);
  if (!t.has_storage()) {
    return;
  }
  if (const auto stream = recording_stream(t)) {
    c10::impl::VirtualGuardImpl(t.device().type())
        .recordDataPtrOnStream(t.storage().data_ptr(), *stream);
  }
}

uint64_t side_of(const at::Tensor& t) { return recording_stream(t).has_value() ? GT_SIDE : 0; }

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
  const bool shared = t.use_count() > 1 || storage.use_count() > 1;
  return (graph ? kHeavy : 0) | (shared ? kShared : 0) | account |
         static_cast<uint64_t>(bytes) << kBytes;
}

void mend(at::Tensor& t) noexcept {
  try {
    if (!t.defined() || t.is_meta() || !t.has_storage() || t.sym_numel().is_symbolic()) {
      return;
    }
    const size_t needed =
        at::detail::computeStorageNbytes(t.sizes(), t.strides(), t.itemsize(), t.storage_offset());
    if (needed > t.storage().nbytes()) {
      t.unsafeGetTensorImpl()->set_sizes_contiguous({0});
    }
  } catch (...) {  // it stays as it is
  }
}

at::Tensor& Reader::hold(at::Tensor t) { return held_.emplace_front(std::move(t)); }

at::Tensor wrapped_number(const at::Scalar& number) {
  at::Tensor t = at::scalar_to_tensor(number);
  t.unsafeGetTensorImpl()->set_wrapped_number(true);
  return t;
}

}  // namespace gotorch
