// Entries about the memory of tensors: storages, memory that is shared with
// others, and what a tensor has besides its data.

#include <ATen/ATen.h>
#include <ATen/DLConvertor.h>
#include <ATen/native/Resize.h>
#include <c10/core/GradMode.h>

#include <mutex>
#include <utility>

#include "library.h"

namespace gotorch {
namespace {

// A tensor of all bytes of the storage, which stands for it in Go.
at::Tensor storage_bytes(const at::Tensor& t) {
  const c10::AutoGradMode no_grad(false);
  const at::Storage storage = t.storage();
  const auto size = static_cast<int64_t>(storage.nbytes());
  at::Tensor bytes = at::empty({0}, at::TensorOptions().dtype(at::kByte).device(t.device()));
  return bytes.set_(storage, 0, {size}, {1});
}

bool storage_resizable(const at::Tensor& bytes) { return bytes.storage().resizable(); }

void storage_resize(const at::Tensor& bytes, int64_t size) {
  TORCH_CHECK(bytes.storage().resizable(), "Trying to resize storage that is not resizable");
  at::native::resize_bytes_nocuda(bytes.storage(), size);
}

// Buffers of Go's that no tensor refers to any more. Tensors die on any thread,
// and during calls that must not call Go, so Go comes and asks.
class ReturnedBuffers {
 public:
  void add(int64_t token) {
    const std::lock_guard lock(mutex_);
    tokens_.push_back(token);
  }
  std::vector<int64_t> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(tokens_, {});
  }

 private:
  std::mutex mutex_;
  std::vector<int64_t> tokens_;
};

ReturnedBuffers& returned_buffers() {
  static auto* buffers = new ReturnedBuffers;  // never destroyed: tensors may outlive main
  return *buffers;
}

// A tensor over memory that Go has pinned. The token comes back when nothing
// refers to the memory any more.
at::Tensor share_buffer(int64_t token, int64_t address, int64_t count, at::ScalarType dtype) {
  return at::from_blob(
      reinterpret_cast<void*>(address), {count}, [token](void*) { returned_buffers().add(token); },
      at::TensorOptions().dtype(dtype));
}

std::vector<int64_t> take_returned_buffers() { return returned_buffers().take(); }

int64_t to_dlpack(const at::Tensor& t) { return reinterpret_cast<int64_t>(at::toDLPack(t)); }
at::Tensor from_dlpack(int64_t managed) {
  return at::fromDLPack(reinterpret_cast<DLManagedTensor*>(managed));
}

// The same data without a graph and with a version counter of its own, t.data.
at::Tensor variable_data(const at::Tensor& t) { return t.variable_data(); }
std::string variable_name(const at::Tensor& t) { return t.name(); }

constexpr int64_t kAnyDtype = -1;
int64_t grad_dtype(const at::Tensor& t) {
  const auto dtype = t.grad_dtype();
  return dtype.has_value() ? static_cast<int64_t>(*dtype) : kAnyDtype;
}
void set_grad_dtype(const at::Tensor& t, std::optional<at::ScalarType> dtype) {
  t.set_grad_dtype(dtype);
}

constexpr gt_entry kEntries[] = {
    entry<storage_bytes>("storage_bytes(Tensor self) -> Tensor"),
    entry<storage_resizable>("storage_resizable(Tensor bytes) -> bool"),
    entry<storage_resize>("storage_resize(Tensor bytes, int size) -> ()"),
    entry<share_buffer>(
        "share_buffer(int token, int address, int count, ScalarType dtype) -> Tensor"),
    entry<take_returned_buffers>("take_returned_buffers() -> int[]"),
    entry<to_dlpack>("to_dlpack(Tensor self) -> int"),
    entry<from_dlpack>("from_dlpack(int managed) -> Tensor"),
    entry<variable_data>("variable_data(Tensor self) -> Tensor"),
    entry<variable_name>("variable_name(Tensor self) -> str"),
    entry<grad_dtype>("grad_dtype(Tensor self) -> int"),
    entry<set_grad_dtype>("set_grad_dtype(Tensor self, ScalarType? dtype) -> ()"),
};

}  // namespace

std::span<const gt_entry> storage_entries() { return kEntries; }

}  // namespace gotorch
