// Entries about one tensor: its data, its shape and what it is.

#include <ATen/ATen.h>
#include <ATen/core/Formatting.h>
#include <c10/core/ScalarType.h>

#include <algorithm>

#include "library.h"

namespace gotorch {

at::Tensor copy_in(at::ScalarType dtype, at::IntArrayRef sizes, const void* data, uint64_t bytes) {
  at::Tensor t = at::empty(sizes, at::TensorOptions().dtype(dtype));
  TORCH_CHECK_VALUE(t.nbytes() == bytes, "a tensor of shape ", sizes, " and dtype ", dtype, " has ",
                    t.nbytes(), " bytes, but ", bytes, " were given");
  if (bytes > 0) {
    std::memcpy(t.mutable_data_ptr(), data, bytes);
  }
  return t;
}

void copy_out(const at::Tensor& t, void* data, uint64_t bytes) {
  const at::Tensor plain =
      t.detach().resolve_conj().resolve_neg().to(at::kCPU).to_dense().contiguous();
  TORCH_CHECK_VALUE(plain.nbytes() == bytes, "the tensor has ", plain.nbytes(),
                    " bytes, but there is room for ", bytes);
  if (bytes > 0) {
    std::memcpy(data, plain.const_data_ptr(), bytes);
  }
}

namespace {

std::vector<int64_t> sizes(const at::Tensor& t) { return t.sizes().vec(); }
std::vector<int64_t> strides(const at::Tensor& t) { return t.strides().vec(); }
int64_t dim(const at::Tensor& t) { return t.dim(); }
int64_t numel(const at::Tensor& t) { return t.numel(); }
int64_t size(const at::Tensor& t, int64_t dim) { return t.size(dim); }
int64_t stride(const at::Tensor& t, int64_t dim) { return t.stride(dim); }
int64_t storage_offset(const at::Tensor& t) { return t.storage_offset(); }
int64_t element_size(const at::Tensor& t) { return static_cast<int64_t>(t.element_size()); }
at::ScalarType dtype(const at::Tensor& t) { return t.scalar_type(); }
at::Device device(const at::Tensor& t) { return t.device(); }
at::Layout layout(const at::Tensor& t) { return t.layout(); }
int64_t version(const at::Tensor& t) { return t._version(); }
bool is_contiguous(const at::Tensor& t, at::MemoryFormat format) { return t.is_contiguous(format); }
int64_t data_ptr(const at::Tensor& t) {
  return reinterpret_cast<int64_t>(t.has_storage() ? t.const_data_ptr() : nullptr);
}
bool is_conj(const at::Tensor& t) { return t.is_conj(); }
bool is_neg(const at::Tensor& t) { return t.is_neg(); }
bool is_quantized(const at::Tensor& t) { return t.is_quantized(); }
bool is_nested(const at::Tensor& t) { return t.is_nested(); }
bool is_inference(const at::Tensor& t) { return t.is_inference(); }
bool is_same(const at::Tensor& a, const at::Tensor& b) { return a.is_same(b); }

// The number of a's dimensions, its sizes and b's, if they differ.
std::vector<int64_t> different_sizes(const at::Tensor& a, const at::Tensor& b) {
  std::vector<int64_t> both;
  if (a.sizes() != b.sizes()) {
    both.push_back(a.dim());
    both.insert(both.end(), a.sizes().begin(), a.sizes().end());
    both.insert(both.end(), b.sizes().begin(), b.sizes().end());
  }
  return both;
}

bool all_different(at::TensorList tensors) {
  std::vector<const c10::TensorImpl*> sorted;
  sorted.reserve(tensors.size());
  for (const at::Tensor& t : tensors) {
    sorted.push_back(t.unsafeGetTensorImpl());
  }
  std::ranges::sort(sorted);
  return std::ranges::adjacent_find(sorted) == sorted.end();
}

// How long the parts are into which the tensors can be split so that each has at most that many
// elements; a tensor that is not on the CPU is a part of its own, and so is each where one tensor
// is there twice.
std::vector<int64_t> small_parts(at::TensorList tensors, int64_t most) {
  if (!all_different(tensors)) {
    return std::vector<int64_t>(tensors.size(), 1);
  }
  std::vector<int64_t> parts;
  int64_t room = 0;
  for (const at::Tensor& t : tensors) {
    const int64_t elements = t.is_cpu() ? t.numel() : most + 1;
    if (!parts.empty() && elements <= room) {
      ++parts.back();
      room -= elements;
    } else {
      parts.push_back(1);
      room = most - elements;
    }
  }
  return parts;
}

// Another handle to the same tensor.
at::Tensor alias(const at::Tensor& t) { return t; }

// Makes t share the data and metadata of another tensor, as t.data = other.
void set_data(const at::Tensor& t, const at::Tensor& data) { t.set_data(data); }

constexpr gt_entry kEntries[] = {
    entry<sizes>("sizes(Tensor self) -> int[]"),
    entry<strides>("strides(Tensor self) -> int[]"),
    entry<dim>("dim(Tensor self) -> int"),
    entry<numel>("numel(Tensor self) -> int"),
    entry<size>("size(Tensor self, int dim) -> int"),
    entry<stride>("stride(Tensor self, int dim) -> int"),
    entry<storage_offset>("storage_offset(Tensor self) -> int"),
    entry<element_size>("element_size(Tensor self) -> int"),
    entry<dtype>("dtype(Tensor self) -> ScalarType"),
    entry<device>("device(Tensor self) -> Device"),
    entry<layout>("layout(Tensor self) -> Layout"),
    entry<version>("version(Tensor self) -> int"),
    entry<is_contiguous>("is_contiguous(Tensor self, MemoryFormat format) -> bool"),
    entry<data_ptr>("data_ptr(Tensor self) -> int"),
    entry<is_conj>("is_conj(Tensor self) -> bool"),
    entry<is_neg>("is_neg(Tensor self) -> bool"),
    entry<is_quantized>("is_quantized(Tensor self) -> bool"),
    entry<is_nested>("is_nested(Tensor self) -> bool"),
    entry<is_inference>("is_inference(Tensor self) -> bool"),
    entry<is_same>("is_same(Tensor self, Tensor other) -> bool"),
    entry<different_sizes>("different_sizes(Tensor a, Tensor b) -> int[]"),
    entry<small_parts>("small_parts(Tensor[] tensors, int most) -> int[]"),
    entry<alias>("alias(Tensor self) -> Tensor"),
    entry<set_data>("set_data(Tensor self, Tensor data) -> ()"),
};

}  // namespace

std::span<const gt_entry> tensor_entries() { return kEntries; }

}  // namespace gotorch
