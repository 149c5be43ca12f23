// Entries of torch.backends that need libtorch_cuda.so.

#include <ATen/cuda/CUDAContextLight.h>
#include <ATen/native/transformers/cuda/sdp_utils.h>

#include "cuda.h"

namespace gotorch::cuda {
namespace {

bool is_flash_attention_available() { return sdp::is_flash_attention_available(); }

// Whether a kernel can compute an attention; with debug, warns of what is in its
// way.
using CanUse = bool (*)(const sdp::sdp_params&, bool);
template <CanUse can_use>
bool can_compute(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value,
                 const std::optional<at::Tensor>& mask, double dropout, bool causal, bool gqa,
                 bool debug) {
  return can_use({query, key, value, mask, dropout, causal, gqa}, debug);
}

// In bytes.
int64_t cublas_workspace_size() { return static_cast<int64_t>(at::cuda::getChosenWorkspaceSize()); }
void set_cublas_workspace_size(int64_t n) {
  TORCH_CHECK(n >= 0, "cublas workspace size must be non-negative, got ", n);
  at::cuda::setChosenWorkspaceSize(static_cast<size_t>(n));
}
int64_t cublaslt_workspace_size() {
  return static_cast<int64_t>(at::cuda::getCUDABlasLtWorkspaceSize());
}
void set_cublaslt_workspace_size(int64_t n) {
  TORCH_CHECK(n >= 0, "cublaslt workspace size must be non-negative, got ", n);
  at::cuda::setCUDABlasLtWorkspaceSize(static_cast<size_t>(n));
}

constexpr gt_entry kEntries[] = {
    entry<is_flash_attention_available>("cuda::is_flash_attention_available() -> bool"),
    entry<can_compute<sdp::can_use_flash_attention>>(
        "cuda::can_use_flash_attention(Tensor query, Tensor key, Tensor value, Tensor? mask, "
        "float dropout, bool causal, bool gqa, bool debug) -> bool"),
    entry<can_compute<sdp::can_use_mem_efficient_attention>>(
        "cuda::can_use_mem_efficient_attention(Tensor query, Tensor key, Tensor value, "
        "Tensor? mask, float dropout, bool causal, bool gqa, bool debug) -> bool"),
    entry<can_compute<sdp::can_use_cudnn_attention>>(
        "cuda::can_use_cudnn_attention(Tensor query, Tensor key, Tensor value, Tensor? mask, "
        "float dropout, bool causal, bool gqa, bool debug) -> bool"),
    entry<cublas_workspace_size>("cuda::cublas_workspace_size() -> int"),
    entry<set_cublas_workspace_size>("cuda::set_cublas_workspace_size(int n) -> ()"),
    entry<cublaslt_workspace_size>("cuda::cublaslt_workspace_size() -> int"),
    entry<set_cublaslt_workspace_size>("cuda::set_cublaslt_workspace_size(int n) -> ()"),
};

}  // namespace

std::span<const gt_entry> backend_entries() { return kEntries; }

}  // namespace gotorch::cuda
